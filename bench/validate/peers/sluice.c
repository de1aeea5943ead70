/* bench/validate/peers/sluice.c: Sluice's side of bench_peers.py: sl_validate() as a parser would judge. */
#include "bench/validate/peers/slices.h"
#include "validate/validate.h"

static sl_schema *load_schema(const char *path)
{
    static sl_schema *schema;
    if (schema)
        return schema;
    slice_payload set;
    sl_findings findings = {0};
    slice_load(path, &set);
    if (sl_schema_link_set((sl_bytes){set.bytes, set.len}, (sl_str){0}, &schema, &findings, NULL) !=
            SL_OK ||
        !schema)
        slice_give_up("cannot be linked", path);
    sl_findings_done(&findings);
    free(set.bytes);
    return schema;
}

/* Plans live until the process ends. */
static void *open_plan(const char *set_path, const char *type)
{
    sl_plan *plan = NULL;
    if (sl_plan_compile(load_schema(set_path), sl_str_from(type), &plan, NULL) != SL_OK)
        slice_give_up("no plan", type);
    return plan;
}

static bool judge(void *plan, const uint8_t *bytes, size_t len)
{
    static sl_violations violations;
    static const sl_validate_options options = {.unknown_fields = SL_UNKNOWN_ALLOW};
    bool is_valid = false;
    return sl_validate((const sl_plan *)plan, (sl_bytes){bytes, len}, &options, &violations,
                       &is_valid) == SL_OK &&
           is_valid;
}

int main(int count, char **arguments)
{
    static const slice_side side = {open_plan, judge};
    return slices_serve(count, arguments, &side);
}
