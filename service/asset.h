/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are part of the binary; the tables are written by openapi/embed.py. */
#ifndef COHELM_ASSET_H
#define COHELM_ASSET_H

#include <stddef.h>

struct asset {
    const char *name; /* of the file, without its folder */
    const char *data; /* NUL-terminated; the NUL is not counted in `len` */
    size_t len;
    const char *sha256; /* of the bytes, in hexadecimal */
};

extern const struct asset migration_assets[]; /* sql/migrations, in their order */
extern const size_t migration_asset_count;
extern const struct asset framework_assets[]; /* sql/seed/frameworks */
extern const size_t framework_asset_count;
extern const struct asset docs_assets[]; /* openapi/docs */
extern const size_t docs_asset_count;

#endif
