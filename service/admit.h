/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and may they ask at all: token to principal, scope, request rate. */
#ifndef COHELM_ADMIT_H
#define COHELM_ADMIT_H

#include "call.h"

/* Sets call->principal from the Authorization header, where the operation is not public. False: 401
 * unauthenticated or invalid_token, 503. */
bool admit_principal(struct call *call);

/* Counts the request against its principal's rate, or the client address's where there is none.
 * False: 429 rate_limited. */
bool admit_rate(struct call *call);

/* Whether the token's scope contains the operation's permission. False: 403 insufficient_scope. */
bool admit_scope(struct call *call);

#endif
