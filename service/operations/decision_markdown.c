/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_markdown.h"

#include "../json.h"

#include <string.h>

struct record {
    struct arena *arena;
    const struct rows *rows;
    struct buf *out;
    struct json options, stakeholders, inputs, revisions;
};

static const char *column(const struct record *record, const char *name)
{
    return rows_text(record->rows, 0, name, record->arena);
}

/* A text of one line: line ends would break out of a heading or a list item. */
static void add_line(struct buf *out, const char *text)
{
    for (; text && *text; text++)
        buf_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
}

static const char *status_word(const char *status, const char *outcome)
{
    if (!outcome)
        return strcmp(status, "draft") == 0 ? "draft" : "proposed";
    if (strcmp(status, "superseded") == 0)
        return "superseded";
    if (strcmp(status, "retired") == 0)
        return "deprecated";
    return strcmp(outcome, "adopted") == 0 ? "accepted" : outcome;
}

/* Those who decided stand apart from those who were only asked or told. */
static bool holds(const struct json *stakeholder, bool consulted, bool informed)
{
    const struct json *roles = json_get(stakeholder, "roles");
    bool asked = true, told = true;
    for (size_t i = 0; i < roles->list.count; i++) {
        told = told && json_is_text(&roles->list.items[i], "informed");
        asked = asked && (json_is_text(&roles->list.items[i], "consulted") ||
                          json_is_text(&roles->list.items[i], "informed"));
    }
    return informed == told && consulted == (asked && !told);
}

/* A list of names as YAML; JSON strings are YAML (YAML 1.2 section 1.3). */
static void add_names(const struct record *record, const char *key, bool consulted, bool informed)
{
    size_t count = 0;
    for (size_t i = 0; i < record->stakeholders.list.count; i++) {
        const struct json *stakeholder = &record->stakeholders.list.items[i];
        const char *name = json_get_text(stakeholder, "display_name");
        if (!holds(stakeholder, consulted, informed))
            continue;
        if (count++)
            buf_text(record->out, ", ");
        else
            buf_printf(record->out, "%s: [", key);
        buf_json_string(record->out, name, strlen(name));
    }
    if (count)
        buf_text(record->out, "]\n");
}

static void add_head(const struct record *record)
{
    const char *date = column(record, "closed_at");
    if (!date)
        date = column(record, "opened_at");
    buf_text(record->out, "---\n");
    buf_printf(record->out, "status: %s\n",
               status_word(column(record, "status"), column(record, "outcome")));
    if (date)
        buf_printf(record->out, "date: %.10s\n", date);
    add_names(record, "decision-makers", false, false);
    add_names(record, "consulted", true, false);
    add_names(record, "informed", false, true);
    buf_text(record->out, "---\n\n# ");
    add_line(record->out, column(record, "title"));
    buf_text(record->out, "\n\n## Context and Problem Statement\n\n");
    buf_printf(record->out, "%s\n", column(record, "text"));
}

static void add_options(const struct record *record)
{
    if (!record->options.list.count)
        return;
    buf_text(record->out, "\n## Considered Options\n\n");
    for (size_t i = 0; i < record->options.list.count; i++) {
        const struct json *option = &record->options.list.items[i];
        buf_printf(record->out, "* %s: ", json_get_text(option, "key"));
        add_line(record->out, json_get_text(option, "title"));
        buf_char(record->out, '\n');
    }
}

/* The options of `winners` by title. */
static void add_winners(const struct record *record, const char *const *winners, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *title = winners[i];
        for (size_t j = 0; j < record->options.list.count; j++)
            if (json_is_text(json_get(&record->options.list.items[j], "key"), winners[i]))
                title = json_get_text(&record->options.list.items[j], "title");
        buf_text(record->out, i ? ", \"" : "\"");
        add_line(record->out, title);
        buf_char(record->out, '"');
    }
}

static void add_outcome(const struct record *record)
{
    const char *outcome = column(record, "outcome"), *rationale = column(record, "rationale");
    size_t count;
    const char *const *winners = rows_texts(record->rows, 0, "winners", &count, record->arena);
    buf_text(record->out, "\n## Decision Outcome\n\n");
    if (!outcome) {
        buf_text(record->out, "Not decided yet.\n");
        return;
    }
    if (count && strcmp(outcome, "tied") == 0) {
        buf_text(record->out, "Tied between ");
        add_winners(record, winners, count);
    } else if (count) {
        buf_printf(record->out, "Chosen option%s: ", count > 1 ? "s" : "");
        add_winners(record, winners, count);
    } else {
        buf_printf(record->out, "The proposal was %s",
                   strcmp(outcome, "no_quorum") == 0 ? "not decided, for want of a quorum"
                                                     : outcome);
    }
    if (rationale && rationale[0])
        buf_printf(record->out, ", because:\n\n%s\n", rationale);
    else
        buf_text(record->out, ".\n");
}

static const struct json *ruling_on(const struct record *record, const char *id)
{
    for (size_t i = 0; i < record->inputs.list.count; i++)
        if (json_is_text(json_get(&record->inputs.list.items[i], "subject"), id) &&
            json_is_text(json_get(&record->inputs.list.items[i], "type"), "ruling"))
            return &record->inputs.list.items[i];
    return NULL;
}

/* What was said, by revision and in its order. */
static void add_inputs(const struct record *record)
{
    if (!record->inputs.list.count)
        return;
    buf_text(record->out, "\n### What was said\n\n");
    for (size_t i = 0; i < record->inputs.list.count; i++) {
        const struct json *input = &record->inputs.list.items[i];
        const struct json *data = json_get(input, "data");
        const char *said = json_get_text(data, "text");
        if (!said)
            said = json_get_text(data, "rationale");
        if (!said)
            said = json_get_text(data, "policy_broken");
        buf_printf(record->out, "* %s (revision %lld, ", json_get_text(input, "type"),
                   (long long)json_get_int(input, "revision", 1));
        add_line(record->out, json_get_text(input, "display_name"));
        buf_text(record->out, said ? "): " : ")");
        add_line(record->out, said);
        if (json_is_text(json_get(input, "type"), "objection") &&
            ruling_on(record, json_get_text(input, "id")))
            buf_text(record->out, " (ruled on)");
        buf_char(record->out, '\n');
    }
}

static void add_arguments(const struct record *record, const struct json *arguments,
                          const char *word)
{
    for (size_t i = 0; i < arguments->list.count; i++) {
        buf_printf(record->out, "* %s, because ", word);
        add_line(record->out, arguments->list.items[i].text.data);
        buf_char(record->out, '\n');
    }
}

/* Of the options that say what speaks for or against them. */
static void add_pros_and_cons(const struct record *record)
{
    bool first = true;
    for (size_t i = 0; i < record->options.list.count; i++) {
        const struct json *option = &record->options.list.items[i];
        const struct json *pros = json_get(option, "pros"), *cons = json_get(option, "cons");
        if (!pros->list.count && !cons->list.count)
            continue;
        if (first)
            buf_text(record->out, "\n## Pros and Cons of the Options\n");
        first = false;
        buf_text(record->out, "\n### ");
        add_line(record->out, json_get_text(option, "title"));
        buf_text(record->out, "\n\n");
        add_arguments(record, pros, "Good");
        add_arguments(record, cons, "Bad");
    }
}

/* By this hash whoever keeps the document can tell that nothing was changed since (`cohelm verify
 * --hash`). */
static void add_seal(const struct record *record)
{
    struct json trail = {.type = JSON_LIST};
    (void)rows_json(record->rows, 0, "trail", &trail, record->arena);
    if (!column(record, "closed_at") || !trail.list.count)
        return;
    const struct json *last = &trail.list.items[trail.list.count - 1];
    buf_printf(record->out, "* Hash of row %lld, the last of the trail: `%s`\n",
               (long long)json_get_int(last, "number", 0), json_get_text(last, "hash"));
}

static void add_more(const struct record *record)
{
    struct buf *out = record->out;
    buf_text(out, "\n## More Information\n\n* Framework: ");
    add_line(out, column(record, "framework_name"));
    buf_printf(out, ", version %lld\n",
               (long long)rows_int(record->rows, 0, "framework_version", 1));
    buf_text(out, "* Proposed by: ");
    add_line(out, column(record, "proposer_name"));
    if (column(record, "team_name")) {
        buf_text(out, "\n* Team: ");
        add_line(out, column(record, "team_name"));
    }
    buf_printf(out, "\n* Rounds: %lld, revisions: %zu\n",
               (long long)rows_int(record->rows, 0, "round", 1), record->revisions.list.count);
    if (column(record, "opened_at"))
        buf_printf(out, "* Opened: %s\n", column(record, "opened_at"));
    if (column(record, "closed_at"))
        buf_printf(out, "* Closed: %s\n", column(record, "closed_at"));
    add_seal(record);
    buf_printf(out, "* Decision: `%s`\n", column(record, "id"));
    if (column(record, "follow_up_id"))
        buf_printf(out, "* Continued by: `%s`\n", column(record, "follow_up_id"));
    for (size_t i = 1; i < record->revisions.list.count; i++) {
        const struct json *revision = &record->revisions.list.items[i];
        buf_printf(out, "* Revision %lld: ", (long long)json_get_int(revision, "number", 1));
        add_line(out, json_get_text(revision, "note"));
        buf_char(out, '\n');
    }
}

void decision_markdown(struct arena *arena, const struct rows *rows, struct buf *out)
{
    struct record record = {.arena = arena, .rows = rows, .out = out};
    (void)rows_json(rows, 0, "options", &record.options, arena);
    (void)rows_json(rows, 0, "stakeholders", &record.stakeholders, arena);
    (void)rows_json(rows, 0, "inputs", &record.inputs, arena);
    (void)rows_json(rows, 0, "revisions", &record.revisions, arena);
    add_head(&record);
    add_options(&record);
    add_outcome(&record);
    add_inputs(&record);
    add_pros_and_cons(&record);
    add_more(&record);
    if (column(&record, "count_report"))
        buf_printf(out, "\n### Count report\n\n```json\n%s\n```\n",
                   column(&record, "count_report"));
}
