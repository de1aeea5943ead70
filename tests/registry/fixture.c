/* tests/registry/fixture.c: see the header. */
#include "tests/registry/fixture.h"

#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>

const sl_actor admin = {.kind = SL_ACTOR_ADMIN};
const sl_actor anonymous = {.kind = SL_ACTOR_ANONYMOUS};
const sl_actor checkout = {.kind = SL_ACTOR_PRODUCER, .producer = SL_STR_INIT("checkout")};
const sl_actor billing = {.kind = SL_ACTOR_PRODUCER, .producer = SL_STR_INIT("billing")};

static const sl_registry_options defaults = {.default_level = SL_LEVEL_BACKWARD,
                                             .category = SL_COMPAT_CONTRACT};

void fixture_open_bare(fixture *f, int index, const sl_registry_options *options)
{
    memset(f, 0, sizeof *f);
    temp_store_make(&f->temp, temp_drivers[index]);
    sl_registry_options own = options ? *options : defaults;
    own.store = sl_str_from(f->temp.url);
    sl_status status = sl_registry_open(&own, &f->registry, &f->problem.error);
    ck_assert_msg(status == SL_OK, "%s", f->problem.error.text);
}

void fixture_open(fixture *f, int index)
{
    static const sl_producer producers[] = {
        {.name = SL_STR_INIT("checkout"),
         .team = SL_STR_INIT("payments"),
         .chat = SL_STR_INIT("#pay")},
        {.name = SL_STR_INIT("billing"),
         .team = SL_STR_INIT("money"),
         .chat = SL_STR_INIT("#money")},
    };
    fixture_open_bare(f, index, NULL);
    for (size_t i = 0; i < SL_ARRAY_LEN(producers); i++) {
        sl_producer made;
        OK(f, sl_registry_producer_create(f->registry, &admin, &producers[i], &f->arena, &made,
                                          &f->problem));
    }
}

void fixture_reopen(fixture *f)
{
    sl_registry_close(f->registry);
    sl_registry_options own = defaults;
    own.store = sl_str_from(f->temp.url);
    sl_status status = sl_registry_open(&own, &f->registry, &f->problem.error);
    ck_assert_msg(status == SL_OK, "%s", f->problem.error.text);
}

void fixture_close(fixture *f)
{
    sl_registry_close(f->registry);
    sl_arena_done(&f->arena);
    sl_findings_done(&f->answer.findings);
    sl_violations_done(&f->violations);
    temp_store_remove(&f->temp);
}

/* --- schemas --------------------------------------------------------------------------------- */

static void put_text(sl_buf *buf, uint32_t number, const char *text)
{
    sl_wire_put_len(buf, number, sl_str_bytes(sl_str_from(text)));
}

static void put_varint(sl_buf *buf, uint32_t number, uint64_t value)
{
    sl_wire_put_tag(buf, number, SL_WIRE_VARINT);
    sl_wire_put_varint(buf, value);
}

/* FieldDescriptorProto: name = 1, number = 3, label = 4, type = 5, type_name = 6, json_name = 10. */
static void put_field(sl_buf *message, const char *name, int number, char type)
{
    sl_buf field = {0};
    put_text(&field, 1, name);
    put_varint(&field, 3, (uint64_t)number);
    put_varint(&field, 4, type == 'r' ? 2 : 1);
    put_varint(&field, 5, type == 's' ? 9 : 5);
    put_text(&field, 10, name);
    sl_wire_put_len(message, 2, sl_buf_bytes(&field));
    sl_buf_done(&field);
}

static void put_reference(sl_buf *message, const char *type_name)
{
    sl_buf field = {0};
    put_text(&field, 1, "ref");
    put_varint(&field, 3, 15);
    put_varint(&field, 4, 1);
    put_varint(&field, 5, 11);
    put_text(&field, 6, type_name);
    put_text(&field, 10, "ref");
    sl_wire_put_len(message, 2, sl_buf_bytes(&field));
    sl_buf_done(&field);
}

static void put_message(sl_buf *file, const char *name, const file_spec *spec)
{
    sl_buf message = {0};
    put_text(&message, 1, name);
    char fields[512], *rest = fields;
    snprintf(fields, sizeof fields, "%s", spec->fields);
    for (char *field; (field = strtok_r(rest, " ", &rest));) {
        char field_name[64], type;
        int number;
        ck_assert_int_eq(sscanf(field, "%63[^:]:%d:%c", field_name, &number, &type), 3);
        put_field(&message, field_name, number, type);
    }
    if (spec->field_type)
        put_reference(&message, spec->field_type);
    sl_wire_put_len(file, 4, sl_buf_bytes(&message));
    sl_buf_done(&message);
}

/* FileDescriptorProto: name = 1, package = 2, dependency = 3, message_type = 4. */
static void put_file(sl_buf *set, const file_spec *spec)
{
    sl_buf file = {0};
    put_text(&file, 1, spec->path);
    put_text(&file, 2, "p");
    char names[256], *rest = names;
    snprintf(names, sizeof names, "%s", spec->import ? spec->import : "");
    for (char *import; (import = strtok_r(rest, "|", &rest));)
        put_text(&file, 3, import);
    rest = names;
    snprintf(names, sizeof names, "%s", spec->message);
    for (char *name; (name = strtok_r(rest, "|", &rest));)
        put_message(&file, name, spec);
    sl_wire_put_len(set, 1, sl_buf_bytes(&file));
    sl_buf_done(&file);
}

sl_bytes make_set(fixture *f, const file_spec *specs, size_t count)
{
    sl_buf set = {0};
    sl_bytes bytes;
    for (size_t i = 0; i < count; i++)
        put_file(&set, &specs[i]);
    ck_assert(sl_arena_copy_bytes(&f->arena, sl_buf_bytes(&set), &bytes) == SL_OK);
    sl_buf_done(&set);
    return bytes;
}

sl_bytes make_file(fixture *f, const char *path, const char *message, const char *fields)
{
    file_spec spec = {.path = path, .message = message, .fields = fields};
    return make_set(f, &spec, 1);
}

sl_bytes payload_of(fixture *f, const void *bytes, size_t len)
{
    uint8_t *copy = sl_arena_calloc(&f->arena, 1, len + SL_PAYLOAD_SLOP);
    ck_assert_ptr_nonnull(copy);
    if (len)
        memcpy(copy, bytes, len);
    return (sl_bytes){copy, len};
}

sl_bytes read_repository_file(fixture *f, const char *path)
{
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    char full[1024];
    static char content[1 << 20];
    snprintf(full, sizeof full, "%s/%s", root ? root : ".", path);
    FILE *file = fopen(full, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", full);
    size_t len = fread(content, 1, sizeof content, file);
    fclose(file);
    ck_assert_uint_lt(len, sizeof content);
    return payload_of(f, content, len);
}

/* --- use-cases ------------------------------------------------------------------------------- */

sl_status register_set(fixture *f, const sl_actor *actor, const char *subject, sl_bytes set)
{
    sl_register_request request = {.subject = sl_str_from(subject), .descriptor_set = set};
    return register_request(f, actor, &request);
}

sl_status register_request(fixture *f, const sl_actor *actor, const sl_register_request *request)
{
    sl_findings_done(&f->answer.findings);
    f->answer = (sl_register_answer){0};
    f->problem = (sl_problem){0};
    return sl_registry_register(f->registry, actor, request, &f->arena, &f->answer, &f->problem);
}

int32_t must_register(fixture *f, const char *subject, sl_bytes set)
{
    OK(f, register_set(f, &admin, subject, set));
    return f->answer.version.version;
}

sl_contract claim_orders(fixture *f, const char *topic, sl_mode mode)
{
    char subject[128], path[128];
    snprintf(subject, sizeof subject, "%s-value", topic);
    snprintf(path, sizeof path, "%s.proto", topic);
    must_register(f, subject, make_file(f, path, "A", "id:1:i name:2:s"));
    sl_contract claim = {.topic = sl_str_from(topic), .mode = mode}, contract;
    OK(f, sl_registry_claim(f->registry, &checkout, &claim, &f->arena, &contract, &f->problem));
    ck_assert(contract.is_new);
    return contract;
}

sl_status judge(fixture *f, const sl_judge_request *request, sl_verdict *ret_verdict)
{
    for (int i = 0; i < 10; i++) {
        sl_guard guard = sl_registry_enter(f->registry);
        sl_status status =
            sl_registry_judge(f->registry, &guard, request, &f->violations, ret_verdict);
        sl_registry_leave(&guard);
        if (status != SL_BUSY)
            return status;
        OK(f, sl_registry_warm(f->registry, request, &f->problem.error));
    }
    return SL_BUSY;
}
