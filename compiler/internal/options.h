/* compiler/internal/options.h: options get their meaning.
 *
 * An option is a path of fields from an options message (google.protobuf.FileOptions and so on) to a value. Paths that begin with a field of
 * the message itself are plain; features are among them, and linking depends on those, so they come first. Paths that begin with
 * an extension are custom and need a schema in which all files are linked.
 *
 *   plain     before linking: proto->options of every element from its plain options. What stands in extensions of plain options
 *             (features.(pb.cpp).string_type, or [pb.cpp] inside a value) is left for later
 *   custom    after linking: elements that have more are interpreted anew, with all of their options
 *   check     what may stand where: targets, and editions in which an option is there
 *   strip     at the end: what is of source retention goes
 *
 * All of them set proto->options to bytes in unit->arena that are what protoc writes for the options so far: fields in the order of
 * their numbers, parts merged, unknown fields last. They tell of each option once.
 *
 * SL_OK; SL_NO_MEMORY; SL_LIMIT. */
#pragma once

#include "compiler/internal/unit.h"

/*   types   a linked schema with google/protobuf/descriptor.proto as this compilation sees it */
SL_MUST_CHECK sl_status sl_options_interpret_plain(sl_unit *unit, const sl_schema *types,
                                                   sl_diags *diags);

/*   draft   all files of the compilation, linked with their plain options. Options messages that it does not have are taken from `types` */
SL_MUST_CHECK sl_status sl_options_interpret_custom(sl_unit *unit, const sl_schema *draft,
                                                    const sl_schema *types, sl_diags *diags);

/* Afterwards: is each option allowed where it stands, and in the file's edition? And what the unit says of its own fields and enum values in
 * that respect, does it hold together?
 *
 *   is_main   it was asked for; imports are not looked at for targets, nor warned of. protoc does the same
 *
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_options_check(sl_unit *unit, const sl_schema *draft,
                                         const sl_schema *types, bool is_main, sl_diags *diags);

/* Take what is of source retention out, and say so in each sl_option. For the bytes that are written: checks want them all.
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_options_strip(sl_unit *unit, const sl_schema *draft,
                                         const sl_schema *types);
