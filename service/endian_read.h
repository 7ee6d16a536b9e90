/* SPDX-License-Identifier: Apache-2.0 */
/* Big-endian integers, as PostgreSQL's binary format has them. */
#ifndef COHELM_ENDIAN_READ_H
#define COHELM_ENDIAN_READ_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t read_u16(const unsigned char *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return be16toh(v);
}

static inline uint32_t read_u32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return be32toh(v);
}

static inline uint64_t read_u64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return be64toh(v);
}

#endif
