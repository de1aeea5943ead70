/* base/base.h: the door of the bottom room. What every other room stands on: statuses and errors, slices, buffers, arenas,
 * maps, hashes, time, logging, findings, and the table of limits. */
#pragma once

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/findings.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/status.h"
#include "base/str.h"
#include "base/text_diff.h"
