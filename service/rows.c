/* SPDX-License-Identifier: Apache-2.0 */
/* What is in rows: types of columns, and single values for logic operations and the engine
 * (declared in db.h). */
#include "db.h"
#include "endian_read.h"
#include "render.h"

#include <stdint.h>
#include <string.h>

#define POSTGRES_EPOCH_MICROS ((int64_t)946684800 * 1000000)

/* Type numbers as PostgreSQL's catalogue fixes them (src/include/catalog/pg_type.dat). */
enum column_type rows_type(const struct rows *rows, size_t column)
{
    switch (rows_type_number(rows, column)) {
    case 16:
        return COLUMN_BOOL;
    case 17:
        return COLUMN_BYTEA;
    case 20:
        return COLUMN_INT8;
    case 21:
        return COLUMN_INT2;
    case 23:
        return COLUMN_INT4;
    case 19:
    case 25:
    case 705:
    case 1042:
    case 1043:
        return COLUMN_TEXT;
    case 114:
        return COLUMN_JSON;
    case 1007:
        return COLUMN_INT4_ARRAY;
    case 1009:
        return COLUMN_TEXT_ARRAY;
    case 1016:
        return COLUMN_INT8_ARRAY;
    case 1082:
        return COLUMN_DATE;
    case 1184:
        return COLUMN_TIMESTAMPTZ;
    case 2950:
        return COLUMN_UUID;
    case 2951:
        return COLUMN_UUID_ARRAY;
    case 3802:
        return COLUMN_JSONB;
    case 5069:
        return COLUMN_XID8;
    default:
        return COLUMN_UNKNOWN;
    }
}

/* The bytes of a value, or NULL for null, a missing row or a missing column. */
static const void *value_of(const struct rows *rows, size_t row, const char *name,
                            enum column_type *type, size_t *len)
{
    int column = rows_column(rows, name);
    if (column < 0 || row >= rows->count || rows_is_null(rows, row, (size_t)column))
        return NULL;
    *type = rows_type(rows, (size_t)column);
    return rows_data(rows, row, (size_t)column, len);
}

const char *rows_text(const struct rows *rows, size_t row, const char *name, struct arena *arena)
{
    enum column_type type = COLUMN_UNKNOWN;
    size_t len = 0;
    const void *data = value_of(rows, row, name, &type, &len);
    if (!data)
        return NULL;
    if (type == COLUMN_TEXT || type == COLUMN_JSON)
        return arena_strndup(arena, data, len);
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    if (!render_value(&buf, type, data, len))
        return NULL;
    if (buf.len > 1 && buf.data[0] == '"') /* uuid, timestamptz, date: without the quotes */
        return arena_strndup(arena, buf.data + 1, buf.len - 2);
    return buf_cstr(&buf);
}

int64_t rows_int(const struct rows *rows, size_t row, const char *name, int64_t otherwise)
{
    enum column_type type = COLUMN_UNKNOWN;
    size_t len = 0;
    const void *data = value_of(rows, row, name, &type, &len);
    if (!data)
        return otherwise;
    switch (type) {
    case COLUMN_INT2:
        return (int16_t)read_u16(data);
    case COLUMN_INT4:
        return (int32_t)read_u32(data);
    case COLUMN_INT8:
    case COLUMN_XID8:
        return (int64_t)read_u64(data);
    default:
        return otherwise;
    }
}

bool rows_bool(const struct rows *rows, size_t row, const char *name)
{
    enum column_type type = COLUMN_UNKNOWN;
    size_t len = 0;
    const unsigned char *data = value_of(rows, row, name, &type, &len);
    return data && type == COLUMN_BOOL && data[0];
}

int64_t rows_time(const struct rows *rows, size_t row, const char *name, int64_t otherwise)
{
    enum column_type type = COLUMN_UNKNOWN;
    size_t len = 0;
    const void *data = value_of(rows, row, name, &type, &len);
    if (!data || type != COLUMN_TIMESTAMPTZ)
        return otherwise;
    return (int64_t)read_u64(data) + POSTGRES_EPOCH_MICROS;
}

const char *const *rows_texts(const struct rows *rows, size_t row, const char *name, size_t *count,
                              struct arena *arena)
{
    enum column_type type = COLUMN_UNKNOWN;
    size_t len = 0;
    const void *data = value_of(rows, row, name, &type, &len);
    *count = 0;
    if (!data || (type != COLUMN_TEXT_ARRAY && type != COLUMN_UUID_ARRAY))
        return NULL;
    struct buf buf;
    struct json list;
    struct json_error error;
    buf_init(&buf, arena, SIZE_MAX);
    if (!render_value(&buf, type, data, len) || !json_read(arena, buf.data, buf.len, &list, &error))
        return NULL;
    const char **texts = arena_array(arena, list.list.count + 1, sizeof *texts);
    for (size_t i = 0; i < list.list.count; i++)
        texts[(*count)++] =
            list.list.items[i].type == JSON_TEXT ? list.list.items[i].text.data : NULL;
    return texts;
}

bool rows_json(const struct rows *rows, size_t row, const char *name, struct json *value,
               struct arena *arena)
{
    enum column_type type = COLUMN_UNKNOWN;
    size_t len = 0;
    const char *data = value_of(rows, row, name, &type, &len);
    struct json_error error;
    if (!data)
        return false;
    if (type == COLUMN_JSONB)
        return json_read(arena, data + 1, len - 1, value, &error);
    if (type == COLUMN_JSON || type == COLUMN_TEXT)
        return json_read(arena, data, len, value, &error);
    return false;
}
