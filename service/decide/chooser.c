/* SPDX-License-Identifier: Apache-2.0 */
#include "chooser.h"

#define STRIKES(style) (1U << (style))
#define ALL_BUT_GII                                                                                \
    (STRIKES(STYLE_AI) | STRIKES(STYLE_AII) | STRIKES(STYLE_CI) | STRIKES(STYLE_CII))

static const char *const style_texts[STYLES] = {"AI", "AII", "CI", "CII", "GII"};
static const char *const models[] = {"A", "B"};

static bool lacks_information(const struct chooser_answers *a)
{
    return a->quality_matters && !a->leader_informed;
}

static bool lacks_shared_goals(const struct chooser_answers *a)
{
    return a->quality_matters && !a->goals_shared;
}

static bool is_unstructured(const struct chooser_answers *a)
{
    return a->quality_matters && !a->leader_informed && !a->problem_structured;
}

static bool lacks_acceptance(const struct chooser_answers *a)
{
    return a->acceptance_matters && !a->leader_accepted;
}

static bool has_conflict(const struct chooser_answers *a)
{
    return lacks_acceptance(a) && a->conflict_likely;
}

/* Nothing but acceptance is at stake. */
static bool is_fairness(const struct chooser_answers *a)
{
    return !a->quality_matters && lacks_acceptance(a);
}

static bool puts_acceptance_first(const struct chooser_answers *a)
{
    return a->quality_matters && lacks_acceptance(a) && a->goals_shared;
}

/* By the names that the model gives them. */
static const struct {
    const char *name;
    bool (*fires)(const struct chooser_answers *answers);
    unsigned strikes;
} rules[CHOOSER_RULES] = {
    {"information", lacks_information, STRIKES(STYLE_AI)},
    {"goal_congruence", lacks_shared_goals, STRIKES(STYLE_GII)},
    {"unstructured_problem", is_unstructured,
     STRIKES(STYLE_AI) | STRIKES(STYLE_AII) | STRIKES(STYLE_CI)},
    {"acceptance", lacks_acceptance, STRIKES(STYLE_AI) | STRIKES(STYLE_AII)},
    {"conflict", has_conflict, STRIKES(STYLE_AI) | STRIKES(STYLE_AII) | STRIKES(STYLE_CI)},
    {"fairness", is_fairness, ALL_BUT_GII},
    {"acceptance_priority", puts_acceptance_first, ALL_BUT_GII},
};

void chooser_choose(const struct chooser_answers *answers, enum chooser_model model,
                    struct chooser_choice *choice)
{
    unsigned struck = 0;
    bool found = false;
    *choice = (struct chooser_choice){.chosen = STYLE_AI};
    for (size_t i = 0; i < CHOOSER_RULES; i++) {
        choice->fired[i] = rules[i].fires(answers);
        struck |= choice->fired[i] ? rules[i].strikes : 0;
    }
    for (enum chooser_style style = STYLE_AI; style < STYLES; style++) {
        choice->left[style] = !(struck & STRIKES(style));
        if (choice->left[style] && (!found || model == CHOOSER_B))
            choice->chosen = style;
        found = found || choice->left[style];
    }
}

const char *chooser_style_text(enum chooser_style style)
{
    return style_texts[style];
}

const char *chooser_rule_text(size_t rule)
{
    return rules[rule].name;
}

bool chooser_rule_strikes(size_t rule, enum chooser_style style)
{
    return rules[rule].strikes & STRIKES(style);
}

const char *const *chooser_frameworks(enum chooser_style style)
{
    static const char *const alone[] = {"single_decider", NULL},
                             *const asked[] = {"consultative", NULL},
                             *const together[] = {"consent", "consensus", NULL};
    switch (style) {
    case STYLE_AI:
        return alone;
    case STYLE_GII:
        return together;
    case STYLE_AII:
    case STYLE_CI:
    case STYLE_CII:
    case STYLES:
        break;
    }
    return asked;
}

enum chooser_model chooser_read(const struct json *body, struct chooser_answers *answers)
{
    *answers = (struct chooser_answers){
        .quality_matters = json_get_bool(body, "quality_matters", false),
        .leader_informed = json_get_bool(body, "leader_informed", false),
        .problem_structured = json_get_bool(body, "problem_structured", false),
        .acceptance_matters = json_get_bool(body, "acceptance_matters", false),
        .leader_accepted = json_get_bool(body, "leader_accepted", false),
        .goals_shared = json_get_bool(body, "goals_shared", false),
        .conflict_likely = json_get_bool(body, "conflict_likely", false)};
    return json_is_text(json_get(body, "model"), models[CHOOSER_B]) ? CHOOSER_B : CHOOSER_A;
}

static void write_rule(size_t rule, struct json_writer *w)
{
    jw_map(w);
    jw_key_text(w, "rule", rules[rule].name);
    jw_key(w, "strikes");
    jw_list(w);
    for (enum chooser_style style = STYLE_AI; style < STYLES; style++)
        if (chooser_rule_strikes(rule, style))
            jw_text(w, style_texts[style]);
    jw_list_end(w);
    jw_map_end(w);
}

void chooser_write(enum chooser_model model, const struct chooser_choice *choice,
                   struct json_writer *w)
{
    const char *const *framework = chooser_frameworks(choice->chosen);
    jw_map(w);
    jw_key_text(w, "model", models[model]);
    jw_key(w, "left");
    jw_list(w);
    for (size_t i = 0; i < STYLES; i++)
        if (choice->left[i])
            jw_text(w, style_texts[i]);
    jw_list_end(w);
    jw_key_text(w, "chosen", style_texts[choice->chosen]);
    jw_key(w, "frameworks");
    jw_list(w);
    for (; *framework; framework++)
        jw_text(w, *framework);
    jw_list_end(w);
    jw_key(w, "rules");
    jw_list(w);
    for (size_t i = 0; i < CHOOSER_RULES; i++)
        if (choice->fired[i])
            write_rule(i, w);
    jw_list_end(w);
    jw_map_end(w);
}
