/* SPDX-License-Identifier: Apache-2.0 */
#include "../asset.h"
#include "../document.h"

#include <assert.h>
#include <string.h>

bool docs_get(struct call *call)
{
    size_t i = 0;
    while (i < docs_asset_count && strcmp(docs_assets[i].name, "index.html") != 0)
        i++;
    assert(i < docs_asset_count);
    document_headers(call);
    call->response.media_type = "text/html; charset=utf-8";
    return document_answer(call, docs_assets[i].data, docs_assets[i].len, docs_assets[i].sha256);
}
