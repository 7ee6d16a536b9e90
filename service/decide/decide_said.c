/* SPDX-License-Identifier: Apache-2.0 */
/* What was said, as several families look at it and report it. */
#include "decide_family.h"
#include "decide_input.h"

#include <string.h>

int view_phase_of(const struct decide_view *view, const char *type)
{
    for (size_t i = 0; i < view->framework->phase_count; i++)
        if (framework_input_find(&view->framework->phases[i], type))
            return (int)i;
    return -1;
}

/* The first to give it ends the phase, so there is one; should two have been stored at once, the
 * later one replaces the earlier. */
const struct decide_input *view_newest(const struct decide_view *view, const char *type)
{
    const struct decide_input *found = NULL;
    for (size_t i = 0; i < view->input_count; i++) {
        const struct decide_input *input = view->inputs[i];
        if (strcmp(input->type, type) == 0 &&
            (!found || input->at > found->at ||
             (input->at == found->at && strcmp(input->id, found->id) > 0)))
            found = input;
    }
    return found;
}

static const struct framework_input *input_of(const struct decide_view *view, int phase,
                                              const char *type)
{
    const struct framework_input *input = view->framework->phases[phase].inputs;
    while (strcmp(input->type, type) != 0)
        input++; /* the phase takes it: view_phase_of */
    return input;
}

size_t view_askable(const struct decide_view *view, const char *type,
                    const struct decide_elector ***asked)
{
    int phase = view_phase_of(view, type);
    size_t count = 0;
    *asked = arena_array(view->arena, view->elector_count, sizeof **asked);
    for (size_t i = 0; phase >= 0 && i < view->elector_count; i++)
        if (view_gives(view, input_of(view, phase, type), view->electors[i]))
            (*asked)[count++] = view->electors[i];
    return count;
}

static void write_input(struct json_writer *w, const struct decide_input *input)
{
    jw_map(w);
    jw_key_text(w, "member", input->member);
    jw_key_text(w, "phase", input->phase);
    jw_key(w, "data");
    jw_value(w, input->data);
    jw_map_end(w);
}

void view_write_said(const struct decide_view *view, struct json_writer *w, const char *key,
                     const char *type)
{
    jw_key(w, key);
    jw_list(w);
    for (size_t i = 0; i < view->input_count; i++)
        if (strcmp(view->inputs[i]->type, type) == 0)
            write_input(w, view->inputs[i]);
    jw_list_end(w);
}

void view_write_input(struct json_writer *w, const char *key, const struct decide_input *input)
{
    jw_key(w, key);
    if (input)
        write_input(w, input);
    else
        jw_null(w);
}

void view_write_addressed(const struct decide_view *view, struct json_writer *w, const char *key,
                          const char *type)
{
    int phase = view_phase_of(view, type);
    jw_key(w, key);
    jw_list(w);
    for (size_t i = 0; phase >= 0 && view_newest(view, type) && i < view->elector_count; i++)
        if (view->electors[i]->roles & input_of(view, phase, type)->to)
            jw_text(w, view->electors[i]->member);
    jw_list_end(w);
}

void view_win(const struct decide_view *view, const char *key, struct decide_result *result)
{
    for (size_t i = 0; key && i < view->facts.option_count; i++) {
        if (strcmp(view->facts.options[i].key, key) != 0)
            continue;
        const char **winners = arena_array(view->arena, 1, sizeof *winners);
        winners[0] = view->facts.options[i].key;
        result->winners = winners;
        result->winner_count = 1;
    }
}

enum decide_outcome view_verdict(const struct decide_view *view)
{
    const struct decide_elector **asked;
    size_t count = view_askable(view, "verdict", &asked), approved = 0, missing = 0;
    int phase = view_phase_of(view, "verdict");
    for (size_t i = 0; i < count; i++) {
        const struct decide_input *input = view_input(view, (size_t)phase, asked[i]->member);
        const struct json *value = input ? json_get(input->data, "value") : NULL;
        if (value && json_is_text(value, "reject"))
            return OUTCOME_REJECTED;
        approved += value && json_is_text(value, "approve");
        missing += !input && !asked[i]->left;
    }
    return approved && !missing ? OUTCOME_ADOPTED : OUTCOME_EXPIRED;
}
