/* schema/print.h: a file of a linked schema as `.proto` text.
 *
 * Two forms, of one meaning: compiled beside the files it imports, either gives the descriptor back.
 *
 *   canonical  one text for one meaning, for ever: names in full, options by number, declarations in the order of the descriptor's lists, no
 *              comments. Schemas are the same when their texts are. What it looks like is fixed by tests/schema/data/print; another
 *              look would be a third form
 *   pretty     for people: names as short as their place allows, and with source info the comments and the order of the source
 *
 * Text cannot say everything that a descriptor can hold, and a compiler writes in one way what may be written in many. So there are
 * findings, by the ids of schema/print_rules.def: a warning where something is left out (it stands in a comment of the text then, byte for
 * byte, so nothing is lost silently and two canonical texts still differ when the descriptors do), and of severity info where what is
 * compiled of the text means the same and has other bytes. No finding: the bytes come back, as protoc writes them. */
#pragma once

#include "schema/schema.h"

typedef enum sl_print_form { SL_PRINT_CANONICAL, SL_PRINT_PRETTY } sl_print_form;

/* Append `file`, one of `schema`, to `buf`: UTF-8, lines end in '\n'. The findings name the file and have no lines.
 *
 * SL_OK; SL_NO_MEMORY; SL_LIMIT if `buf` has a maximum and that was reached. Not OK: what was appended must not be used. */
SL_MUST_CHECK sl_status sl_print_file(const sl_schema *schema, const sl_file *file,
                                      sl_print_form form, sl_buf *buf, sl_findings *findings,
                                      sl_error *err);
