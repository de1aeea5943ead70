/* cli/internal/tell.h: findings, owners and problems in the form for people.
 *
 *     orders/v1/order.proto:14:3: field 4 "currency" of orders.v1.OrderPlaced was deleted [FIELD_NO_DELETE]
 *         fix: reserved 4; reserved "currency"; */
#pragma once

#include "cli/internal/say.h"
#include "json/json.h"

/* One finding: where, what, [RULE]; then, indented, why, where it was, and the fix. */
void sl_print_finding(FILE *to, const sl_finding *finding);
/* Its two halves, for those who have something to show between them. */
void sl_print_finding_head(FILE *to, const sl_finding *finding);
void sl_print_finding_notes(FILE *to, const sl_finding *finding);

/* An array of findings as the server writes them; nothing if it is none. Returns how many. */
size_t sl_print_findings(FILE *to, const sl_json *findings);

/* "  owner: checkout (team payments); ask in #payments, payments@example.com"; nothing if there is none. */
void sl_print_owner(FILE *to, const sl_json *owner);

/* A problem details object on standard error: title and detail, findings, owner. */
void sl_print_problem(const sl_json *problem);
