/* base/sha256.c: SHA-256 from OpenSSL's libcrypto; the only place in base that knows it. */
#include "base/base.h"

#include <openssl/evp.h>

SL_DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)

sl_status sl_sha256_of_parts(const sl_bytes *parts, size_t count, sl_sha256 *ret_hash)
{
    sl_cleanup(EVP_MD_CTX_freep) EVP_MD_CTX *context =
        sl_alloc_fault_take() ? NULL : EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        return SL_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (parts[i].len && EVP_DigestUpdate(context, parts[i].data, parts[i].len) != 1)
            return SL_NO_MEMORY;
    if (EVP_DigestFinal_ex(context, ret_hash->bytes, NULL) != 1)
        return SL_NO_MEMORY;
    return SL_OK;
}

sl_status sl_sha256_of(sl_bytes bytes, sl_sha256 *ret_hash)
{
    return sl_sha256_of_parts(&bytes, 1, ret_hash);
}
