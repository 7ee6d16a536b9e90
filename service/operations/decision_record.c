/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_record.h"

#include "../bind.h"
#include "../log.h"
#include "../render.h"
#include "../service.h"
#include "statements.gen.h"

#include <string.h>

#define SLICE_ROWS 2000 /* far from the timeout, also on a busy machine */
#define SLICE_ROWS_TEXT "2000"

struct part {
    const char *name;
    const struct statement *statement;
    const char *first; /* less than any key */
    bool only_open;    /* of secret votes it says nothing, or the row does */
    bool revised;      /* it is read revision by revision */
};

#define FIRST_ID "00000000-0000-0000-0000-000000000000"

static const struct part parts[] = {
    {"stakeholders", &STATEMENT_decision_record_stakeholders, FIRST_ID, false, false},
    {"inputs", &STATEMENT_decision_record_inputs, FIRST_ID, false, false},
    {"late_inputs", &STATEMENT_decision_record_late_inputs, FIRST_ID, false, false},
    {"ballots", &STATEMENT_decision_record_ballots, FIRST_ID, true, true},
    {"proxies", &STATEMENT_decision_record_proxies, FIRST_ID, true, false},
    {"trail", &STATEMENT_decision_record_trail, "0", false, false},
};

static const struct render_choice all = {0};

struct reading {
    struct call *call;
    struct decision_record *record;
    const char *organisation_id, *decision_id;
    bool is_export, with_trail;
    struct arena slice; /* what the database has sent of one slice */
};

/* ---- one slice ---- */

/* That it is long shows when there is more than a slice. Its text then gets the room it may need:
 * memory that is not written to costs nothing, and to move it would take twice as much. */
static bool take_turn(struct reading *reading)
{
    struct call *call = reading->call;
    struct buf *text = &reading->record->text;
    bool nobody = false;
    if (!reading->is_export || reading->record->has_turn)
        return true;
    reading->record->has_turn =
        atomic_compare_exchange_strong(&call->service->exporting, &nobody, true);
    if (!reading->record->has_turn) {
        call->problem.retry_after = 2;
        return problem_set(&call->problem, PROBLEM_BUSY,
                           "Another long record is being read just now.");
    }
    (void)buf_reserve(text, text->max - text->len);
    return true;
}

static struct record_list *add_list(struct decision_record *record, const char *name)
{
    struct record_list *list = &record->lists.items[record->lists.count++];
    *list = (struct record_list){.name = name, .text = &record->text};
    return list;
}

static void add_slice(struct arena *arena, struct record_list *list, size_t at, size_t len)
{
    struct record_slice *slice = arena_alloc(arena, sizeof *slice);
    *slice = (struct record_slice){.at = at, .len = len};
    if (list->last)
        list->last->next = slice;
    else
        list->first = slice;
    list->last = slice;
}

/* The rows as the next slice of the list, which is still without its end. */
static bool add_items(struct reading *reading, struct record_list *list, const struct rows *rows)
{
    struct buf *text = &reading->record->text;
    size_t at = text->len;
    if (!rows->count)
        return true;
    size_t count = rows->count;
    if (!render_rows(text, rows, &count, &all))
        return problem_set(&reading->call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    if (text->full)
        return true;
    text->len--; /* the bracket that closes */
    if (list->count)
        text->data[at] = ','; /* in place of the one that opens */
    add_slice(reading->call->arena, list, at + 1, text->len - at - 1);
    list->count += rows->count;
    return true;
}

static bool ask(struct reading *reading, const struct part *part, const char *after,
                const char *revision, struct rows *rows)
{
    struct call *call = reading->call;
    const char *const values[] = {reading->organisation_id, reading->decision_id, after,
                                  SLICE_ROWS_TEXT, revision};
    const char **parameters = bind_parameters(call, part->statement, values, false);
    arena_reset(&reading->slice);
    return db_run(call->db, part->statement, parameters, &reading->slice, rows, &call->repeat,
                  &call->problem);
}

/* ---- one part ---- */

static bool read_revision(struct reading *reading, const struct part *part, const char *revision,
                          struct record_list *list)
{
    struct rows rows;
    const char *after = part->first;
    do {
        if (!ask(reading, part, after, revision, &rows) ||
            (rows.count == SLICE_ROWS && !take_turn(reading)) || !add_items(reading, list, &rows))
            return false;
        if (!rows.count)
            break;
        after = rows_text(&rows, rows.count - 1, "_key", reading->call->arena);
    } while (rows.count == SLICE_ROWS && !reading->record->text.full);
    return true;
}

static bool read_part(struct reading *reading, const struct part *part)
{
    struct decision_record *record = reading->record;
    struct record_list *list = add_list(record, part->name);
    int64_t last = part->revised ? rows_int(&record->rows, 0, "revision", 1) : 1;
    for (int64_t revision = 1; revision <= last; revision++) {
        const char *text = arena_printf(reading->call->arena, "%lld", (long long)revision);
        if (!read_revision(reading, part, text, list))
            return false;
    }
    buf_text(&record->text, list->count ? "]" : "[]");
    return true;
}

static const struct part *part_of(const struct reading *reading, const char *name)
{
    bool secret = rows_bool(&reading->record->rows, 0, "secret");
    if (strcmp(name, "trail") == 0 && !reading->with_trail)
        return NULL;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].name, name) == 0)
            return secret && parts[i].only_open ? NULL : &parts[i];
    return NULL;
}

/* ---- all of it ---- */

static bool write_value(struct reading *reading, size_t column)
{
    const struct rows *rows = &reading->record->rows;
    struct buf *text = &reading->record->text;
    size_t len = 0;
    const void *data = rows_data(rows, 0, column, &len);
    if (rows_is_null(rows, 0, column)) {
        buf_text(text, "null");
        return true;
    }
    return render_value(text, rows_type(rows, column), data, len) ||
           problem_set(&reading->call->problem, PROBLEM_INTERNAL_ERROR, NULL);
}

/* In the order of the columns. */
static bool write_members(struct reading *reading)
{
    struct decision_record *record = reading->record;
    struct buf *text = &record->text;
    for (size_t i = 0; i < record->rows.columns; i++) {
        const char *name = rows_name(&record->rows, i);
        const struct part *part = part_of(reading, name);
        buf_printf(text, "%s\"%s\":", i ? "," : "{", name);
        if (!(part ? read_part(reading, part) : write_value(reading, i)))
            return false;
    }
    buf_char(text, '}');
    return true;
}

static bool read_facts(struct call *call, struct decision_record *record)
{
    struct json_error error;
    struct buf text;
    buf_init(&text, call->arena, SIZE_MAX);
    return (render_row(&text, &record->rows, 0, &all) &&
            json_read(call->arena, text.data, text.len, &record->facts, &error)) ||
           problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
}

static bool read_record(struct reading *reading)
{
    struct call *call = reading->call;
    struct decision_record *record = reading->record;
    const char *const values[] = {reading->organisation_id, reading->decision_id};
    *record = (struct decision_record){0};
    buf_init(&record->text, call->arena, reading->is_export ? RESPONSE_BODY_MAX : SIZE_MAX);
    arena_init(&reading->slice);
    bool good = call_query(call, &STATEMENT_decision_record, values, &record->rows) &&
                call_check(call, &record->rows) && read_facts(call, record) &&
                write_members(reading);
    arena_release(&reading->slice);
    if (!good || !record->text.full)
        return good;
    log_error("a record is longer than an answer may be", "decision", reading->decision_id, NULL);
    return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
}

bool decision_record_read(struct call *call, const char *organisation_id, const char *decision_id,
                          struct decision_record *record)
{
    struct reading reading = {.call = call,
                              .record = record,
                              .organisation_id = organisation_id,
                              .decision_id = decision_id};
    return read_record(&reading);
}

bool decision_record_export(struct call *call, const char *organisation_id, const char *decision_id,
                            bool with_trail, struct decision_record *record)
{
    struct reading reading = {.call = call,
                              .record = record,
                              .organisation_id = organisation_id,
                              .decision_id = decision_id,
                              .is_export = true,
                              .with_trail = with_trail};
    return read_record(&reading);
}

void decision_record_end(struct call *call, struct decision_record *record)
{
    if (record->has_turn)
        atomic_store(&call->service->exporting, false);
}
