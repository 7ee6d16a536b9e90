/* SPDX-License-Identifier: Apache-2.0 */
#include "../call.h"
#include "../secret.h"
#include "statements.gen.h"

#define HINT_LEN 4

static void answer(struct call *call, const struct rows *rows, const char *secret)
{
    struct json_writer w;
    jw_init(&w, &call->response.body);
    jw_map(&w);
    jw_key_text(&w, "id", rows_text(rows, 0, "id", call->arena));
    jw_key_text(&w, "secret", secret);
    jw_key_text(&w, "hint", rows_text(rows, 0, "hint", call->arena));
    jw_key_text(&w, "expires_at", rows_text(rows, 0, "expires_at", call->arena));
    jw_key_text(&w, "created_at", rows_text(rows, 0, "created_at", call->arena));
    jw_map_end(&w);
    call->response.status = call->operation->success;
    response_header(&call->response, "Location", rows_text(rows, 0, "_location", call->arena));
}

/* The secret itself never reaches the database, so that no log of statements can hold it. */
bool service_account_secret_create(struct call *call)
{
    char secret[SECRET_LEN + 1], hash[SECRET_HASH_LEN + 1];
    if (!secret_make(secret))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    secret_hash(secret, SECRET_LEN, hash);
    const char *values[] = {hash, secret + SECRET_LEN - HINT_LEN};
    struct rows rows;
    if (!call_query(call, &STATEMENT_service_account_lock, NULL, &rows) ||
        !call_query(call, call->operation->statement, values, &rows) || !call_check(call, &rows))
        return false;
    answer(call, &rows, secret);
    return true;
}
