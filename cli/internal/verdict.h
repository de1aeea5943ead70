/* cli/internal/verdict.h: verdicts as they are shown, whether this program judged or a server did.
 *
 *     bad.bin: not valid
 *       items[2].sku: bytes 0xC3 0x28 are not valid UTF-8 [string.utf8] at byte 125 */
#pragma once

#include "validate/validate.h"
#include "json/json.h"

/* Where a payload came from. */
typedef struct sl_payload_place {
    const char *input; /* file as named, or "stdin" */
    int64_t index;     /* in a stream of payloads, from 0; -1: the input is one payload */
} sl_payload_place;

/* What was said so far, for the summary and the exit status. */
typedef struct sl_verdict_tally {
    int64_t judged, not_valid, refused; /* refused: not valid, and may not go out */
    bool has_gap;                       /* something could not be judged; the complaint was made */
} sl_verdict_tally;

/* SL_EXIT_NO_ANSWER, SL_EXIT_FINDINGS (something was not valid) or SL_EXIT_CLEAN. */
int sl_verdict_exit(const sl_verdict_tally *tally);

/* Tell this program's own verdict. False: memory was out, and the complaint was made. `step` is where it
 * failed, NULL if it is valid. As text a valid payload of a stream is only counted. */
SL_MUST_CHECK bool sl_verdict_tell_own(bool is_json, const sl_payload_place *place,
                                       const sl_message *message, const char *step,
                                       const sl_violations *violations);

/* Tell a server's verdict; with `is_json`, all that the server said. */
SL_MUST_CHECK bool sl_verdict_tell_servers(bool is_json, const sl_payload_place *place,
                                           const sl_json *verdict);

/* Count a verdict. */
void sl_verdict_count(sl_verdict_tally *tally, bool is_valid, bool is_allowed);

/* "stream.bin: 3 payloads, 1 valid, 2 refused" */
void sl_verdict_tell_summary(const char *input, const sl_verdict_tally *tally);
