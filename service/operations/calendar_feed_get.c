/* SPDX-License-Identifier: Apache-2.0 */
#include "../secret.h"
#include "calendar_answer.h"
#include "statements.gen.h"

#include <string.h>

/* The secret in the path is all that is asked for: calendar programs can't send a token. */
bool calendar_feed_get(struct call *call)
{
    const char *secret = call_argument(call, "secret");
    char hash[SECRET_HASH_LEN + 1];
    struct rows rows;
    secret_hash(secret, strlen(secret), hash);
    const char *const values[] = {hash};
    return call_query(call, &STATEMENT_calendar_feed_find, values, &rows) &&
           call_check(call, &rows) &&
           calendar_answer(call, rows_text(&rows, 0, "person_id", call->arena), NULL);
}
