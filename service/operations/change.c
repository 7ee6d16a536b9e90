/* SPDX-License-Identifier: Apache-2.0 */
#include "change.h"

#include <string.h>

struct reading {
    struct arena *arena;
    const char *pointer;
    const struct change_labels *labels;
    const struct change_teams *teams;
    struct change *change;
    struct faults *faults;
};

static bool has_text(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(texts[i], text) == 0)
            return true;
    return false;
}

static const struct operation *find_operation(const char *id)
{
    for (size_t i = 0; id && i < operation_count; i++)
        if (operations[i]->change && strcmp(operations[i]->id, id) == 0)
            return operations[i];
    return NULL;
}

static const char *below(const struct reading *reading, const char *where, const char *name)
{
    return arena_printf(reading->arena, "%s/%s%s%s", reading->pointer, where, name ? "/" : "",
                        name ? name : "");
}

/* ---- labels and teams ---- */

static bool is_label(const struct json *changes, const char *name)
{
    for (size_t i = 0; i < changes->list.count; i++)
        if (json_is_text(json_get(&changes->list.items[i], "as"), name))
            return true;
    return false;
}

/* What a text stands for: the id that its label has, or itself. True: it is no label. */
static bool resolve(struct reading *reading, const char **text, const char *pointer)
{
    const struct change_labels *labels = reading->labels;
    const char *id = "00000000-0000-0000-0000-000000000000"; /* passes for what it should be */
    if (!is_label(labels->changes, *text))
        return true;
    for (size_t i = labels->count; i-- > 0;) {
        if (strcmp(labels->names[i], *text) != 0)
            continue;
        reading->change->dangling = reading->change->dangling || !labels->ids[i];
        *text = labels->ids[i] ? labels->ids[i] : id;
        return false;
    }
    faults_add(reading->faults, pointer, FAULT_UNKNOWN_REFERENCE,
               "No change before this one that is made with it has the label.");
    *text = id;
    return false;
}

static void check_team(struct reading *reading, const char *id, const char *pointer)
{
    const struct change_teams *teams = reading->teams;
    if (!teams)
        return;
    if (!has_text(teams->seen, teams->seen_count, id))
        faults_add(reading->faults, pointer, FAULT_UNKNOWN_REFERENCE, "There is no such team.");
    else if (has_text(teams->hidden, teams->hidden_count, id))
        faults_add(reading->faults, pointer, FAULT_HIDDEN_TEAM,
                   "The team is private, and this is no decision of it or of a team above it.");
}

/* ---- path ---- */

static void read_argument(struct reading *reading, const struct json *path, size_t index)
{
    const struct parameter *parameter = &reading->change->operation->parameters[index];
    const char *pointer = below(reading, "path", parameter->name);
    const char *text = json_get_text(path, parameter->name);
    if (!text) {
        faults_add(reading->faults, pointer, FAULT_REQUIRED, "The operation needs this argument.");
        return;
    }
    size_t found = reading->faults->found;
    bool named = resolve(reading, &text, pointer);
    text = validate_path_id(reading->arena, parameter->schema, text);
    struct json value = {.type = JSON_TEXT, .text = {text, strlen(text)}};
    validate_value(parameter->schema, &value, pointer, reading->faults);
    if (named && found == reading->faults->found && strcmp(parameter->name, "team") == 0)
        check_team(reading, text, pointer);
    reading->change->arguments[index] = text;
}

static bool is_argument(const struct operation *operation, const char *name)
{
    for (size_t i = 1; i < operation->parameter_count; i++)
        if (operation->parameters[i].place == PLACE_PATH &&
            strcmp(operation->parameters[i].name, name) == 0)
            return true;
    return false;
}

/* The first argument of every such path is the organisation, which nobody chooses here. */
static void read_path(struct reading *reading, const struct json *path)
{
    const struct operation *operation = reading->change->operation;
    for (size_t i = 1; i < operation->parameter_count; i++)
        if (operation->parameters[i].place == PLACE_PATH)
            read_argument(reading, path, i);
    for (size_t i = 0; path && i < path->map.count; i++)
        if (!is_argument(operation, path->map.members[i].key))
            faults_add(reading->faults, below(reading, "path", path->map.members[i].key),
                       FAULT_UNKNOWN_MEMBER, "The operation has no such argument.");
}

/* ---- body ---- */

static bool is_id(const struct schema *schema, const char *name)
{
    for (size_t i = 0; schema && i < schema->property_count; i++)
        if (strcmp(schema->properties[i].name, name) == 0)
            return schema->properties[i].schema->format == FORMAT_UUID;
    return false;
}

static bool names_team(const struct operation *operation, const char *member)
{
    return strncmp(operation->id, "team_", strlen("team_")) == 0 &&
           strcmp(member, "parent_id") == 0;
}

static void resolve_ids(struct reading *reading, const struct json *given)
{
    struct json *body = &reading->change->body;
    body->map.members = arena_array(reading->arena, given->map.count, sizeof *body->map.members);
    for (size_t i = 0; i < given->map.count; i++) {
        struct json_member *member = &body->map.members[i];
        *member = given->map.members[i];
        if (member->value.type != JSON_TEXT ||
            !is_id(reading->change->operation->body, member->key))
            continue;
        const char *text = member->value.text.data;
        const char *pointer = below(reading, "body", member->key);
        bool named = resolve(reading, &text, pointer);
        member->value.text.data = text;
        member->value.text.len = strlen(text);
        json_lower_id(reading->arena, &member->value);
        if (named && names_team(reading->change->operation, member->key))
            check_team(reading, member->value.text.data, pointer);
    }
}

/* A decision gives roles; the rest of a member is the member's own or no structure. */
static void check_member_update(struct reading *reading)
{
    const struct json *body = &reading->change->body;
    for (size_t i = 0; i < body->map.count; i++)
        if (strcmp(body->map.members[i].key, "role") != 0)
            faults_add(reading->faults, below(reading, "body", body->map.members[i].key),
                       FAULT_UNKNOWN_MEMBER, "Only the role is changed by a decision.");
}

static void read_body(struct reading *reading, const struct json *given)
{
    struct change *change = reading->change;
    const struct operation *operation = change->operation;
    const char *pointer = below(reading, "body", NULL);
    if (!given) {
        if (operation->body_kind != BODY_NONE && operation->body_required)
            faults_add(reading->faults, pointer, FAULT_REQUIRED, "The operation needs a body.");
        return;
    }
    if (operation->body_kind == BODY_NONE) {
        faults_add(reading->faults, pointer, FAULT_UNKNOWN_MEMBER, "The operation takes no body.");
        return;
    }
    change->has_body = true;
    change->body = *given;
    resolve_ids(reading, given);
    if (operation->body) {
        validate_lower_ids(operation->body, &change->body, reading->arena);
        validate_value(operation->body, &change->body, pointer, reading->faults);
    }
    if (strcmp(operation->id, "member_update") == 0)
        check_member_update(reading);
}

static void read_label(struct reading *reading, const char *label)
{
    if (!label)
        return;
    if (!reading->change->creates)
        faults_add(reading->faults, below(reading, "as", NULL), FAULT_UNKNOWN_MEMBER,
                   "Only what makes something new has a label.");
    else if (has_text(reading->labels->names, reading->labels->count, label))
        faults_add(reading->faults, below(reading, "as", NULL), FAULT_NOT_UNIQUE,
                   "Another change before this one has the label.");
}

bool change_read(struct arena *arena, const struct json *given, const char *pointer,
                 const struct change_labels *labels, const struct change_teams *teams,
                 struct change *change, struct faults *faults)
{
    struct reading reading = {arena, pointer, labels, teams, change, faults};
    size_t found = faults->found;
    *change = (struct change){.operation = find_operation(json_get_text(given, "operation"))};
    if (!change->operation) {
        faults_add(faults, below(&reading, "operation", NULL), FAULT_ENUM,
                   "A decision can't make such a change.");
        return false;
    }
    change->creates = change->operation->success == 201;
    change->arguments =
        arena_array(arena, change->operation->parameter_count, sizeof *change->arguments);
    change->if_match = json_get_text(given, "if_match");
    if (change->if_match && change->operation->if_match == IF_MATCH_NONE)
        faults_add(faults, below(&reading, "if_match", NULL), FAULT_UNKNOWN_MEMBER,
                   "The operation takes no If-Match.");
    read_path(&reading, json_get(given, "path"));
    read_body(&reading, json_get(given, "body"));
    read_label(&reading, json_get_text(given, "as"));
    return faults->found == found && !change->dangling;
}

/* ---- which teams are named ---- */

static void add_name(const struct json *changes, const struct json *given, struct buf *names)
{
    if (!given || given->type != JSON_TEXT || is_label(changes, given->text.data))
        return;
    struct json id = *given;
    json_lower_id(names->arena, &id);
    if (principal_is_id(id.text.data))
        buf_printf(names, "%s%s", names->len > 1 ? "," : "", id.text.data);
}

void change_team_names(const struct json *changes, struct buf *names)
{
    buf_char(names, '{');
    for (size_t i = 0; i < changes->list.count; i++) {
        const struct json *change = &changes->list.items[i];
        add_name(changes, json_get(json_get(change, "path"), "team"), names);
        add_name(changes, json_get(json_get(change, "body"), "parent_id"), names);
    }
    buf_char(names, '}');
}
