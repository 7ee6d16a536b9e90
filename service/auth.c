/* SPDX-License-Identifier: Apache-2.0 */
#include "auth.h"

#include "json.h"
#include "jws.h"
#include "principal.h"

#include <string.h>
#include <strings.h>

#define SUBJECT_MAX 255
#define EMAIL_MAX 254
#define NAME_MAX_BYTES 200

/* A token taken apart, nothing of it believed yet. */
struct parsed {
    struct jws jws; /* whose payload are the claims */
    bool at_jwt;    /* by the header it is an access token of RFC 9068 */
    const char *issuer;
};

static bool refuse(const char **why, const char *sentence)
{
    *why = sentence;
    return false;
}

/* ---- taking apart ---- */

/* A media type may leave out "application/" (RFC 7515 section 4.1.9); case doesn't count. */
static bool read_type(const struct json *header, bool *at_jwt)
{
    static const char prefix[] = "application/";
    const struct json *typ = json_get(header, "typ");
    *at_jwt = false;
    if (!typ)
        return true;
    if (typ->type != JSON_TEXT)
        return false;
    const char *name = typ->text.data;
    if (strncasecmp(name, prefix, strlen(prefix)) == 0)
        name += strlen(prefix);
    *at_jwt = strcasecmp(name, "at+jwt") == 0;
    return *at_jwt || strcasecmp(name, "JWT") == 0;
}

static bool parse(struct arena *arena, const char *token, size_t len, struct parsed *parsed,
                  const char **why)
{
    const char *fault = NULL;
    if (len > TOKEN_LEN_MAX)
        return refuse(why, "The token is longer than 8192 bytes.");
    if (!jws_read(arena, token, len, &parsed->jws, &fault))
        return refuse(why, arena_printf(arena, "The token %s.", fault));
    parsed->issuer = json_get_text(&parsed->jws.payload, "iss");
    if (!parsed->issuer)
        return refuse(why, "The token names no issuer.");
    if (!read_type(&parsed->jws.header, &parsed->at_jwt))
        return refuse(why, "The token is not an access token.");
    return true;
}

/* ---- believing ---- */

static bool check_signature(struct issuers *issuers, const struct issuer_hold *hold,
                            const struct jws *jws, int64_t now, const char **why)
{
    if (!(hold->issuer->algorithms >> jws->algorithm & 1))
        return refuse(why, "The issuer does not use the algorithm of the token.");
    const struct jwk *key =
        hold->keys ? key_set_find(hold->keys, jws->algorithm, jws->kid, now) : NULL;
    if (!key) {
        issuers_want_key(issuers, hold);
        return refuse(why, "The issuer has no such key.");
    }
    if (!jws_verify(jws, key))
        return refuse(why, "The signature of the token is wrong.");
    return true;
}

/* A NumericDate (RFC 7519 section 2), an integer or not; fractions of a second don't count. */
static bool read_date(const struct json *value, int64_t *out)
{
    const int64_t max = (int64_t)1 << 53;
    if (value->type == JSON_INT)
        *out = value->integer;
    else if (value->type == JSON_NUMBER && value->number >= 0 && value->number <= (double)max)
        *out = (int64_t)value->number;
    else
        return false;
    return *out >= 0 && *out <= max;
}

static bool check_times(const struct json *claims, int64_t now, struct token *out, const char **why)
{
    const struct json *exp = json_get(claims, "exp");
    const struct json *begins[] = {json_get(claims, "nbf"), json_get(claims, "iat")};
    if (!exp || !read_date(exp, &out->expires))
        return refuse(why, "The token has no time of expiry.");
    if (now >= out->expires + TOKEN_SKEW)
        return refuse(why, "The token has expired.");
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        int64_t begin = 0;
        if (!begins[i])
            continue;
        if (!read_date(begins[i], &begin))
            return refuse(why, "A time in the token is not a number.");
        if (now < begin - TOKEN_SKEW)
            return refuse(why, "The token is not valid yet.");
    }
    return true;
}

static bool is_ours(const struct issuer *issuer, const struct json *audience)
{
    for (size_t i = 0; audience && i < issuer->audience_count; i++)
        if (json_is_text(audience, issuer->audiences[i]))
            return true;
    return false;
}

static bool check_audience(const struct issuer *issuer, const struct json *claims, const char **why)
{
    const struct json *aud = json_get(claims, "aud");
    bool ours = is_ours(issuer, aud);
    for (size_t i = 0; aud && aud->type == JSON_LIST && i < aud->list.count; i++)
        ours = ours || is_ours(issuer, &aud->list.items[i]);
    return ours || refuse(why, "The token is for another audience.");
}

/* The rule is in the header file. */
static bool is_access_token(const struct parsed *parsed)
{
    const struct json *claims = &parsed->jws.payload;
    const struct json *typ = json_get(claims, "typ");
    if (parsed->at_jwt)
        return true;
    if (json_get(claims, "at_hash") || json_get(claims, "c_hash") || json_get(claims, "events") ||
        json_is_text(json_get(claims, "token_use"), "id"))
        return false;
    if (json_is_text(typ, "ID") || json_is_text(typ, "Refresh") || json_is_text(typ, "Offline"))
        return false;
    return !json_get(claims, "nonce") || json_is_text(typ, "Bearer");
}

/* ---- reading ---- */

static bool is_plain(const char *text, size_t len, size_t max)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return len > 0 && len <= max;
}

/* The text of a claim that may be left out without harm, or NULL. */
static const char *read_optional(const struct json *claims, const char *name, size_t max)
{
    const struct json *value = name ? json_get(claims, name) : NULL;
    bool fine =
        value && value->type == JSON_TEXT && is_plain(value->text.data, value->text.len, max);
    return fine ? value->text.data : NULL;
}

static const char *join(struct arena *arena, const struct json *list)
{
    struct buf buf;
    buf_init(&buf, arena, TOKEN_LEN_MAX);
    for (size_t i = 0; i < list->list.count; i++) {
        if (list->list.items[i].type != JSON_TEXT)
            return NULL;
        if (i)
            buf_char(&buf, ' ');
        buf_text(&buf, list->list.items[i].text.data);
    }
    return buf_cstr(&buf);
}

/* What narrows a token must not be passed over because it is malformed. */
static bool read_limits(struct arena *arena, const struct issuer *issuer, const struct json *claims,
                        struct token *out, const char **why)
{
    const char *name = issuer->claims.scope;
    const struct json *scope = name ? json_get(claims, name) : NULL;
    if (scope && scope->type == JSON_LIST)
        out->scope = join(arena, scope);
    else if (scope && scope->type == JSON_TEXT)
        out->scope = scope->text.data;
    if (scope && !out->scope)
        return refuse(why, "The scope of the token is malformed.");
    name = issuer->claims.organisation;
    const struct json *organisation = name ? json_get(claims, name) : NULL;
    out->organisation = NULL;
    if (!organisation)
        return true;
    struct json id = *organisation;
    json_lower_id(arena, &id);
    if (id.type != JSON_TEXT || !principal_is_id(id.text.data))
        return refuse(why, "The organisation of the token is malformed.");
    out->organisation = id.text.data;
    return true;
}

/* A list of texts, or one text; anything else in it gives no group. */
static void read_groups(struct arena *arena, const struct issuer *issuer, const struct json *claims,
                        struct token *out)
{
    const struct json *value =
        issuer->claims.groups ? json_get(claims, issuer->claims.groups) : NULL;
    bool many = value && value->type == JSON_LIST;
    size_t count = many ? value->list.count : value != NULL;
    const char **groups = arena_array(arena, count, sizeof *groups);
    for (size_t i = 0; i < count; i++) {
        const struct json *item = many ? &value->list.items[i] : value;
        if (item->type == JSON_TEXT)
            groups[out->group_count++] = item->text.data;
    }
    out->groups = groups;
}

static void read_person(const struct issuer *issuer, const struct json *claims, struct token *out)
{
    const struct json *verified = json_get(claims, "email_verified");
    out->email = read_optional(claims, issuer->claims.email, EMAIL_MAX);
    if (out->email && !strchr(out->email, '@'))
        out->email = NULL;
    out->email_verified =
        out->email && (issuer->builtin || json_is_text(verified, "true") ||
                       (verified && verified->type == JSON_BOOLEAN && verified->boolean));
    out->name = read_optional(claims, issuer->claims.name, NAME_MAX_BYTES);
    out->client_id = read_optional(claims, "client_id", SUBJECT_MAX);
    if (!out->client_id)
        out->client_id = read_optional(claims, "azp", SUBJECT_MAX);
    out->id = read_optional(claims, "jti", SUBJECT_MAX);
}

static bool read_claims(struct arena *arena, const struct issuer *issuer,
                        const struct parsed *parsed, int64_t now, struct token *out,
                        const char **why)
{
    const struct json *claims = &parsed->jws.payload;
    if (!check_times(claims, now, out, why) || !check_audience(issuer, claims, why))
        return false;
    if (!is_access_token(parsed) || (issuer->at_jwt_only && !parsed->at_jwt))
        return refuse(why, "The token is not an access token.");
    out->subject = read_optional(claims, "sub", SUBJECT_MAX);
    if (!out->subject)
        return refuse(why, "The token names no subject.");
    if (!read_limits(arena, issuer, claims, out, why))
        return false;
    out->issuer = parsed->issuer;
    out->builtin = issuer->builtin;
    read_person(issuer, claims, out);
    read_groups(arena, issuer, claims, out);
    return true;
}

bool token_verify(struct issuers *issuers, struct arena *arena, const char *token, size_t len,
                  int64_t now, struct token *out, const char **why)
{
    struct parsed parsed = {0};
    struct issuer_hold hold;
    if (!parse(arena, token, len, &parsed, why))
        return false;
    if (!issuers_find(issuers, parsed.issuer, &hold))
        return refuse(why, "The issuer of the token is not known here.");
    struct token result = {.generation = hold.generation};
    bool valid = check_signature(issuers, &hold, &parsed.jws, now, why) &&
                 read_claims(arena, hold.issuer, &parsed, now, &result, why);
    issuer_release(&hold);
    if (valid)
        *out = result;
    return valid;
}
