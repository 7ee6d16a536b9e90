/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set_rehearse.h"

/* One way in which the decision may end. Nothing of it is kept. */
static bool rehearse(struct change_run *run, const char *winner)
{
    struct call *call = run->call;
    run->winners = &winner;
    run->winner_count = winner ? 1 : 0;
    return change_run(run) && db_rollback_to_outer_savepoint(call->db, &call->problem);
}

static bool is_first_of_its_option(const struct json *changes, size_t index, const char *option)
{
    for (size_t i = 0; i < index; i++)
        if (json_is_text(json_get(&changes->list.items[i], "option"), option))
            return false;
    return true;
}

bool change_set_rehearse(struct change_run *run)
{
    const struct json *changes = run->changes;
    run->rehearsed = true;
    if (!db_outer_savepoint(run->call->db, &run->call->problem) || !rehearse(run, NULL))
        return false;
    for (size_t i = 0; i < changes->list.count; i++) {
        const char *option = json_get_text(&changes->list.items[i], "option");
        if (option && is_first_of_its_option(changes, i, option) && !rehearse(run, option))
            return false;
    }
    return true;
}
