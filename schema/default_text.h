/* schema/default_text.h: FieldDescriptorProto.default_value, which is a text whatever the type of the field.
 *
 * Compilers write it in one form. Who reads it is less agreed: C++ takes "010" for 8 and "0x10" for 16, Go for 10 and for an error; C++ makes
 * infinity of 1e400, Go an error. Valid is what all of them read alike. Sources: DescriptorBuilder of C++, protodesc of Go. */
#pragma once

#include "base/base.h"
#include "schema/descriptor.h"

/* Integers are decimal, without zeros in front, in the range of their type; reals are decimal and not beyond the largest finite one, or "inf",
 * "-inf", "nan"; bools are "true" or "false". Strings and bytes are whatever they are; enums are not looked at here. */
bool sl_default_is_valid(sl_field_type type, sl_str text);

/* A valid default in the form in which compilers write it, appended. */
void sl_default_put_usual(sl_field_type type, sl_str text, sl_buf *buf);

/* Numbers and bytes in that form: the shortest of the usual forms that reads back the same, nan, inf, and C escapes with octal digits. Appended. */
void sl_text_of_double(double value, sl_buf *buf);
void sl_text_of_float(float value, sl_buf *buf);
void sl_text_of_bytes(sl_str bytes, sl_buf *buf);

/* The bytes that the default of a bytes field means: it has C escapes, and what is none stands for itself. Appended. */
void sl_bytes_of_default(sl_str text, sl_buf *buf);
