/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_answer.h"

#include <strings.h>

#define NOWHERE "00000000-0000-0000-0000-000000000000"

/* A token for one organisation shows that one only. */
bool me_calendar_get(struct call *call)
{
    const char *pinned = call->principal.organisation_id;
    const char *wanted = call_argument(call, "organisation_id");
    if (pinned[0] && wanted && strcasecmp(pinned, wanted) != 0)
        wanted = NOWHERE;
    else if (pinned[0])
        wanted = pinned;
    return calendar_answer(call, call->principal.id, wanted);
}
