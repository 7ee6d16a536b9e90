/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_matrix.h"

#include <string.h>

#define ROWS_MAX 200

static const char *const row_names[] = {"task",      "responsible", "accountable",
                                        "consulted", "informed",    NULL};
#define PARTS 4
static const char *const parts[PARTS] = {"responsible", "accountable", "consulted", "informed"};

static void check_row(struct definition *d, const struct json *row, const char *at)
{
    if (!definition_map(d, row, at))
        return;
    definition_known(d, row, at, row_names);
    (void)definition_text(d, row, at, "task", true);
    for (size_t i = 0; i < PARTS; i++) {
        struct json list = definition_list(d, row, at, parts[i], false);
        const char *below = definition_at(d, at, parts[i]);
        for (size_t j = 0; j < list.list.count; j++)
            if (list.list.items[j].type != JSON_TEXT)
                faults_add(d->faults, definition_item(d, below, j), FAULT_TYPE,
                           "It must be the id of a member.");
    }
}

void matrix_check(struct definition *d, const struct json *data)
{
    struct json rows = definition_list(d, data, "/data", "rows", true);
    const struct json *value = json_get(data, "rows");
    if (value && value->type == JSON_LIST && !rows.list.count)
        faults_add(d->faults, "/data/rows", FAULT_TOO_FEW, "There must be at least one.");
    if (rows.list.count > ROWS_MAX)
        faults_add(d->faults, "/data/rows", FAULT_TOO_MANY, "There may be at most %d.", ROWS_MAX);
    for (size_t i = 0; i < rows.list.count && i < ROWS_MAX; i++)
        check_row(d, &rows.list.items[i], definition_item(d, "/data/rows", i));
}

/* A part that a row leaves out is a list without members. */
static const struct json *part_of(const struct json *row, const char *part)
{
    static const struct json none = {.type = JSON_LIST};
    const struct json *list = json_get(row, part);
    return list ? list : &none;
}

static bool holds(const struct decide_view *view, const char *member, const char *part)
{
    const struct decide_elector *elector = view_elector(view, member);
    int role = framework_role_find(view->framework, part);
    return elector && !elector->left && role >= 0 && (elector->roles >> role & 1U);
}

static size_t find_in_row(const struct decide_view *view, const struct json *row, size_t index,
                          struct matrix_finding *findings)
{
    const char *task = json_get_text(row, "task");
    size_t count = 0, accountable = part_of(row, "accountable")->list.count;
    if (!part_of(row, "responsible")->list.count)
        findings[count++] =
            (struct matrix_finding){FAULT_RESPONSIBLE_MISSING, index, task, "responsible", 0, NULL};
    if (accountable != 1)
        findings[count++] = (struct matrix_finding){accountable ? FAULT_ACCOUNTABLE_SEVERAL
                                                                : FAULT_ACCOUNTABLE_MISSING,
                                                    index,
                                                    task,
                                                    "accountable",
                                                    0,
                                                    NULL};
    for (size_t i = 0; i < PARTS; i++) {
        const struct json *list = part_of(row, parts[i]);
        for (size_t j = 0; j < list->list.count; j++) {
            const char *member = list->list.items[j].text.data;
            if (!holds(view, member, parts[i]))
                findings[count++] =
                    (struct matrix_finding){FAULT_ROLE_NOT_HELD, index, task, parts[i], j, member};
        }
    }
    return count;
}

size_t matrix_findings(const struct decide_view *view, const struct json *data,
                       struct matrix_finding **findings)
{
    const struct json *rows = json_get(data, "rows");
    size_t room = 0, count = 0;
    for (size_t i = 0; i < rows->list.count; i++) {
        room += 2;
        for (size_t j = 0; j < PARTS; j++)
            room += part_of(&rows->list.items[i], parts[j])->list.count;
    }
    *findings = arena_array(view->arena, room, sizeof **findings);
    for (size_t i = 0; i < rows->list.count; i++)
        count += find_in_row(view, &rows->list.items[i], i, *findings + count);
    return count;
}
