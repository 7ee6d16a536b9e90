/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"

bool openapi_yaml_get(struct call *call)
{
    return document_answer(call, openapi_yaml, openapi_yaml_len, NULL);
}
