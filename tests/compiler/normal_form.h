/* tests/compiler/normal_form.h: what the front end alone can be held to.
 *
 * Until names are resolved and options interpreted, a parsed file cannot be what protoc writes. Both sides are therefore brought to what
 * the parser has said: options out, the types of named types out, names shortened to what was written. */
#pragma once

#include "schema/descriptor.h"

/* Strip `want` (protoc's) and `got` (the parser's) to what they must have in common. False, with a text, if a name in `got` is no
 * shorter form of the one in `want`. */
bool normal_form_of_both(sl_file_proto *want, sl_file_proto *got, sl_error *err);

/* Append the locations of a serialized SourceCodeInfo that do not lie inside options. False if it is malformed. */
bool normal_form_of_source_info(sl_bytes info, sl_buf *buf);
