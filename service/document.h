/* SPDX-License-Identifier: Apache-2.0 */
/* What the documents about the service itself have in common: bytes with an entity tag. They need
 * no database and no token. */
#ifndef COHELM_DOCUMENT_H
#define COHELM_DOCUMENT_H

#include "call.h"

/* Answers `len` bytes that live at least as long as the request, in the media type that was
 * negotiated or set. `tag` is their entity tag without quotes; NULL: it is made from the bytes. */
bool document_answer(struct call *call, const char *data, size_t len, const char *tag);

/* The ETag of bytes. */
const char *document_tag(struct call *call, const char *data, size_t len);

/* Sets the headers of a page that loads from this service only and can't be framed. */
void document_headers(struct call *call);

#endif
