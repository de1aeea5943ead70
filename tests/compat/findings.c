/* tests/compat/findings.c: print what is found between descriptor sets.
 *
 *   compat_findings [--time] OLD.binpb NEW.binpb [OLD NEW]…
 *
 * For each pair one line per category, WIRE, WIRE_JSON, PACKAGE, FILE, CSR: its name and the findings as tests/compat/support.h
 * writes them. With --time also how long each check took. */
#include "tests/compat/support.h"

#include <stdio.h>

static const sl_compat_category categories[] = {SL_COMPAT_WIRE, SL_COMPAT_WIRE_JSON,
                                                SL_COMPAT_PACKAGE, SL_COMPAT_FILE, SL_COMPAT_CSR};

static void print_pair(const sl_schema *old, const sl_schema *new, bool with_time)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(categories); i++) {
        static finding_texts texts;
        int64_t begin = sl_clock_monotonic_ns();
        check_texts(old, new, categories[i], SL_COMPAT_BOTH, &texts);
        int64_t took = sl_clock_monotonic_ns() - begin;
        printf("%s", sl_compat_category_name(categories[i]));
        for (size_t k = 0; k < texts.count; k++)
            printf(" %s", texts.items[k]);
        if (with_time)
            printf(" # %lld us, %zu messages", (long long)(took / 1000),
                   sl_schema_message_count(old));
        printf("\n");
    }
}

int main(int count, char **arguments)
{
    bool with_time = count > 1 && strcmp(arguments[1], "--time") == 0;
    int first = with_time ? 2 : 1;
    if (count < first + 2 || (count - first) % 2 != 0) {
        fprintf(stderr, "usage: compat_findings [--time] OLD.binpb NEW.binpb [OLD NEW]…\n");
        return 2;
    }
    for (int i = first; i < count; i += 2) {
        sl_cleanup(sl_schema_unrefp) sl_schema *old = load_schema(arguments[i]);
        sl_cleanup(sl_schema_unrefp) sl_schema *new = load_schema(arguments[i + 1]);
        print_pair(old, new, with_time);
    }
    return 0;
}
