/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_answer.h"

/* A token for one organisation shows that one only, whatever is asked for. */
bool me_calendar_get(struct call *call)
{
    const char *pinned = call->principal.organisation_id;
    const char *wanted = call_argument(call, "organisation_id");
    return calendar_answer(call, call->principal.id, pinned[0] ? pinned : wanted);
}
