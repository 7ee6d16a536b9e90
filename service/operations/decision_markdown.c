/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_markdown.h"

#include "../markdown.h"

#include <string.h>

static const char *column(const struct decision_markdown *record, const char *name)
{
    return rows_text(record->rows, 0, name, record->arena);
}

/* A text of people, if there is one, behind a colon: on the same line, or if it has lines of its
 * own, as a quote in the list item. */
static void add_said(struct buf *out, const char *text)
{
    if (!*text) {
        buf_char(out, '\n');
    } else if (strpbrk(text, "\r\n")) {
        buf_text(out, ":\n\n");
        markdown_quote(out, text, "  ");
    } else {
        buf_text(out, ": ");
        markdown_line(out, text);
        buf_char(out, '\n');
    }
}

/* ---- head ---- */

/* The link of the decision that took this one's place, if the reader may see it. */
static const struct json *successor(const struct decision_markdown *record)
{
    for (size_t i = 0; i < record->links->list.count; i++) {
        const struct json *link = &record->links->list.items[i];
        if (json_is_text(json_get(link, "type"), "supersedes") &&
            json_is_text(json_get(link, "direction"), "incoming") &&
            json_is_text(json_get(link, "outcome"), "adopted"))
            return link;
    }
    return NULL;
}

static const char *status_word(const struct decision_markdown *record)
{
    const char *status = column(record, "status"), *outcome = column(record, "outcome");
    const struct json *next = successor(record);
    if (!outcome)
        return strcmp(status, "draft") == 0 ? "draft" : "proposed";
    if (strcmp(status, "superseded") == 0)
        return next ? arena_printf(record->arena, "superseded by %s", json_get_text(next, "title"))
                    : "superseded";
    if (strcmp(status, "retired") == 0)
        return "deprecated";
    return strcmp(outcome, "adopted") == 0 ? "accepted" : outcome;
}

static void add_names(const struct decision_markdown *record, const char *key,
                      enum decision_markdown_part part)
{
    size_t count = 0;
    for (size_t i = 0; i < record->name_count; i++) {
        if (record->names[i].part != part)
            continue;
        if (count++)
            buf_text(record->out, ", ");
        else
            buf_printf(record->out, "%s: [", key);
        markdown_yaml(record->out, record->names[i].name);
    }
    if (count)
        buf_text(record->out, "]\n");
}

static void add_head(const struct decision_markdown *record)
{
    const char *date = column(record, "closed_at"), *word = status_word(record);
    if (!date)
        date = column(record, "opened_at");
    buf_text(record->out, "---\nstatus: ");
    if (strchr(word, ' '))
        markdown_yaml(record->out, word);
    else
        buf_text(record->out, word);
    if (date)
        buf_printf(record->out, "\ndate: %.10s", date);
    buf_char(record->out, '\n');
    add_names(record, "decision-makers", DECIDES);
    add_names(record, "consulted", CONSULTED);
    add_names(record, "informed", INFORMED);
    buf_text(record->out, "---\n\n# ");
    markdown_line(record->out, column(record, "title"));
    buf_text(record->out, "\n\n## Context and Problem Statement\n\n");
    markdown_quote(record->out, column(record, "text"), "");
}

/* ---- options and outcome ---- */

static void add_options(const struct decision_markdown *record)
{
    if (!record->options.list.count)
        return;
    buf_text(record->out, "\n## Considered Options\n\n");
    for (size_t i = 0; i < record->options.list.count; i++) {
        buf_text(record->out, "* ");
        markdown_line(record->out, json_get_text(&record->options.list.items[i], "title"));
        buf_char(record->out, '\n');
    }
}

static void add_winners(const struct decision_markdown *record, const char *const *winners,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_text(record->out, i ? ", \"" : "\"");
        decision_markdown_name(record, winners[i]);
        buf_char(record->out, '"');
    }
}

static const char *outcome_words(const char *outcome)
{
    static const char *const words[][2] = {
        {"no_quorum", "not decided, for want of a quorum"},
        {"tied", "not decided: the vote was tied"},
        {"expired", "not decided in time"},
        {"escalated", "not decided here, and passed on"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], outcome) == 0)
            return words[i][1];
    return outcome;
}

static void add_outcome(const struct decision_markdown *record)
{
    const char *outcome = column(record, "outcome"), *rationale = column(record, "rationale");
    struct buf *out = record->out;
    size_t count;
    const char *const *winners = rows_texts(record->rows, 0, "winners", &count, record->arena);
    buf_text(out, "\n## Decision Outcome\n\n");
    if (!outcome) {
        buf_text(out, "Not decided yet.\n");
        return;
    }
    const struct json *elected = json_get(&record->report, "elected");
    bool adopted = strcmp(outcome, "adopted") == 0;
    if (!count && adopted && elected && elected->type != JSON_NULL_VALUE) {
        buf_text(out, "Elected: ");
        decision_markdown_value(record, "", elected);
    } else if (count && adopted) {
        buf_printf(out, "Chosen option%s: ", count > 1 ? "s" : "");
    } else if (count && strcmp(outcome, "tied") == 0) {
        buf_text(out, "Tied between ");
    } else {
        buf_printf(out, "The proposal was %s%s", outcome_words(outcome), count ? "; named: " : "");
    }
    add_winners(record, winners, count);
    buf_text(out, rationale && *rationale ? ", because:\n\n" : ".\n");
    if (rationale && *rationale)
        markdown_quote(out, rationale, "");
}

static const char *said_in(const struct json *input)
{
    static const char *const names[] = {"text", "rationale", "policy_broken"};
    const char *said = NULL;
    for (size_t i = 0; !said && i < sizeof names / sizeof *names; i++)
        said = json_get_text(json_get(input, "data"), names[i]);
    return said;
}

static bool warns(const struct json *input)
{
    static const char *const types[] = {"concern",     "objection", "reservations",
                                        "stand_aside", "block",     "minus_one"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (json_is_text(json_get(input, "type"), types[i]))
            return said_in(input);
    return false;
}

static void add_type(struct buf *out, const struct json *input)
{
    for (const char *c = json_get_text(input, "type"); *c; c++)
        buf_char(out, *c == '_' ? ' ' : *c);
}

/* What those who took part fear of what was decided: said of its last text, in the last round. */
static void add_consequences(const struct decision_markdown *record)
{
    bool first = true;
    int64_t revision = rows_int(record->rows, 0, "revision", 1);
    int64_t round = rows_int(record->rows, 0, "round", 1);
    for (size_t i = 0; i < record->inputs.list.count; i++) {
        const struct json *input = &record->inputs.list.items[i];
        if (!warns(input) || json_get_int(input, "revision", 1) != revision ||
            json_get_int(input, "round", 1) != round)
            continue;
        buf_text(record->out, first ? "\n### Consequences\n\n* Bad, because " : "* Bad, because ");
        first = false;
        markdown_line(record->out, said_in(input));
        buf_text(record->out, " (");
        add_type(record->out, input);
        buf_text(record->out, ", ");
        markdown_line(record->out, json_get_text(input, "display_name"));
        buf_text(record->out, ")\n");
    }
}

static void add_arguments(const struct decision_markdown *record, const struct json *arguments,
                          const char *word)
{
    for (size_t i = 0; i < arguments->list.count; i++) {
        buf_printf(record->out, "* %s, because ", word);
        markdown_line(record->out, arguments->list.items[i].text.data);
        buf_char(record->out, '\n');
    }
}

/* Of the options that have a description, or say what speaks for or against them. */
static void add_pros_and_cons(const struct decision_markdown *record)
{
    bool first = true;
    for (size_t i = 0; i < record->options.list.count; i++) {
        const struct json *option = &record->options.list.items[i];
        const struct json *pros = json_get(option, "pros"), *cons = json_get(option, "cons");
        const char *description = json_get_text(option, "description");
        bool described = description && *description;
        if (!pros->list.count && !cons->list.count && !described)
            continue;
        if (first)
            buf_text(record->out, "\n## Pros and Cons of the Options\n");
        first = false;
        buf_text(record->out, "\n### ");
        markdown_line(record->out, json_get_text(option, "title"));
        buf_text(record->out, "\n\n");
        if (described)
            markdown_quote(record->out, description, "");
        if (described && (pros->list.count || cons->list.count))
            buf_char(record->out, '\n');
        add_arguments(record, pros, "Good");
        add_arguments(record, cons, "Bad");
    }
}

/* ---- more ---- */

static void add_fact(const struct decision_markdown *record, const char *name, const char *key)
{
    const char *text = column(record, key);
    if (!text)
        return;
    buf_printf(record->out, "* %s: ", name);
    if (strcmp(key + strlen(key) - 3, "_at") == 0)
        markdown_time(record->out, text);
    else
        markdown_line(record->out, text);
    buf_char(record->out, '\n');
}

/* By this hash whoever keeps the document can tell that nothing was changed since (`cohelm verify
 * --hash`). */
static void add_seal(const struct decision_markdown *record)
{
    if (column(record, "closed_at") && record->head)
        buf_printf(record->out, "* Hash of row %lld, the last of the trail: `%s`\n",
                   (long long)record->trail_rows, record->head);
}

static void add_facts(const struct decision_markdown *record)
{
    struct buf *out = record->out;
    buf_text(out, "\n## More Information\n\n* Framework: ");
    markdown_line(out, column(record, "framework_name"));
    buf_printf(out, ", version %lld\n",
               (long long)rows_int(record->rows, 0, "framework_version", 1));
    add_fact(record, "Proposed by", "proposer_name");
    add_fact(record, "Team", "team_name");
    add_fact(record, "Area", "area_name");
    buf_printf(out, "* Rounds: %lld, revisions: %zu\n",
               (long long)rows_int(record->rows, 0, "round", 1), record->revisions.list.count);
    add_fact(record, "Opened", "opened_at");
    add_fact(record, "Closed", "closed_at");
    add_fact(record, "To be looked at again", "review_at");
    add_seal(record);
    buf_printf(out, "* Decision: `%s`\n", column(record, "id"));
    if (column(record, "follow_up_id"))
        buf_printf(out, "* Continued by: `%s`\n", column(record, "follow_up_id"));
    for (size_t i = 1; i < record->revisions.list.count; i++) {
        const struct json *revision = &record->revisions.list.items[i];
        buf_printf(out, "* Revision %lld", (long long)json_get_int(revision, "number", 1));
        add_said(out, json_get_text(revision, "note"));
    }
}

/* What a link says of this decision, read from here. */
static void add_link_words(struct buf *out, const struct json *link)
{
    static const char *const words[][3] = {
        {"supersedes", "Supersedes", "Superseded by"},
        {"depends_on", "Depends on", "Depended on by"},
        {"relates_to", "Relates to", "Related to by"},
        {"continues", "Continues", "Continued by"},
    };
    const char *type = json_get_text(link, "type");
    bool incoming = json_is_text(json_get(link, "direction"), "incoming");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], type) == 0) {
            buf_text(out, words[i][incoming ? 2 : 1]);
            return;
        }
    add_type(out, link);
    buf_text(out, incoming ? ", from" : ":");
}

static void add_links(const struct decision_markdown *record)
{
    struct buf *out = record->out;
    if (record->links->list.count)
        buf_text(out, "\n### Links\n\n");
    for (size_t i = 0; i < record->links->list.count; i++) {
        const struct json *link = &record->links->list.items[i];
        const char *note = json_get_text(link, "note"), *outcome = json_get_text(link, "outcome");
        buf_text(out, "* ");
        add_link_words(out, link);
        buf_text(out, " [");
        markdown_line(out, json_get_text(link, "title"));
        buf_printf(out, "](<%s%s>) (", record->decisions, json_get_text(link, "decision_id"));
        decision_markdown_value(record, "", json_get(link, "status"));
        if (outcome) {
            buf_text(out, ", ");
            decision_markdown_value(record, "", json_get(link, "outcome"));
        }
        buf_char(out, ')');
        if (*note)
            add_said(out, note);
        else
            buf_char(out, '\n');
    }
}

static bool ruled_on(const struct decision_markdown *record, const char *id)
{
    for (size_t i = 0; i < record->inputs.list.count; i++)
        if (json_is_text(json_get(&record->inputs.list.items[i], "subject"), id) &&
            json_is_text(json_get(&record->inputs.list.items[i], "type"), "ruling"))
            return true;
    return false;
}

/* What was said beside the text: a choice, a verdict, arguments. */
static void add_data(const struct decision_markdown *record, const struct json *data)
{
    struct json rest = {.type = JSON_MAP};
    rest.map.members = arena_array(record->arena, data->map.count, sizeof *rest.map.members);
    for (size_t i = 0; i < data->map.count; i++) {
        const char *key = data->map.members[i].key;
        if (strcmp(key, "text") != 0 && strcmp(key, "rationale") != 0)
            rest.map.members[rest.map.count++] = data->map.members[i];
    }
    if (!rest.map.count)
        return;
    buf_text(record->out, ", ");
    decision_markdown_value(record, "", &rest);
}

/* What was said, in its order. */
static void add_inputs(const struct decision_markdown *record, const struct json *inputs,
                       const char *heading)
{
    struct buf *out = record->out;
    if (inputs->type != JSON_LIST || !inputs->list.count)
        return;
    buf_printf(out, "\n### %s\n\n", heading);
    for (size_t i = 0; i < inputs->list.count; i++) {
        const struct json *input = &inputs->list.items[i], *data = json_get(input, "data");
        const char *said = json_get_text(data, "text");
        buf_text(out, "* ");
        add_type(out, input);
        buf_printf(out, " (revision %lld, ", (long long)json_get_int(input, "revision", 1));
        markdown_line(out, json_get_text(input, "display_name"));
        add_data(record, data);
        if (json_is_text(json_get(input, "type"), "objection") &&
            ruled_on(record, json_get_text(input, "id")))
            buf_text(out, ", ruled on");
        buf_char(out, ')');
        if (!said)
            said = json_get_text(data, "rationale");
        if (said)
            add_said(out, said);
        else
            buf_char(out, '\n');
    }
}

bool decision_markdown(struct decision_markdown *record)
{
    const struct {
        const char *name;
        struct json *list;
    } lists[] = {{"options", &record->options},
                 {"inputs", &record->inputs},
                 {"late_inputs", &record->late_inputs},
                 {"revisions", &record->revisions},
                 {"count_report", &record->report}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct record_list *list = record_lists_find(&record->source->lists, lists[i].name);
        if (!list)
            (void)rows_json(record->rows, 0, lists[i].name, lists[i].list, record->arena);
        else if (!record_list_read(list, record->arena, lists[i].list))
            return false;
    }
    if (!decision_markdown_index(record))
        return false;
    add_head(record);
    add_options(record);
    add_outcome(record);
    add_consequences(record);
    add_pros_and_cons(record);
    add_facts(record);
    add_links(record);
    if (!decision_markdown_people(record))
        return false;
    decision_markdown_count(record);
    add_inputs(record, &record->inputs, "What was said");
    add_inputs(record, &record->late_inputs, "What came too late, and is kept for the review");
    return true;
}
