/* SPDX-License-Identifier: Apache-2.0 */
/* What HTTP itself asks: sound framing, OPTIONS and preflight, media types. */
#ifndef COHELM_NEGOTIATE_H
#define COHELM_NEGOTIATE_H

#include "call.h"

/* Refuses what makes two readers of the same bytes disagree (RFC 9112 sections 3.2, 6.1, 6.3), and
 * what is too large. False: 400 malformed_request (the connection ends), 413 body_too_large, 431
 * headers_too_large. */
bool negotiate_framing(struct call *call);

/* Answers OPTIONS with 204 and Allow, and a CORS preflight with what is allowed. Always true. */
bool negotiate_options(struct call *call);

/* Chooses call->response.media_type among those the operation produces, by Accept (RFC 9110
 * section 12.5.1). False: 406 not_acceptable. */
bool negotiate_media_type(struct call *call);

/* Whether the answer may be compressed with gzip and the client would not rather have it as it is
 * (RFC 9110 section 12.5.3). */
bool negotiate_gzip(const struct call *call);

/* Whether the answer may come as it is. */
bool negotiate_identity(const struct call *call);

/* Whether Prefer (RFC 7240) names the preference with that value; "" for none. */
bool negotiate_prefers(const struct call *call, const char *name, const char *value);

/* Adds Accept-Patch where there is a PATCH (RFC 5789 section 3.1). */
void negotiate_patch(struct call *call);

/* The origin of the request if it is on the allow-list, else NULL. */
const char *negotiate_origin(const struct call *call);

#endif
