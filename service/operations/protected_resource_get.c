/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "../service.h"

#include <string.h>

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
    jw_key(&w, "authorization_servers");
    jw_list(&w);
    for (const char *const *name = issuers_names(call->service->issuers, call->arena); *name;
         name++)
        jw_text(&w, *name);
    jw_list_end(&w);
    jw_key_text(&w, "jwks_uri", arena_printf(call->arena, "%s/.well-known/jwks.json", url));
    jw_key(&w, "scopes_supported");
    jw_list(&w);
    for (size_t i = 0; i < permission_count; i++)
        jw_text(&w, permissions[i].name);
    jw_list_end(&w);
    jw_key(&w, "bearer_methods_supported");
    jw_raw(&w, "[\"header\"]", strlen("[\"header\"]"));
    jw_key_text(&w, "resource_name", "Cohelm");
    jw_key_text(&w, "resource_documentation", arena_printf(call->arena, "%s/docs", url));
    jw_map_end(&w);
    return document_answer(call, buf.data, buf.len, NULL);
}
