/* SPDX-License-Identifier: Apache-2.0 */
#include "../asset.h"
#include "../document.h"

#include <string.h>

/* The media types of what the page loads, by the end of its name; the page itself is /docs. */
static const char *media_type(const char *name)
{
    const char *end = strrchr(name, '.');
    if (end && strcmp(end, ".css") == 0)
        return "text/css; charset=utf-8";
    if (end && strcmp(end, ".js") == 0)
        return "text/javascript; charset=utf-8";
    return end && strcmp(end, ".svg") == 0 ? "image/svg+xml" : NULL;
}

bool docs_asset_get(struct call *call)
{
    const char *name = call_argument(call, "asset");
    const char *type = media_type(name);
    for (size_t i = 0; type && i < docs_asset_count; i++) {
        if (strcmp(docs_assets[i].name, name) != 0)
            continue;
        call->response.media_type = type;
        return document_answer(call, docs_assets[i].data, docs_assets[i].len,
                               docs_assets[i].sha256);
    }
    return problem_set(&call->problem, PROBLEM_NOT_FOUND, NULL);
}
