/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "../service.h"

static void write_list(struct json_writer *w, const char *key, const char *only)
{
    jw_key(w, key);
    jw_list(w);
    jw_text(w, only);
    jw_list_end(w);
}

/* RFC 9728 section 2. */
bool protected_resource_get(struct call *call)
{
    const char *url = call->service->config.public_url;
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, call->arena, RESPONSE_BODY_MAX);
    jw_init(&w, &buf);
    jw_map(&w);
    jw_key_text(&w, "resource", url);
    write_list(&w, "authorization_servers", url);
    jw_key_text(&w, "jwks_uri", arena_printf(call->arena, "%s/.well-known/jwks.json", url));
    jw_key(&w, "scopes_supported");
    jw_list(&w);
    for (size_t i = 0; i < permission_count; i++)
        jw_text(&w, permissions[i].name);
    jw_list_end(&w);
    write_list(&w, "bearer_methods_supported", "header");
    jw_key_text(&w, "resource_name", "Cohelm");
    jw_key_text(&w, "resource_documentation", arena_printf(call->arena, "%s/docs", url));
    jw_map_end(&w);
    return document_answer(call, buf.data, buf.len, NULL);
}
