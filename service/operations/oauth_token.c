/* SPDX-License-Identifier: Apache-2.0 */
#include "../admit.h"
#include "../crypto.h"
#include "../format.h"
#include "../percent.h"
#include "../secret.h"
#include "../service.h"
#include "statements.gen.h"

#include <string.h>
#include <strings.h>

#define TOKEN_SECONDS 3600
#define BASIC_MAX ((size_t)512)

struct credentials {
    const char *client_id;
    const char *secret;
};

/* A parameter of the form; RFC 6749 section 3.2: one without a value counts as left out. */
static const char *form_text(const struct call *call, const char *name)
{
    const char *text = json_get_text(&call->input.body, name);
    return text && *text ? text : NULL;
}

/* `Basic` with the base64 (RFC 4648 section 4) of id and secret, each form-encoded before (RFC 6749
 * section 2.3.1). */
static bool read_basic(struct call *call, const char *encoded, struct credentials *out)
{
    char text[BASIC_MAX + 1];
    unsigned char decoded[BASE64URL_BYTES(BASIC_MAX) + 1];
    size_t len = strlen(encoded), decoded_len = 0;
    while (len > 0 && encoded[len - 1] == '=')
        len--;
    if (len > BASIC_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        text[i] = encoded[i] == '+' ? '-' : encoded[i] == '/' ? '_' : encoded[i];
    if (!base64url_decode(text, len, decoded, &decoded_len))
        return false;
    const unsigned char *colon = memchr(decoded, ':', decoded_len);
    if (!colon)
        return false;
    size_t id_len = (size_t)(colon - decoded);
    const char *bytes = (const char *)decoded;
    out->client_id = percent_decode(call->arena, bytes, id_len, true);
    out->secret = percent_decode(call->arena, bytes + id_len + 1, decoded_len - id_len - 1, true);
    bytes_wipe(decoded, sizeof decoded);
    bytes_wipe(text, sizeof text);
    return out->client_id && out->secret;
}

static bool refuse_client(struct call *call)
{
    problem_set(&call->problem, PROBLEM_INVALID_CLIENT,
                "The client id is unknown, or the secret is wrong, expired or deleted.");
    return false;
}

/* Who asks, by header or by form. False: the problem is set. */
static bool read_credentials(struct call *call, struct credentials *out)
{
    const char *header = request_header(&call->request, "Authorization");
    *out = (struct credentials){form_text(call, "client_id"), form_text(call, "client_secret")};
    if (header) {
        struct credentials form = *out;
        if (strncasecmp(header, "Basic ", 6) != 0 ||
            !read_basic(call, header + 6 + strspn(header + 6, " "), out))
            return refuse_client(call);
        if (form.secret || (form.client_id && strcmp(form.client_id, out->client_id) != 0))
            return problem_set(&call->problem, PROBLEM_INVALID_REQUEST,
                               "Authenticate by header or by form, not by both.");
    }
    if (!out->client_id || !out->secret) {
        problem_set(&call->problem, PROBLEM_INVALID_CLIENT,
                    "Send the client id and secret, by Authorization: Basic or in the form.");
        return false;
    }
    return (format_matches(FORMAT_UUID, out->client_id) &&
            secret_is_well_formed(out->secret, strlen(out->secret))) ||
           refuse_client(call);
}

/* From here on the client is the caller: its requests for tokens count against its own rate. */
static bool admit_client(struct call *call, const char *client_id, const char *organisation_id)
{
    if (!principal_init(&call->principal, client_id, organisation_id, NULL, true))
        return refuse_client(call);
    call->signed_in = true;
    return admit_rate(call);
}

static bool answer(struct call *call, const struct token_grant *grant)
{
    const char *token =
        token_issue(call->service->signer, call->arena, grant, call_now() / 1000000);
    if (!token)
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    struct json_writer w;
    jw_init(&w, &call->response.body);
    jw_map(&w);
    jw_key_text(&w, "access_token", token);
    jw_key_text(&w, "token_type", "Bearer");
    jw_key_int(&w, "expires_in", grant->lifetime);
    jw_key_text(&w, "scope", grant->scope ? grant->scope : "*");
    jw_map_end(&w);
    call->response.status = call->operation->success;
    response_header(&call->response, "Pragma", "no-cache"); /* RFC 6749 section 5.1 */
    return true;
}

bool oauth_token(struct call *call)
{
    struct credentials client;
    const char *grant_type = form_text(call, "grant_type");
    if (!grant_type)
        return problem_set(&call->problem, PROBLEM_INVALID_REQUEST, "Say the grant_type.");
    if (!read_credentials(call, &client))
        return false;
    if (strcmp(grant_type, "client_credentials") != 0)
        return problem_set(&call->problem, PROBLEM_UNSUPPORTED_GRANT_TYPE,
                           "The only grant_type is client_credentials.");
    char hash[SECRET_HASH_LEN + 1];
    secret_hash(client.secret, strlen(client.secret), hash);
    const char *values[] = {client.client_id, hash, form_text(call, "scope")};
    struct rows rows;
    if (!call_query(call, &STATEMENT_client_find, values, &rows))
        return false;
    if (!rows.count)
        return refuse_client(call);
    struct token_grant grant = {.subject = client.client_id,
                                .client_id = client.client_id,
                                .organisation = rows_text(&rows, 0, "organisation_id", call->arena),
                                .scope = rows_text(&rows, 0, "scope", call->arena),
                                .lifetime = TOKEN_SECONDS};
    return admit_client(call, client.client_id, grant.organisation) && call_check(call, &rows) &&
           answer(call, &grant);
}
