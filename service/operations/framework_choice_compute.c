/* SPDX-License-Identifier: Apache-2.0 */
#include "../decide/chooser.h"
#include "../document.h"

/* Stores nothing. */
bool framework_choice_compute(struct call *call)
{
    struct chooser_answers answers;
    struct chooser_choice choice;
    struct json_writer w;
    struct buf *body = &call->response.body;
    enum chooser_model model = chooser_read(&call->input.body, &answers);
    chooser_choose(&answers, model, &choice);
    jw_init(&w, body);
    chooser_write(model, &choice, &w);
    response_header(&call->response, "ETag", document_tag(call, body->data, body->len));
    call->response.status = call->operation->success;
    return true;
}
