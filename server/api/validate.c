/* server/api/validate.c: one payload, one verdict. The hot path.
 *
 * The answer to a valid payload depends on nothing but the contract and the version that judged, so it is the same answer again
 * and again: it is built once and sent from a small cache of prepared answers that each thread keeps for itself. An entry is
 * found by the verdict's numbers and taken only if every text in it is equal, so a changed owner or a new version can never be
 * answered with what was. On that path nothing is allocated but the request's actor, in its arena, and nothing is formatted.
 *
 * A schema that is not in memory yet, and a payload so large that walking it would hold up the thread's other connections, go to a
 * control thread. */
#include "server/internal/judge.h"

enum { CACHE_SLOTS = 1024, INLINE_BYTES_MOST = 1 << 20, KEY_TEXTS = 6 };

typedef struct cache_entry {
    int32_t schema_id, version;
    sl_mode mode;
    size_t lengths[KEY_TEXTS];
    char *key; /* the texts, one behind the other */
    sl_prepared *prepared;
} cache_entry;

struct sl_api_cache {
    cache_entry entries[CACHE_SLOTS];
};

sl_api_cache *sl_api_cache_new(void)
{
    return sl_zalloc(sizeof(sl_api_cache));
}

static void clear_entry(cache_entry *entry)
{
    sl_free(entry->key);
    sl_prepared_free(entry->prepared);
    *entry = (cache_entry){0};
}

void sl_api_cache_free(sl_api_cache *cache)
{
    for (size_t i = 0; cache && i < CACHE_SLOTS; i++)
        clear_entry(&cache->entries[i]);
    sl_free(cache);
}

/* Everything that the answer says and that is text. */
static void key_texts(const sl_verdict *verdict, sl_str ret_texts[KEY_TEXTS])
{
    static const sl_owner nobody = {0};
    const sl_owner *owner = verdict->owner ? verdict->owner : &nobody;
    const sl_str texts[KEY_TEXTS] = {verdict->topic, verdict->message_type, owner->producer,
                                     owner->team,    owner->chat,           owner->contact};
    memcpy(ret_texts, texts, sizeof texts);
}

static bool is_same(const cache_entry *entry, const sl_verdict *verdict,
                    const sl_str texts[KEY_TEXTS])
{
    if (!entry->prepared || entry->schema_id != verdict->schema_id ||
        entry->version != verdict->version || entry->mode != verdict->mode)
        return false;
    const char *at = entry->key;
    for (size_t i = 0; i < KEY_TEXTS; i++) {
        if (entry->lengths[i] != texts[i].len ||
            (texts[i].len && memcmp(at, texts[i].data, texts[i].len) != 0))
            return false;
        at += texts[i].len;
    }
    return true;
}

/* FNV-1a over a few bytes: the place of an entry is a guess, its key decides. */
static size_t slot_of(const sl_verdict *verdict)
{
    uint32_t hash = 2166136261U ^ (uint32_t)verdict->schema_id;
    for (size_t i = 0; i < verdict->topic.len; i++)
        hash = (hash ^ (uint8_t)verdict->topic.data[i]) * 16777619U;
    return (hash ^ hash >> 16) % CACHE_SLOTS;
}

static bool fill_entry(cache_entry *entry, const sl_verdict *verdict, const sl_str texts[KEY_TEXTS],
                       sl_str body)
{
    size_t len = 1;
    for (size_t i = 0; i < KEY_TEXTS; i++)
        len += texts[i].len;
    clear_entry(entry);
    entry->key = sl_alloc(len);
    entry->prepared = entry->key ? sl_prepared_new(200, "application/json", body) : NULL;
    if (!entry->prepared) {
        clear_entry(entry);
        return false;
    }
    char *at = entry->key;
    for (size_t i = 0; i < KEY_TEXTS; i++) {
        if (texts[i].len)
            memcpy(at, texts[i].data, texts[i].len);
        at += texts[i].len;
        entry->lengths[i] = texts[i].len;
    }
    entry->schema_id = verdict->schema_id;
    entry->version = verdict->version;
    entry->mode = verdict->mode;
    return true;
}

static void write_verdict(sl_request *request, sl_response *response, const sl_verdict *verdict)
{
    sl_json_writer writer = sl_api_begin(response, verdict->is_allowed ? 200 : 422);
    sl_verdict_put(&writer, verdict);
    sl_api_end(request, response, &writer);
}

static void answer(sl_request *request, sl_response *response, const sl_verdict *verdict)
{
    sl_app_thread *thread = request->scratch;
    /* A control thread's answer is sent by another thread, later: it must own its bytes. */
    if (!verdict->is_valid || !verdict->is_allowed || request->is_control) {
        write_verdict(request, response, verdict);
        return;
    }
    sl_str texts[KEY_TEXTS];
    cache_entry *entry = &thread->cache->entries[slot_of(verdict)];
    key_texts(verdict, texts);
    if (is_same(entry, verdict, texts)) {
        response->prepared = entry->prepared;
        return;
    }
    write_verdict(request, response, verdict);
    if (response->status == 200)
        (void)fill_entry(entry, verdict, texts, sl_buf_str(&response->body));
}

void sl_api_validate(sl_request *request, sl_response *response)
{
    sl_judge_request wanted;
    sl_verdict verdict;
    sl_error err = {0};
    if (!sl_judge_read(request, response, &wanted))
        return;
    if (request->body.len > INLINE_BYTES_MOST && !request->is_control) {
        response->action = SL_RESPONSE_HAND_OVER_HEAVY;
        return;
    }
    wanted.payload = request->body;
    sl_guard guard = sl_registry_enter(sl_app_registry(request));
    sl_status status = sl_judge(request, &guard, &wanted, &verdict, &err);
    if (status == SL_OK)
        answer(request, response, &verdict);
    sl_registry_leave(&guard);
    if (status == SL_BUSY && !request->is_control)
        response->action = SL_RESPONSE_HAND_OVER;
    else if (status != SL_OK)
        sl_judge_refuse(request, response, status, &err);
}
