/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_input.h"
#include "decide_matrix.h"
#include "definition.h"

#include <string.h>

#define MEMBERS_MAX 3

enum member_kind {
    MEMBER_NONE,
    MEMBER_TEXT,      /* may be absent */
    MEMBER_TEXT_MUST, /* not empty */
    MEMBER_TEXT_WHY,  /* not empty unless `value` is the first of its words */
    MEMBER_ONE_OF,
    MEMBER_CHOICE,
    MEMBER_OPTION, /* a choice, where there are options */
    MEMBER_ARGUMENTS,
    MEMBER_RULINGS,
    MEMBER_NOMINEE, /* a member who may nominate too */
    MEMBER_NAMED,   /* members who hold one of the roles of `to` */
    MEMBER_ROWS
};

struct data_member {
    const char *name;
    enum member_kind kind;
    const char *const *values; /* of MEMBER_ONE_OF */
};

struct data_form {
    const char *type;
    bool answers, stance;
    struct data_member members[MEMBERS_MAX];
};

const char *const input_criteria[] = {"harms_capacity", "limits_responsibility", "newly_caused",
                                      "necessarily_follows", NULL};
static const char *const response_values[] = {"taken", "partly", "not_taken", NULL};
static const char *const verdict_values[] = {"approve", "reject", "return", "veto", NULL};
#define VERDICTS_REJECT (1U << 1)
#define VERDICTS_BACK (1U << 2 | 1U << 3)
static const char *const agreement_values[] = {"agree", "disagree", NULL};
static const char *const objection_kinds[] = {"consequence", "risk", "improvement", NULL};

static const struct data_form forms[] = {
    {"question", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"answer", true, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"reaction", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"opinion", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"advice", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"nomination", false, false, {{"nominee", MEMBER_NOMINEE, NULL}, {"text", MEMBER_TEXT, NULL}}},
    {"reason", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"declaration", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"response",
     true,
     false,
     {{"value", MEMBER_ONE_OF, response_values}, {"text", MEMBER_TEXT, NULL}}},
    {"consent", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"concern", false, true, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"objection", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"ruling",
     true,
     false,
     {{"arguments_given", MEMBER_RULINGS, NULL}, {"text", MEMBER_TEXT, NULL}}},
    {"agree", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"reservations", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"stand_aside", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"abstain", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"block", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"support", true, false, {{"text", MEMBER_TEXT, NULL}}},
    {"plus_one", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"zero", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"minus_one", false, true, {{"text", MEMBER_TEXT, NULL}}},
    {"decision", false, false, {{"choice", MEMBER_CHOICE, NULL}, {"rationale", MEMBER_TEXT, NULL}}},
    {"statement", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"recommendation",
     false,
     false,
     {{"choice", MEMBER_OPTION, NULL}, {"text", MEMBER_TEXT_MUST, NULL}}},
    {"verdict",
     false,
     false,
     {{"value", MEMBER_ONE_OF, verdict_values}, {"text", MEMBER_TEXT_WHY, NULL}}},
    {"agreement",
     false,
     false,
     {{"value", MEMBER_ONE_OF, agreement_values}, {"text", MEMBER_TEXT_WHY, NULL}}},
    {"escalation", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"performers", false, false, {{"members", MEMBER_NAMED, NULL}, {"text", MEMBER_TEXT, NULL}}},
    {"matrix", false, false, {{"rows", MEMBER_ROWS, NULL}}},
    {"report", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"notice", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
};

/* What an objection holds depends on the test it must stand. */
static const struct data_form objection_s3 = {
    "objection",
    false,
    true,
    {{"kind", MEMBER_ONE_OF, objection_kinds}, {"text", MEMBER_TEXT_MUST, NULL}}};
static const struct data_form objection_holacracy = {"objection",
                                                     false,
                                                     true,
                                                     {{"arguments", MEMBER_ARGUMENTS, NULL},
                                                      {"policy_broken", MEMBER_TEXT, NULL},
                                                      {"text", MEMBER_TEXT, NULL}}};

static const struct data_form *find(const char *type)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].type, type) == 0)
            return &forms[i];
    return NULL;
}

/* Of an id, of all of a list, and of all lists of a row, whose other texts are words. */
static void lower_ids(struct arena *arena, struct json *value)
{
    json_lower_id(arena, value);
    for (size_t i = 0; value->type == JSON_LIST && i < value->list.count; i++)
        lower_ids(arena, &value->list.items[i]);
    for (size_t i = 0; value->type == JSON_MAP && i < value->map.count; i++)
        if (value->map.members[i].value.type == JSON_LIST)
            lower_ids(arena, &value->map.members[i].value);
}

static bool names_members(const struct data_form *form, const char *name)
{
    for (size_t i = 0; i < MEMBERS_MAX && form->members[i].name; i++)
        if (strcmp(form->members[i].name, name) == 0)
            return form->members[i].kind == MEMBER_NOMINEE ||
                   form->members[i].kind == MEMBER_NAMED || form->members[i].kind == MEMBER_ROWS;
    return false;
}

void decide_lower_ids(struct arena *arena, const char *type, const struct json *data)
{
    const struct data_form *form = find(type);
    for (size_t i = 0; form && data->type == JSON_MAP && i < data->map.count; i++)
        if (names_members(form, data->map.members[i].key))
            lower_ids(arena, &data->map.members[i].value);
}

bool input_type_known(const char *type)
{
    return find(type) != NULL;
}

bool input_type_answers(const char *type)
{
    const struct data_form *form = find(type);
    return form && form->answers;
}

bool input_type_stance(const char *type)
{
    const struct data_form *form = find(type);
    return form && form->stance;
}

const char *const *input_words(const char *type)
{
    const struct data_form *form = find(type);
    for (size_t i = 0; form && i < MEMBERS_MAX; i++)
        if (form->members[i].kind == MEMBER_ONE_OF)
            return form->members[i].values;
    return NULL;
}

bool input_type_decides(const char *type)
{
    return strcmp(type, "decision") == 0 || strcmp(type, "escalation") == 0;
}

bool input_sends_back(const struct framework_input *input)
{
    return strcmp(input->type, "verdict") == 0 &&
           (!input->values || (input->values & VERDICTS_BACK));
}

bool input_is_sent_back(const struct decide_input *input)
{
    const struct json *value = json_get(input->data, "value");
    return strcmp(input->type, "verdict") == 0 && value &&
           (json_is_text(value, "return") || json_is_text(value, "veto"));
}

bool input_rejects(const struct framework_input *input)
{
    return strcmp(input->type, "verdict") == 0 &&
           (!input->values || (input->values & VERDICTS_REJECT));
}

static bool has_text(const struct json *value)
{
    return value && value->type == JSON_TEXT &&
           strspn(value->text.data, " \t\r\n") < value->text.len;
}

bool input_type_counts(const char *type)
{
    static const char *const counted[] = {"decision",  "statement",  "recommendation", "verdict",
                                          "agreement", "escalation", "performers",     "matrix",
                                          "report",    "notice",     "nomination",     "advice",
                                          "response",  "declaration"};
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        if (strcmp(type, counted[i]) == 0)
            return true;
    return input_type_stance(type);
}

bool input_has_reason(const struct decide_input *input)
{
    return has_text(json_get(input->data, "text"));
}

bool input_needs_ruling(const struct framework_rule *rule, const struct decide_input *objection)
{
    return rule->objection_test == OBJECTION_HOLACRACY &&
           !has_text(json_get(objection->data, "policy_broken"));
}

static void check_choice(const struct decide_case *decision, const struct json *value,
                         struct faults *faults)
{
    if (!value) {
        faults_add(faults, "/data/choice", FAULT_REQUIRED, "It must be there.");
        return;
    }
    if (value->type != JSON_TEXT) {
        faults_add(faults, "/data/choice", FAULT_TYPE, "It must be a text.");
        return;
    }
    for (size_t i = 0; i < decision->option_count; i++)
        if (json_is_text(value, decision->options[i].key))
            return;
    if (decision->framework->rule.free_choice && has_text(value))
        return;
    bool vetoes = decision->framework->rule.family != FAMILY_ADVICE;
    if (!decision->option_count &&
        (json_is_text(value, "yes") || (vetoes && json_is_text(value, "no"))))
        return;
    faults_add(faults, "/data/choice", FAULT_UNKNOWN_OPTION,
               decision->option_count ? "It must be the key of an option of this decision."
               : vetoes               ? "It must be yes or no."
                                      : "It must be yes; to drop it, withdraw it.");
}

/* An argument is a text; which of them are there is for the facilitator to rule on. An objection
 * that holds no argument at all, and no broken policy, says nothing. */
static void check_arguments(struct definition *d, const struct json *data, const struct json *value)
{
    bool said = has_text(json_get(data, "policy_broken"));
    if (value && definition_map(d, value, "/data/arguments")) {
        definition_known(d, value, "/data/arguments", input_criteria);
        for (size_t i = 0; i < CRITERIA; i++) {
            const struct json *argument = json_get(value, input_criteria[i]);
            said = said || has_text(argument);
            if (argument && argument->type != JSON_TEXT)
                faults_add(d->faults, definition_at(d, "/data/arguments", input_criteria[i]),
                           FAULT_TYPE, "It must be a text.");
        }
    }
    if (!said)
        faults_add(d->faults, "/data/arguments", FAULT_REASON_REQUIRED,
                   "Say what harm the proposal does, or which policy it breaks.");
}

/* The facilitator rules on whether an argument was given, so there must be one to be ruled given.
 */
static void check_rulings(struct definition *d, const struct json *value,
                          const struct decide_input *subject)
{
    if (!definition_map(d, value, "/data/arguments_given"))
        return;
    definition_known(d, value, "/data/arguments_given", input_criteria);
    for (size_t i = 0; i < CRITERIA; i++) {
        const char *at = definition_at(d, "/data/arguments_given", input_criteria[i]);
        const struct json *given = json_get(value, input_criteria[i]);
        const struct json *arguments = subject ? json_get(subject->data, "arguments") : NULL;
        if (!given)
            faults_add(d->faults, at, FAULT_REQUIRED, "Each criterion must be ruled on.");
        else if (given->type != JSON_BOOLEAN)
            faults_add(d->faults, at, FAULT_TYPE, "It must be true or false.");
        else if (given->boolean && subject && !has_text(json_get(arguments, input_criteria[i])))
            faults_add(d->faults, at, FAULT_RULING_CONTRADICTS,
                       "The objection gives no argument for it.");
    }
}

static void check_nominee(struct definition *d, const struct decide_case *decision,
                          const struct framework_input *input, const struct json *value)
{
    if (!value)
        faults_add(d->faults, "/data/nominee", FAULT_REQUIRED, "It must be there.");
    else if (value->type != JSON_TEXT)
        faults_add(d->faults, "/data/nominee", FAULT_TYPE, "It must be the id of a member.");
    for (size_t i = 0; value && value->type == JSON_TEXT && i < decision->elector_count; i++) {
        const struct decide_elector *elector = &decision->electors[i];
        if (json_is_text(value, elector->member) && (elector->roles & input->by) && !elector->left)
            return;
    }
    if (value && value->type == JSON_TEXT)
        faults_add(d->faults, "/data/nominee", FAULT_NOMINEE_UNKNOWN,
                   "It must be one of those who nominate.");
}

static void check_text(struct definition *d, const struct json *data, const char *name, bool must)
{
    const struct json *value = json_get(data, name);
    const char *at = definition_at(d, "/data", name);
    if (value && value->type != JSON_TEXT)
        faults_add(d->faults, at, FAULT_TYPE, "It must be a text.");
    else if (must && !has_text(value))
        faults_add(d->faults, at, FAULT_REASON_REQUIRED, "It must be given.");
}

/* One of the words, and one of those that may be said in this phase. */
static void check_word(struct definition *d, const struct framework_input *input,
                       const struct json *value, const char *at, const char *const *words)
{
    int word = value ? definition_one_of(d, value, at, words) : -1;
    if (!value)
        faults_add(d->faults, at, FAULT_REQUIRED, "It must be there.");
    else if (word >= 0 && input->values && !(input->values & 1U << word))
        faults_add(d->faults, at, FAULT_ENUM, "The framework does not let it be %s in this phase.",
                   words[word]);
}

/* With options the choice is one of them; without, the proposal itself is what is meant. */
static void check_option(struct definition *d, const struct decide_case *decision,
                         const struct json *value)
{
    if (decision->option_count)
        check_choice(decision, value, d->faults);
    else if (value)
        faults_add(d->faults, "/data/choice", FAULT_UNKNOWN_OPTION,
                   "This decision has no options.");
}

static bool says_first_word(const char *type, const struct json *value)
{
    const char *const *words = input_words(type);
    return words && value && json_is_text(value, words[0]);
}

/* Members of the electorate who hold one of these roles; at least one. */
static void check_named(struct definition *d, const struct decide_case *decision,
                        const struct framework_input *input, const struct json *data)
{
    struct json list = definition_list(d, data, "/data", "members", true);
    if (json_get(data, "members") && !list.list.count)
        faults_add(d->faults, "/data/members", FAULT_TOO_FEW, "Name at least one.");
    for (size_t i = 0; i < list.list.count; i++) {
        bool found = false;
        for (size_t j = 0; j < decision->elector_count && !found; j++)
            found = json_is_text(&list.list.items[i], decision->electors[j].member) &&
                    (!input->to || (decision->electors[j].roles & input->to));
        if (!found)
            faults_add(d->faults, definition_item(d, "/data/members", i), FAULT_ROLE_NOT_HELD,
                       "It must be the id of somebody who holds the role in this decision.");
    }
}

static void check_member(struct definition *d, const struct decide_case *decision,
                         const struct data_member *member, const struct framework_input *input,
                         const struct json *data, const struct decide_input *subject)
{
    const struct json *value = json_get(data, member->name);
    const char *at = definition_at(d, "/data", member->name);
    switch (member->kind) {
    case MEMBER_NONE:
        break;
    case MEMBER_TEXT:
        check_text(d, data, member->name,
                   input->reason && strcmp(member->name, "policy_broken") != 0);
        break;
    case MEMBER_TEXT_MUST:
        check_text(d, data, member->name, true);
        break;
    case MEMBER_TEXT_WHY:
        check_text(d, data, member->name,
                   input->reason || !says_first_word(input->type, json_get(data, "value")));
        break;
    case MEMBER_ONE_OF:
        check_word(d, input, value, at, member->values);
        break;
    case MEMBER_CHOICE:
        check_choice(decision, value, d->faults);
        break;
    case MEMBER_OPTION:
        check_option(d, decision, value);
        break;
    case MEMBER_NOMINEE:
        check_nominee(d, decision, input, value);
        break;
    case MEMBER_NAMED:
        check_named(d, decision, input, data);
        break;
    case MEMBER_ROWS:
        matrix_check(d, data);
        break;
    case MEMBER_ARGUMENTS:
        check_arguments(d, data, value);
        break;
    case MEMBER_RULINGS:
        check_rulings(d, value, subject);
        break;
    }
}

void input_check_data(const struct decide_case *decision, const struct framework_input *input,
                      const struct json *data, const struct decide_input *subject,
                      struct faults *faults)
{
    struct definition d = {decision->arena, faults};
    const char *type = input->type;
    const struct data_form *form = find(type);
    const char *names[MEMBERS_MAX + 1] = {NULL};
    if (strcmp(type, "objection") == 0) {
        if (decision->framework->rule.objection_test == OBJECTION_S3)
            form = &objection_s3;
        else if (decision->framework->rule.objection_test == OBJECTION_HOLACRACY)
            form = &objection_holacracy;
    }
    if (!form || !definition_map(&d, data, "/data"))
        return;
    for (size_t i = 0; i < MEMBERS_MAX && form->members[i].name; i++) {
        names[i] = form->members[i].name;
        check_member(&d, decision, &form->members[i], input, data, subject);
    }
    definition_known(&d, data, "/data", names);
}
