/* SPDX-License-Identifier: Apache-2.0 */
/* Structured log lines (logfmt), each written whole with one write(2) to standard error, so that
 * lines never mix. Never bodies, tokens or secrets. */
#ifndef COHELM_LOG_H
#define COHELM_LOG_H

#include "buf.h"

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_INFO, LOG_LEVEL_REQUESTS };

/* What is written at all; to be called before threads start. The default is LOG_LEVEL_REQUESTS. */
void log_set_level(enum log_level level);
bool log_requests(void);

/* `message` and then pairs of key and value, ended by NULL. Values are quoted where they need it.
 */
void log_error(const char *message, ...) __attribute__((sentinel));
void log_info(const char *message, ...) __attribute__((sentinel));

/* The current time as log lines have it. */
void log_time(struct buf *buf);

/* A line made by the caller, to which its newline is added; for the one line per request. */
void log_line(struct buf *line);

/* The calling thread keeps those lines from now on, until log_flush writes as many of them with one
 * write as can't mix with others, or until any other line is written. */
void log_gather(void);
void log_flush(void);

#endif
