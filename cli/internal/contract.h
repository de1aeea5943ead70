/* cli/internal/contract.h: a contract for people, shared by the verbs that say what it is and those that move
 * it on. */
#pragma once

#include "cli/internal/remote.h"

/* One line a property, then the owner, on standard output. */
void sl_print_contract(const sl_remote_answer *answer);
