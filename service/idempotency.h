/* SPDX-License-Identifier: Apache-2.0 */
/* Idempotency-Key: the answer of a POST is stored in the transaction of its change and given again
 * to a repetition. */
#ifndef COHELM_IDEMPOTENCY_H
#define COHELM_IDEMPOTENCY_H

#include "call.h"

/* Claims the key for this transaction. `*replayed`: an answer was stored before and is now in
 * call->response. False: 400 invalid_parameter for a malformed key, 409 idempotency_in_flight, 422
 * idempotency_mismatch. */
bool idempotency_claim(struct call *call, const char *key, bool *replayed);

/* Stores call->response under the claimed key. */
bool idempotency_store(struct call *call, const char *key);

#endif
