/* SPDX-License-Identifier: Apache-2.0 */
#include "decide_position.h"
#include "decide_family.h"
#include "decide_input.h"

#include <stdlib.h>
#include <string.h>

size_t position_phase(const struct decide_view *view, const char *type)
{
    int phase = view_phase_of(view, type);
    return phase < 0 ? 0 : (size_t)phase;
}

bool position_asked(const struct decide_view *view, size_t phase,
                    const struct decide_elector *elector)
{
    const struct framework_phase *asking = &view->framework->phases[phase];
    for (size_t i = 0; i < asking->input_count; i++)
        if (input_type_stance(asking->inputs[i].type) &&
            view_gives(view, &asking->inputs[i], elector))
            return true;
    return false;
}

const struct decide_input *position_of(const struct decide_view *view, size_t phase,
                                       const struct decide_elector *elector)
{
    const struct decide_input *input = view_input(view, phase, elector->member);
    return input && input_type_stance(input->type) ? input : NULL;
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

size_t position_supporters(const struct decide_view *view, const struct decide_input *subject,
                           const char *type)
{
    const struct decide_case *facts = &view->facts;
    const char **members = arena_array(view->arena, facts->input_count, sizeof *members);
    size_t count = 0, distinct = 0;
    for (size_t i = 0; i < facts->input_count; i++) {
        const struct decide_input *input = &facts->inputs[i];
        if (input->subject && strcmp(input->subject, subject->id) == 0 &&
            strcmp(input->type, type) == 0 && strcmp(input->member, subject->member) != 0 &&
            view_elector(view, input->member))
            members[count++] = input->member;
    }
    if (count)
        qsort(members, count, sizeof *members, by_text);
    for (size_t i = 0; i < count; i++)
        distinct += !i || strcmp(members[i], members[i - 1]) != 0;
    return distinct;
}
