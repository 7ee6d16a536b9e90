/* SPDX-License-Identifier: Apache-2.0 */
/* What every answer has alike: request id, problem body, common headers, compression, log line and
 * counters. */
#ifndef COHELM_FINISH_H
#define COHELM_FINISH_H

#include "call.h"

/* Takes or makes the request id and the trace id (W3C Trace Context). */
void finish_identify(struct call *call);

/* Turns call->problem into the answer. */
void finish_problem(struct call *call);

void finish_headers(struct call *call);

/* Compresses a body of more than 1 KiB with gzip where the client accepts it. */
void finish_encoding(struct call *call);

/* Writes the log line and counts the request. */
void finish_record(struct call *call);

#endif
