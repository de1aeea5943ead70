/* registry/internal/tokens.h: the text of a token and what is kept of it. */
#pragma once

#include "registry/registry.h"

/* A new one: 256 bits from the kernel. SL_OK, SL_IO, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_token_draw(char ret_text[SL_TOKEN_TEXT_SIZE]);
/* SHA-256 of the text: it is random and long, so a slow hash would add nothing. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_token_hash(sl_str text, sl_sha256 *ret_hash);
