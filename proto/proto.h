/* proto/proto.h: Sluice's own messages, as protobuf-c speaks them. Generated from proto/sluice/v1.
 *
 * protobuf-c's unpacker recurses without a limit and copies every bytes field. Two rules follow for whoever reads a message here:
 *
 *   1. sl_wire_scan_flat() goes first, with the number of fields that is acceptable; only messages without message fields are read.
 *   2. Payloads that are to be walked need SL_PAYLOAD_SLOP readable bytes behind them: unpack with an allocator that adds them.
 *
 * Writing is safe in any shape. */
#pragma once

#include "proto/sluice/v1/batch.pb-c.h"
