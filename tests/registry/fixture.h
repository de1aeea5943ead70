/* tests/registry/fixture.h: a registry on each driver, and small schemas to put into it.
 *
 * Schemas are written here byte by byte by the rules of descriptor.proto, so that they do not lean on the code under test. */
#pragma once

#include "registry/registry.h"
#include "tests/store/temp_store.h"

#include <check.h>

typedef struct fixture {
    temp_store temp;
    sl_registry *registry;
    sl_arena arena;
    sl_problem problem;
    sl_register_answer answer; /* of the registration before */
    sl_violations violations;
} fixture;

extern const sl_actor admin, anonymous, checkout, billing;

/* Open a registry on driver `index` of temp_drivers, with producers checkout and billing. */
void fixture_open(fixture *f, int index);
void fixture_open_bare(fixture *f, int index, const sl_registry_options *options);
void fixture_reopen(fixture *f); /* sqlite only: close and open again */
void fixture_close(fixture *f);

#define OK(f, call)                                                                         \
    do {                                                                                    \
        sl_status ok_status_ = (call);                                                      \
        ck_assert_msg(ok_status_ == SL_OK, "%s: %s: %s", #call, sl_status_name(ok_status_), \
                      (f)->problem.error.text);                                             \
    } while (0)
#define REFUSED(f, want_code, call)                                                            \
    do {                                                                                       \
        (f)->problem = (sl_problem){0};                                                        \
        sl_status refused_status_ = (call);                                                    \
        ck_assert_msg(refused_status_ != SL_OK && (f)->problem.code == SL_PROBLEM_##want_code, \
                      "%s: %s, %s: %s", #call, sl_status_name(refused_status_),                \
                      sl_problem_slug((f)->problem.code), (f)->problem.error.text);            \
        ck_assert_msg((f)->problem.error.text[0] != '\0', "a refusal without a text");         \
    } while (0)

/* One file: "NAME:NUMBER:TYPE NAME:NUMBER:TYPE" of one message of package p (TYPE: i int32, s string, r required int32). */
typedef struct file_spec {
    const char *path;
    const char *message; /* short name; several, of the same fields, separated by '|' */
    const char *fields;
    const char *import;     /* paths separated by '|'; may be NULL */
    const char *field_type; /* with an import: full name ".p.Common" of a message field number 15 */
} file_spec;

/* A FileDescriptorSet of proto2 files, in the arena. */
sl_bytes make_set(fixture *f, const file_spec *specs, size_t count);
sl_bytes make_file(fixture *f, const char *path, const char *message, const char *fields);
/* A file of the repository, with SL_PAYLOAD_SLOP bytes behind it. */
sl_bytes read_repository_file(fixture *f, const char *path);
/* Bytes with slop behind them. */
sl_bytes payload_of(fixture *f, const void *bytes, size_t len);

/* Register as `actor`; the answer is f->answer. */
sl_status register_set(fixture *f, const sl_actor *actor, const char *subject, sl_bytes set);
sl_status register_request(fixture *f, const sl_actor *actor, const sl_register_request *request);
/* Must go through; the version's number. */
int32_t must_register(fixture *f, const char *subject, sl_bytes set);
/* "p.A" on TOPIC-value with one int32 and one string, claimed by checkout in `mode`. */
sl_contract claim_orders(fixture *f, const char *topic, sl_mode mode);
sl_status judge(fixture *f, const sl_judge_request *request, sl_verdict *ret_verdict);
