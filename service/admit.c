/* SPDX-License-Identifier: Apache-2.0 */
#include "admit.h"

#include "auth.h"
#include "clock.h"
#include "service.h"
#include "statements.gen.h"

#include <string.h>
#include <strings.h>

/* The token of `Authorization: Bearer …` (RFC 6750 section 2.1), or NULL with the problem set. */
static const char *bearer_token(struct call *call)
{
    const char *value = request_header(&call->request, "Authorization");
    if (!value) {
        problem_set(&call->problem, PROBLEM_UNAUTHENTICATED,
                    "Send an access token: Authorization: Bearer …");
        return NULL;
    }
    if (strncasecmp(value, "Bearer ", 7) != 0) {
        problem_set(&call->problem, PROBLEM_UNAUTHENTICATED, "Only Bearer tokens are understood.");
        return NULL;
    }
    value += 7;
    while (*value == ' ')
        value++;
    return value;
}

/* The person a verified token speaks for. */
static bool find_person(struct call *call, const struct token *token)
{
    bool may_create = !(token->builtin && token->client_id);
    const char *values[] = {token->issuer,
                            token->subject,
                            token->name,
                            token->email,
                            token->email_verified ? "true" : "false",
                            may_create ? "true" : "false"};
    struct rows rows = {0};
    /* Two first requests at once: the one that lost the race finds the person the second time. */
    for (int tries = 0; tries < 2 && !rows.count; tries++)
        if (!call_query(call, &STATEMENT_person_sign_in, values, &rows))
            return false;
    const char *id = rows_text(&rows, 0, "id", call->arena);
    const char *kind = rows_text(&rows, 0, "kind", call->arena);
    bool is_service = kind && strcmp(kind, "service") == 0;
    if (!id || !principal_init(&call->principal, id, token->organisation, token->scope, is_service))
        return problem_set(&call->problem, PROBLEM_INVALID_TOKEN,
                           "The token's subject is not known any more.");
    return true;
}

static bool sign_in(struct call *call, const struct token *token)
{
    if (!call_take_db(call))
        return false;
    bool good = find_person(call, token);
    call_give_db_back(call);
    return good;
}

static bool find_principal(struct call *call, const char *text)
{
    struct service *service = call->service;
    size_t len = strlen(text);
    int64_t now = clock_now() / 1000000;
    if (auth_cache_get(service->auth_cache, call->arena, text, len, now,
                       issuers_generation(service->issuers), &call->principal))
        return true;
    struct token token;
    const char *why = NULL;
    if (!token_verify(service->issuers, call->arena, text, len, now, &token, &why))
        return problem_set(&call->problem, PROBLEM_INVALID_TOKEN, "%s", why);
    if (!sign_in(call, &token))
        return false;
    auth_cache_put(service->auth_cache, text, len, now, &token, &call->principal);
    return true;
}

bool admit_principal(struct call *call)
{
    const struct operation *operation = call->operation;
    if (operation->admission == ADMIT_PUBLIC)
        return true;
    const char *text = bearer_token(call);
    if (!text || !find_principal(call, text))
        return false;
    call->signed_in = true;
    return true;
}

bool admit_scope(struct call *call)
{
    const char *scope = call->operation->scope;
    if (!scope || principal_allows(&call->principal, scope))
        return true;
    call->problem.permission = scope;
    return problem_set(&call->problem, PROBLEM_INSUFFICIENT_SCOPE,
                       "The token's scope does not contain %s.", scope);
}

/* FNV-1a of the address, apart from the principals' keys by its seed. */
static uint64_t address_key(const char *address)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *address; address++)
        hash = (hash ^ (unsigned char)*address) * 0x100000001b3u;
    return hash;
}

bool admit_rate(struct call *call)
{
    if (!call->signed_in && strcmp(call->request.client_address, "unknown") == 0)
        return true;
    uint64_t key =
        call->signed_in ? call->principal.rate_key : address_key(call->request.client_address);
    struct limit_state state;
    bool admitted = limiter_admit(call->service->limiter, key, call->started, &state);
    if (!state.quota)
        return true;
    call->rate_policy =
        arena_printf(call->arena, "\"default\";q=%d;w=%d", state.quota, state.window);
    call->rate_limit =
        arena_printf(call->arena, "\"default\";r=%d;t=%d", state.remaining, state.reset);
    if (admitted)
        return true;
    call->problem.retry_after = state.reset;
    return problem_set(&call->problem, PROBLEM_RATE_LIMITED, "At most %d requests in %d seconds.",
                       state.quota, state.window);
}
