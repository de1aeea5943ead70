/* tests/conformance/ask_oracle.h: running oracle/parse_oracle.cc, which is Protobuf's C++ parser, over many payloads at once. */
#pragma once

#include "tests/conformance/corpora.h"

/* Skip the whole program unless the oracle was built (fail if SLUICE_REQUIRE_CORPORA is set). */
void oracle_require(void);

/* Its verdicts on `asked`, one byte (verdict_word) each; absent if it failed. Never freed.
 *
 *   schemas  path of the FileDescriptorSet
 *   asked    records (payload_record_append()); with `has_changes` each is followed by its changes */
sl_bytes oracle_ask(const char *schemas, sl_bytes asked, bool has_changes);

/* One way to change a payload: its first `kept` bytes, of which the one at `place` is XORed with `change`. */
typedef struct payload_change {
    uint32_t kept, place;
    uint8_t change;
} payload_change;
void payload_changes_append(sl_buf *buf, const payload_change *changes, uint32_t count);
