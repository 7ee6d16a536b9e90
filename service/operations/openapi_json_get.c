/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"

bool openapi_json_get(struct call *call)
{
    return document_answer(call, openapi_json, openapi_json_len, NULL);
}
