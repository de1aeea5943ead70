/* registry/callers.c: who calls? From a bearer token to an actor, in memory and without waiting.
 *
 *   token ── known to this thread, under the identity that holds now? ── yes: compared with what was remembered
 *     │                                                                       │
 *     └── no: hashed, and its hash looked up and compared ───────────────────┴── expired? blocked? asked each time
 *
 * A caller is known from the snapshot alone, so that who-are-you never waits for the disk. Looking up by the first bytes of the hash tells
 * an attacker nothing: to choose them, the token itself would have to be guessed. The whole is then compared in constant time.
 *
 * Hashing a token costs as much as judging a small payload, and a publisher sends the same token each time; so each thread remembers
 * some that were good, text and all. A memory is worth nothing but a saved hash: it names its place in one identity (the part of a
 * snapshot that changes when a token or a producer does), by a serial number that never comes again. So a revoked token, a
 * block and a new admin token hold from the next request on. The slot is found by a keyed hash (base/hash.c), the text compared in constant time.
 *
 * A token expires by the machine's own clock, read at each request. Where somebody sets that clock back, a token lives again until its time has
 * come again: times that only ever move forward would let one wrong clock end every token for ever. */
#include "registry/internal/core.h"
#include "registry/internal/tokens.h"

enum { PREFIX = 8, CALLERS = 64, TEXT_MOST = 128 };

/* Places in sl_identity.tokens, and the administrator. */
enum { PLACE_ADMIN = UINT32_MAX };

typedef struct known_caller {
    uint64_t serial; /* of the identity; 0: nothing is remembered */
    uint32_t place;
    uint32_t len;
    char text[TEXT_MOST];
} known_caller;

struct sl_callers {
    known_caller slots[CALLERS];
};

sl_callers *sl_callers_new(void)
{
    return sl_zalloc(sizeof(sl_callers));
}

void sl_callers_free(sl_callers *callers)
{
    if (callers)
        explicit_bzero(callers, sizeof *callers);
    sl_free(callers);
}

/* --- by hash --------------------------------------------------------------------------------- */

/* The first token whose hash does not begin before `hash` does. */
static size_t first_of_prefix(const sl_identity *identity, const sl_sha256 *hash)
{
    size_t low = 0, high = identity->token_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(identity->tokens[middle].hash.bytes, hash->bytes, PREFIX) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool find_hash(const sl_identity *identity, const sl_sha256 *hash, uint32_t *ret_place)
{
    *ret_place = PLACE_ADMIN;
    if (identity->has_admin &&
        sl_equal_constant_time(identity->admin.bytes, hash->bytes, SL_SHA256_SIZE))
        return true;
    for (size_t i = first_of_prefix(identity, hash); i < identity->token_count; i++) {
        const sl_known_token *token = &identity->tokens[i];
        if (memcmp(token->hash.bytes, hash->bytes, PREFIX) != 0)
            break;
        *ret_place = (uint32_t)i;
        if (sl_equal_constant_time(token->hash.bytes, hash->bytes, SL_SHA256_SIZE))
            return true;
    }
    return false;
}

/* --- by memory ------------------------------------------------------------------------------- */

static known_caller *slot_of(sl_callers *callers, sl_str token)
{
    if (!callers || token.len == 0 || token.len > TEXT_MOST)
        return NULL;
    return &callers->slots[sl_hash_str(token) % CALLERS];
}

static bool remembers(const known_caller *known, const sl_identity *identity, sl_str token)
{
    return known && known->serial == identity->serial && known->len == token.len &&
           sl_equal_constant_time(known->text, token.data, token.len);
}

static void remember(known_caller *known, const sl_identity *identity, sl_str token, uint32_t place)
{
    if (!known)
        return;
    known->serial = identity->serial;
    known->place = place;
    known->len = (uint32_t)token.len;
    memcpy(known->text, token.data, token.len);
}

/* --- both ------------------------------------------------------------------------------------ */

static sl_status find_place(const sl_identity *identity, known_caller *known, sl_str token,
                            uint32_t *ret_place)
{
    sl_sha256 hash;
    if (remembers(known, identity, token)) {
        *ret_place = known->place;
        return SL_OK;
    }
    SL_TRY(sl_token_hash(token, &hash));
    if (!find_hash(identity, &hash, ret_place))
        return SL_UNAUTHENTICATED;
    remember(known, identity, token, *ret_place);
    return SL_OK;
}

sl_status sl_registry_authenticate(sl_registry *registry, sl_callers *callers, sl_str token,
                                   sl_arena *arena, sl_actor *ret_actor)
{
    sl_cleanup(sl_registry_leave) sl_guard guard = sl_registry_enter(registry);
    const sl_identity *identity = sl_guard_snapshot(&guard)->identity;
    uint32_t place;
    if (!identity)
        return SL_UNAUTHENTICATED;
    SL_TRY(find_place(identity, slot_of(callers, token), token, &place));
    if (place == PLACE_ADMIN) {
        *ret_actor = (sl_actor){.kind = SL_ACTOR_ADMIN};
        return SL_OK;
    }
    const sl_known_token *known = &identity->tokens[place];
    if (known->expires_us != 0 && known->expires_us <= sl_clock_realtime_us())
        return SL_UNAUTHENTICATED;
    sl_actor actor = {.kind = SL_ACTOR_PRODUCER, .is_blocked = known->is_blocked};
    SL_TRY(sl_arena_copy_str(arena, known->producer, &actor.producer));
    *ret_actor = actor;
    return SL_OK;
}
