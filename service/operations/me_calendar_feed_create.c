/* SPDX-License-Identifier: Apache-2.0 */
#include "../call.h"
#include "../secret.h"
#include "../service.h"

/* The secret itself never reaches the database, so that no log of statements can hold it. */
bool me_calendar_feed_create(struct call *call)
{
    char secret[SECRET_LEN + 1], hash[SECRET_HASH_LEN + 1];
    if (!secret_make(secret))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    secret_hash(secret, SECRET_LEN, hash);
    const char *const values[] = {hash};
    struct rows rows;
    struct json_writer w;
    if (!call_query(call, call->operation->statement, values, &rows) || !call_check(call, &rows))
        return false;
    jw_init(&w, &call->response.body);
    jw_map(&w);
    jw_key_text(
        &w, "url",
        arena_printf(call->arena, "%s/v1/calendars/%s", call->service->config.public_url, secret));
    jw_key_text(&w, "created_at", rows_text(&rows, 0, "created_at", call->arena));
    jw_map_end(&w);
    call->response.status = call->operation->success;
    response_header(&call->response, "Location", rows_text(&rows, 0, "_location", call->arena));
    return true;
}
