/* registry/warm.c: from stored files to a plan, once for each version that a payload asks for.
 *
 * The guard is held only to get a share of the binding; loading and compiling take as long as they take. The result is published by one
 * compare-and-exchange: of two threads that warm the same version, one's work is dropped. A binding that was replaced meanwhile keeps it
 * too; then the next judgement finds its own binding cold and asks again. */
#include "registry/internal/core.h"

static sl_status compile(sl_registry *registry, int32_t schema_id, sl_str message_type,
                         sl_compiled **ret_compiled, sl_error *err)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_problem problem = {0};
    sl_cleanup(sl_compiled_unrefp) sl_compiled *compiled = sl_zalloc(sizeof *compiled);
    if (!compiled)
        return sl_error_no_memory(err);
    atomic_store(&compiled->refs, 1);
    sl_status status = sl_reader_take(registry, &reader, &problem);
    if (status != SL_OK)
        return sl_error_set(err, status, "%s", problem.error.text);
    SL_TRY(sl_schema_load(reader.session, schema_id, (sl_bytes){0}, &compiled->schema, err));
    compiled->schema_bytes = sl_schema_memory(compiled->schema);
    status = sl_plan_compile(compiled->schema, message_type, &compiled->plan, err);
    if (status != SL_OK && status != SL_NOT_FOUND)
        return status;
    if (compiled->plan)
        compiled->plan_bytes = sl_plan_memory(compiled->plan);
    *ret_compiled = sl_take(compiled);
    return SL_OK;
}

static sl_status warm_version(sl_registry *registry, const sl_binding *binding,
                              sl_bound_version *version, sl_error *err)
{
    sl_compiled *compiled, *cold = NULL;
    if (atomic_load(&version->compiled))
        return SL_OK;
    SL_TRY(compile(registry, version->schema_id, binding->contract.message_type, &compiled, err));
    if (!atomic_compare_exchange_strong(&version->compiled, &cold, compiled))
        sl_compiled_unref(compiled);
    return SL_OK;
}

/* Does judging `request` look at this version? */
static bool is_wanted(const sl_binding *binding, const sl_judge_request *request,
                      const sl_bound_version *version)
{
    const sl_contract *contract = &binding->contract;
    sl_envelope envelope;
    if (request->is_framed)
        return sl_envelope_read(request->payload, &envelope, NULL) == SL_OK &&
               envelope.schema_id == version->schema_id;
    if (request->version > 0)
        return version->number == request->version;
    if (contract->versions == SL_VERSIONS_PINNED)
        return version->number == contract->pinned_version;
    size_t oldest = contract->versions == SL_VERSIONS_LIVE ? sl_binding_oldest_tried(binding)
                                                           : binding->version_count - 1;
    return version >= &binding->versions[oldest];
}

static sl_binding *share_binding(sl_registry *registry, sl_str topic)
{
    sl_cleanup(sl_registry_leave) sl_guard guard = sl_registry_enter(registry);
    sl_binding *binding = sl_snapshot_find(guard.snapshot, topic);
    return binding ? sl_binding_ref(binding) : NULL;
}

sl_status sl_registry_warm(sl_registry *registry, const sl_judge_request *request, sl_error *err)
{
    sl_cleanup(sl_binding_unrefp) sl_binding *binding = share_binding(registry, request->topic);
    if (!binding)
        return sl_error_set(err, SL_NOT_FOUND, "topic '%.*s' has no contract",
                            SL_STR_ARG(request->topic));
    for (size_t i = 0; i < binding->version_count; i++)
        if (is_wanted(binding, request, &binding->versions[i]))
            SL_TRY(warm_version(registry, binding, &binding->versions[i], err));
    return SL_OK;
}
