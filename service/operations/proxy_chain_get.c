/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "decision_case.h"
#include "decision_due.h"

static void write_ids(struct json_writer *w, const char *key, const char *const *ids, size_t count)
{
    jw_key(w, key);
    jw_list(w);
    for (size_t i = 0; i < count; i++)
        jw_text(w, ids[i]);
    jw_list_end(w);
}

bool proxy_chain_get(struct call *call)
{
    struct decision_case decision = {0};
    struct decide_chain chain;
    struct rows rows;
    struct json_writer w;
    struct buf body;
    if (!decision_query(call, call->operation->statement, &rows) || !call_check(call, &rows))
        return false;
    decision.organisation_id = rows_text(&rows, 0, "organisation_id", call->arena);
    decision.id = rows_text(&rows, 0, "id", call->arena);
    decision.member_id = rows_text(&rows, 0, "member_id", call->arena);
    if (!decision_load(call, &decision))
        return false;
    decide_chain(&decision.facts, decision.member_id, &chain);
    buf_init(&body, call->arena, RESPONSE_BODY_MAX);
    jw_init(&w, &body);
    jw_map(&w);
    jw_key_text(&w, "decision_id", decision.id);
    jw_key_text(&w, "member_id", decision.member_id);
    jw_key_bool(&w, "allowed", chain.allowed);
    write_ids(&w, "chain", chain.members, chain.member_count);
    write_ids(&w, "loop", chain.members + chain.loop_start, chain.loop_count);
    jw_key_text(&w, "end", chain.end);
    jw_key_text(&w, "voter_id", chain.voter);
    jw_key_int(&w, "hops", chain.hops);
    jw_key_int(&w, "carried", chain.carried);
    jw_key_int(&w, "weight", chain.weight);
    jw_map_end(&w);
    return document_answer(call, body.data, body.len, NULL);
}
