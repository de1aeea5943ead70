/* base/sha256.c: SHA-256 from OpenSSL's libcrypto; the only place in base that knows it.
 *
 * The algorithm is fetched once: EVP_sha256() makes libcrypto look it up, under a lock, at every use, which costs more than hashing a token. */
#include "base/base.h"

#include <openssl/evp.h>
#include <pthread.h>

static EVP_MD *algorithm;

static void fetch_algorithm(void)
{
    algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* Kept to the end of the process. Where there was no memory to fetch it, it is looked up each time. */
static const EVP_MD *sha256_algorithm(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_algorithm);
    return algorithm ? algorithm : EVP_sha256();
}

SL_DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)

sl_status sl_sha256_of_parts(const sl_bytes *parts, size_t count, sl_sha256 *ret_hash)
{
    sl_cleanup(EVP_MD_CTX_freep) EVP_MD_CTX *context =
        sl_alloc_fault_take() ? NULL : EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, sha256_algorithm(), NULL) != 1)
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
