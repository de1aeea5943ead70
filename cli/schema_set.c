/* cli/schema_set.c: descriptor sets as arguments. */
#include "cli/internal/schema_set.h"

#include "cli/internal/input.h"
#include "cli/internal/say.h"

int sl_schema_set_read(const sl_command *command, const char *path, sl_buf *set)
{
    if (sl_str_ends_with(sl_str_from(path), SL_STR(".proto")))
        return sl_usage_error(
            command,
            "'%s' is source text; make a descriptor set of it first: sluice compile -I DIR "
            "--include-source-info -o SET.binpb %s",
            path, path);
    sl_error error = {0};
    if (sl_input_read_file(path, SL_LIMIT_SET_BYTES, set, &error) == SL_OK)
        return SL_EXIT_CLEAN;
    sl_complain("%s", error.text);
    return SL_EXIT_NO_ANSWER;
}
