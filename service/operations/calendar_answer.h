/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar of a person: deadlines and reviews of decisions. */
#ifndef COHELM_CALENDAR_ANSWER_H
#define COHELM_CALENDAR_ANSWER_H

#include "../call.h"

/* Answers with the calendar of the person, in one organisation or (NULL) in all. */
bool calendar_answer(struct call *call, const char *person_id, const char *organisation_id);

#endif
