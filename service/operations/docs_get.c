/* SPDX-License-Identifier: Apache-2.0 */
#include "../asset.h"
#include "../document.h"

#include <string.h>

bool docs_get(struct call *call)
{
    for (size_t i = 0; i < docs_asset_count; i++) {
        const struct asset *asset = &docs_assets[i];
        if (strcmp(asset->name, "index.html") != 0)
            continue;
        document_headers(call);
        call->response.media_type = "text/html; charset=utf-8";
        return document_answer(call, asset->data, asset->len, asset->sha256);
    }
    return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
}
