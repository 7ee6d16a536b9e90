/* SPDX-License-Identifier: Apache-2.0 */
/* The chooser over all 128 inputs, against the rules said the other way round and against the
 * published problem types. */
#include "decide/chooser.h"
#include "test.h"

/* Bit 0 is question A, bit 6 question G. */
#define INPUTS 128
enum { A, B, C, D, E, F, G };

static bool yes(unsigned input, int question)
{
    return input >> question & 1U;
}

static struct chooser_choice choose(unsigned input, enum chooser_model model)
{
    struct chooser_choice choice;
    chooser_choose(&(struct chooser_answers){.quality_matters = yes(input, A),
                                             .leader_informed = yes(input, B),
                                             .problem_structured = yes(input, C),
                                             .acceptance_matters = yes(input, D),
                                             .leader_accepted = yes(input, E),
                                             .goals_shared = yes(input, F),
                                             .conflict_likely = yes(input, G)},
                   model, &choice);
    return choice;
}

/* The styles left, each with a space before it. */
static const char *left_of(const struct chooser_choice *choice)
{
    static char text[40];
    size_t len = 0;
    text[0] = '\0';
    for (enum chooser_style style = STYLE_AI; style < STYLES; style++)
        if (choice->left[style])
            len +=
                (size_t)snprintf(text + len, sizeof text - len, " %s", chooser_style_text(style));
    return text;
}

/* When a style may stay, worked out from the rules by style instead of by rule. */
static bool may_stay(unsigned input, enum chooser_style style)
{
    bool enough = !yes(input, A) || yes(input, B);  /* for good quality, alone */
    bool found = enough || yes(input, C);           /* or it is known what to ask */
    bool carried = !yes(input, D) || yes(input, E); /* whoever decides */
    bool talked = yes(input, A) && !yes(input, F);  /* the group may not decide */
    switch (style) {
    case STYLE_AI:
        return enough && carried;
    case STYLE_AII:
        return found && carried;
    case STYLE_CI:
        return found && (carried || (talked && !yes(input, G)));
    case STYLE_CII:
        return carried || talked;
    case STYLE_GII:
    case STYLES:
        break;
    }
    return !talked;
}

TEST(chooser__what_is_left_is_what_may_stay_and_never_nothing)
{
    for (unsigned input = 0; input < INPUTS; input++) {
        struct chooser_choice choice = choose(input, CHOOSER_A);
        size_t count = 0;
        for (enum chooser_style style = STYLE_AI; style < STYLES; style++) {
            EXPECT(choice.left[style] == may_stay(input, style));
            count += choice.left[style];
        }
        EXPECT(count > 0);
    }
}

TEST(chooser__model_a_takes_the_first_left_and_model_b_the_last)
{
    for (unsigned input = 0; input < INPUTS; input++) {
        struct chooser_choice a = choose(input, CHOOSER_A), b = choose(input, CHOOSER_B);
        EXPECT(a.left[a.chosen] && b.left[b.chosen]);
        for (enum chooser_style style = STYLE_AI; style < STYLES; style++) {
            EXPECT(a.left[style] == b.left[style]);
            EXPECT(!a.left[style] || (a.chosen <= style && style <= b.chosen));
        }
    }
}

/* The decision tree for group problems with its problem types 1 to 12, of which 6 falls into two by
 * question G: Vroom and Yetton 1973; Vroom and Jago, Decision Making as a Social Process (Decision
 * Sciences 5, 1974). The tree and the sets are as a public transcription has them, not the book. */
static const char *published(unsigned input)
{
    bool carried = !yes(input, D) || yes(input, E);
    if (!yes(input, A))
        return carried ? " AI AII CI CII GII" : " GII"; /* 1, 2 */
    if (yes(input, B) && carried)
        return yes(input, F) ? " AI AII CI CII GII" : " AI AII CI CII"; /* 3, 4 */
    if ((yes(input, B) || yes(input, C)) && !carried) {
        if (yes(input, F))
            return " GII";                         /* 5 */
        return yes(input, G) ? " CII" : " CI CII"; /* 6 */
    }
    if (yes(input, C))
        return yes(input, F) ? " AII CI CII GII" : " AII CI CII"; /* 8, 7 */
    if (carried)
        return yes(input, F) ? " CII GII" : " CII"; /* 10, 9 */
    return yes(input, F) ? " GII" : " CII";         /* 11, 12 */
}

TEST(chooser__the_published_problem_types)
{
    for (unsigned input = 0; input < INPUTS; input++) {
        struct chooser_choice choice = choose(input, CHOOSER_A);
        EXPECT_TEXT(left_of(&choice), published(input));
    }
}

/* Every rule by itself: it fires, and strikes what it says, whatever else fires. */
TEST(chooser__each_rule_fires_by_its_own_answers)
{
    static const struct {
        const char *name, *needs, *lacks, *strikes;
    } rules[CHOOSER_RULES] = {
        {"information", "A", "B", " AI"},
        {"goal_congruence", "A", "F", " GII"},
        {"unstructured_problem", "A", "BC", " AI AII CI"},
        {"acceptance", "D", "E", " AI AII"},
        {"conflict", "DG", "E", " AI AII CI"},
        {"fairness", "D", "AE", " AI AII CI CII"},
        {"acceptance_priority", "ADF", "E", " AI AII CI CII"},
    };
    for (size_t i = 0; i < CHOOSER_RULES; i++) {
        EXPECT_TEXT(chooser_rule_text(i), rules[i].name);
        struct chooser_choice struck = {.chosen = STYLE_AI};
        for (enum chooser_style style = STYLE_AI; style < STYLES; style++)
            struck.left[style] = chooser_rule_strikes(i, style);
        EXPECT_TEXT(left_of(&struck), rules[i].strikes);
        for (unsigned input = 0; input < INPUTS; input++) {
            bool fires = true;
            for (const char *c = rules[i].needs; *c; c++)
                fires = fires && yes(input, *c - 'A');
            for (const char *c = rules[i].lacks; *c; c++)
                fires = fires && !yes(input, *c - 'A');
            struct chooser_choice choice = choose(input, CHOOSER_B);
            EXPECT(choice.fired[i] == fires);
            for (enum chooser_style style = STYLE_AI; style < STYLES; style++)
                EXPECT(!(fires && chooser_rule_strikes(i, style) && choice.left[style]));
        }
    }
}

TEST(chooser__each_style_has_its_frameworks)
{
    static const char *const first[STYLES] = {"single_decider", "consultative", "consultative",
                                              "consultative", "consent"};
    for (enum chooser_style style = STYLE_AI; style < STYLES; style++)
        EXPECT_TEXT(chooser_frameworks(style)[0], first[style]);
    EXPECT_TEXT(chooser_frameworks(STYLE_GII)[1], "consensus");
    EXPECT(!chooser_frameworks(STYLE_AI)[1] && !chooser_frameworks(STYLE_GII)[2]);
}
