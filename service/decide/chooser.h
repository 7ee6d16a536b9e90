/* SPDX-License-Identifier: Apache-2.0 */
/* Which framework fits a question (FRAMEWORKS.md 3.14): the normative model of V. H. Vroom and P.
 * W. Yetton, Leadership and Decision-Making (University of Pittsburgh Press, 1973). Seven rules
 * strike styles that would endanger the quality or the acceptance of the decision. Pure. */
#ifndef COHELM_CHOOSER_H
#define COHELM_CHOOSER_H

#include "../json.h"

#include <stdbool.h>
#include <stddef.h>

/* In the order of how much others take part, and of the time that it takes. */
enum chooser_style { STYLE_AI, STYLE_AII, STYLE_CI, STYLE_CII, STYLE_GII, STYLES };

/* A: the least time, so the first style that is left. B: the most development of those who take
 * part, so the last one. */
enum chooser_model { CHOOSER_A, CHOOSER_B };

/* The questions A to G of the model. */
struct chooser_answers {
    bool quality_matters;
    bool leader_informed;    /* the leader has what it takes to decide well alone */
    bool problem_structured; /* it is known what information is missing, and where it is */
    bool acceptance_matters; /* of the decision by those who carry it out */
    bool leader_accepted;    /* a decision of the leader alone would be accepted for sure */
    bool goals_shared;       /* by those who would take part with the organisation */
    bool conflict_likely;    /* among them about the solutions */
};

#define CHOOSER_RULES 7

struct chooser_choice {
    bool fired[CHOOSER_RULES]; /* all that hold, also where others struck the same before */
    bool left[STYLES];         /* never none */
    enum chooser_style chosen;
};

void chooser_choose(const struct chooser_answers *answers, enum chooser_model model,
                    struct chooser_choice *choice);

const char *chooser_style_text(enum chooser_style style); /* "AII" */
const char *chooser_rule_text(size_t rule);               /* "information" */
bool chooser_rule_strikes(size_t rule, enum chooser_style style);

/* Keys of the built-in frameworks that are of this style; NULL-terminated. */
const char *const *chooser_frameworks(enum chooser_style style);

/* Reads the answers and the model of a body that fits its schema. */
enum chooser_model chooser_read(const struct json *body, struct chooser_answers *answers);

/* The whole answer: {model, left, chosen, frameworks, rules}. */
void chooser_write(enum chooser_model model, const struct chooser_choice *choice,
                   struct json_writer *w);

#endif
