/* SPDX-License-Identifier: Apache-2.0 */
/* Carries out the operation of a call: its statement, its function, or a batch, in the transaction
 * it needs. */
#ifndef COHELM_OPERATE_H
#define COHELM_OPERATE_H

#include "call.h"

/* Runs the operation and fills call->response. Everything happens in one transaction; with
 * ?validate_only it is rolled back, with an Idempotency-Key the answer is stored in it, and a
 * serialization failure or deadlock runs it again, at most three times. False: the problem is set
 * and nothing was changed. */
bool operate(struct call *call);

/* Runs it in the transaction that is open, once, and answers as the operation does. */
bool operate_run(struct call *call);

#endif
