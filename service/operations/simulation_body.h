/* SPDX-License-Identifier: Apache-2.0 */
/* A simulation as the request's body has it. */
#ifndef COHELM_SIMULATION_BODY_H
#define COHELM_SIMULATION_BODY_H

#include "../call.h"
#include "../decide/simulation.h"

/* Reads the body, whose form has been checked, into `*simulation`; `*framework` becomes
 * `definition` with the body's configuration. False: every fault was added. */
bool simulation_body_read(struct call *call, const struct json *definition,
                          struct framework *framework, struct simulation *simulation,
                          struct faults *faults);

#endif
