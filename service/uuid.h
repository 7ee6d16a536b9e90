/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs of version 7 (RFC 9562 section 5.7): 48 bits of milliseconds, then random bits. */
#ifndef COHELM_UUID_H
#define COHELM_UUID_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_TEXT_LEN 36

/* Writes a fresh UUIDv7 as lower-case text with its NUL. Within one process later ones sort after
 * earlier ones. Safe from any thread. */
void uuid_v7(char text[UUID_TEXT_LEN + 1]);

#endif
