/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_input.h"
#include "definition.h"

#include <string.h>

#define MEMBERS_MAX 3

enum member_kind {
    MEMBER_NONE,
    MEMBER_TEXT,      /* may be absent */
    MEMBER_TEXT_MUST, /* not empty */
    MEMBER_ONE_OF,
    MEMBER_CHOICE,
    MEMBER_ARGUMENTS,
    MEMBER_RULINGS
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
static const char *const objection_kinds[] = {"consequence", "risk", "improvement", NULL};

static const struct data_form forms[] = {
    {"question", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"answer", true, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"reaction", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"opinion", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
    {"advice", false, false, {{"text", MEMBER_TEXT_MUST, NULL}}},
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
    {"decision", false, false, {{"choice", MEMBER_CHOICE, NULL}, {"rationale", MEMBER_TEXT, NULL}}},
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

static bool has_text(const struct json *value)
{
    return value && value->type == JSON_TEXT &&
           strspn(value->text.data, " \t\r\n") < value->text.len;
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
    if (!decision->option_count && (json_is_text(value, "yes") || json_is_text(value, "no")))
        return;
    faults_add(faults, "/data/choice", FAULT_UNKNOWN_OPTION,
               decision->option_count ? "It must be the key of an option of this decision."
                                      : "It must be yes or no.");
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

static void check_text(struct definition *d, const struct json *data, const char *name, bool must)
{
    const struct json *value = json_get(data, name);
    const char *at = definition_at(d, "/data", name);
    if (value && value->type != JSON_TEXT)
        faults_add(d->faults, at, FAULT_TYPE, "It must be a text.");
    else if (must && !has_text(value))
        faults_add(d->faults, at, FAULT_REASON_REQUIRED, "It must be given.");
}

static void check_member(struct definition *d, const struct decide_case *decision,
                         const struct data_member *member, bool reason, const struct json *data,
                         const struct decide_input *subject)
{
    const struct json *value = json_get(data, member->name);
    const char *at = definition_at(d, "/data", member->name);
    switch (member->kind) {
    case MEMBER_NONE:
        break;
    case MEMBER_TEXT:
        check_text(d, data, member->name, reason && strcmp(member->name, "policy_broken") != 0);
        break;
    case MEMBER_TEXT_MUST:
        check_text(d, data, member->name, true);
        break;
    case MEMBER_ONE_OF:
        if (value)
            (void)definition_one_of(d, value, at, member->values);
        else
            faults_add(d->faults, at, FAULT_REQUIRED, "It must be there.");
        break;
    case MEMBER_CHOICE:
        check_choice(decision, value, d->faults);
        break;
    case MEMBER_ARGUMENTS:
        check_arguments(d, data, value);
        break;
    case MEMBER_RULINGS:
        check_rulings(d, value, subject);
        break;
    }
}

void input_check_data(const struct decide_case *decision, const char *type, bool reason,
                      const struct json *data, const struct decide_input *subject,
                      struct faults *faults)
{
    struct definition d = {decision->arena, faults};
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
        check_member(&d, decision, &form->members[i], reason, data, subject);
    }
    definition_known(&d, data, "/data", names);
}
