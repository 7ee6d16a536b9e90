/* SPDX-License-Identifier: Apache-2.0 */
#include "render.h"

#include "endian_read.h"

#include <assert.h>
#include <string.h>

/* PostgreSQL counts from 2000-01-01. */
#define POSTGRES_EPOCH_DAYS 10957
#define DAY_MICROS ((int64_t)86400 * 1000000)

/* Each put_… writes at `out` and returns where it ended. */
static char *put_pair(char *out, uint32_t value)
{
    static const char pairs[] = "0001020304050607080910111213141516171819"
                                "2021222324252627282930313233343536373839"
                                "4041424344454647484950515253545556575859"
                                "6061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    memcpy(out, pairs + 2 * (value % 100), 2);
    return out + 2;
}

/* Civil date of a day count since 1970-01-01, proleptic Gregorian; H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms" describes the arithmetic of 400-year eras. */
static char *put_date(char *out, int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_index = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * month_index + 2) / 5 + 1;
    int64_t month = month_index < 10 ? month_index + 3 : month_index - 9;
    uint32_t year = (uint32_t)(year_of_era + era * 400 + (month <= 2));
    out = put_pair(out, year / 100);
    out = put_pair(out, year);
    *out++ = '-';
    out = put_pair(out, (uint32_t)month);
    *out++ = '-';
    return put_pair(out, (uint32_t)day);
}

#define DATE_LEN 10

/* The rows of a list are mostly of few days. */
static char *put_day(char *out, int64_t days)
{
    static _Thread_local struct {
        int64_t days;
        char text[DATE_LEN];
    } last = {.days = INT64_MIN};
    if (days != last.days) {
        (void)put_date(last.text, days);
        last.days = days;
    }
    memcpy(out, last.text, DATE_LEN);
    return out + DATE_LEN;
}

#define TIME_LEN (sizeof "2026-01-31T12:34:56.789012Z" - 1)

static char *put_time(char *out, int64_t micros)
{
    int64_t days = micros / DAY_MICROS;
    int64_t rest = micros % DAY_MICROS;
    if (rest < 0) {
        rest += DAY_MICROS;
        days--;
    }
    uint32_t seconds = (uint32_t)(rest / 1000000);
    uint32_t fraction = (uint32_t)(rest % 1000000);
    out = put_day(out, days);
    *out++ = 'T';
    out = put_pair(out, seconds / 3600);
    *out++ = ':';
    out = put_pair(out, seconds / 60 % 60);
    *out++ = ':';
    out = put_pair(out, seconds % 60);
    if (fraction) {
        *out++ = '.';
        out = put_pair(out, fraction / 10000);
        out = put_pair(out, fraction / 100);
        out = put_pair(out, fraction);
    }
    *out++ = 'Z';
    return out;
}

void render_time(struct buf *buf, int64_t micros)
{
    char text[TIME_LEN];
    size_t len = (size_t)(put_time(text, micros) - text);
    buf_add(buf, text, len);
}

#define UUID_LEN 36

/* Two digits for each byte of the sixteen that begin with digit `d`. */
#define HEX_ROW(d)                                                                                 \
    d "0" d "1" d "2" d "3" d "4" d "5" d "6" d "7" d "8" d "9" d "a" d "b" d "c" d "d" d "e" d "f"

static char *put_uuid(char *out, const unsigned char *bytes)
{
    static const char pairs[] = HEX_ROW("0") HEX_ROW("1") HEX_ROW("2") HEX_ROW("3") HEX_ROW("4")
        HEX_ROW("5") HEX_ROW("6") HEX_ROW("7") HEX_ROW("8") HEX_ROW("9") HEX_ROW("a") HEX_ROW("b")
            HEX_ROW("c") HEX_ROW("d") HEX_ROW("e") HEX_ROW("f");
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        memcpy(out, pairs + (size_t)2 * bytes[i], 2);
        out += 2;
    }
    return out;
}

/* Room for `len` bytes and two quotes, the first of them written; end_quoted writes the other. */
static char *begin_quoted(struct buf *buf, size_t len)
{
    char *out = buf_reserve(buf, len + 2);
    if (out)
        *out++ = '"';
    return out;
}

static void end_quoted(struct buf *buf, char *out)
{
    *out++ = '"';
    buf->len = (size_t)(out - buf->data);
}

static enum column_type element_type(enum column_type type)
{
    switch (type) {
    case COLUMN_TEXT_ARRAY:
        return COLUMN_TEXT;
    case COLUMN_UUID_ARRAY:
        return COLUMN_UUID;
    case COLUMN_INT4_ARRAY:
        return COLUMN_INT4;
    case COLUMN_INT8_ARRAY:
        return COLUMN_INT8;
    default:
        return COLUMN_UNKNOWN;
    }
}

/* One-dimensional arrays only: dimensions, flags, element type; length and lower bound; elements.
 */
static bool add_array(struct buf *buf, enum column_type element, const unsigned char *data,
                      size_t len)
{
    if (len < 12)
        return false;
    uint32_t dimensions = read_u32(data);
    if (dimensions > 1)
        return false;
    buf_char(buf, '[');
    if (dimensions) {
        uint32_t count = read_u32(data + 12);
        const unsigned char *p = data + 20;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t size = read_u32(p);
            p += 4;
            if (i)
                buf_char(buf, ',');
            if (size == UINT32_MAX) {
                buf_text(buf, "null");
                continue;
            }
            if (!render_value(buf, element, p, size))
                return false;
            p += size;
        }
    }
    buf_char(buf, ']');
    return true;
}

static void add_timestamp(struct buf *buf, int64_t since_2000)
{
    if (since_2000 == INT64_MAX || since_2000 == INT64_MIN) { /* infinity */
        buf_text(buf, "null");
        return;
    }
    char *out = begin_quoted(buf, TIME_LEN);
    if (out)
        end_quoted(buf, put_time(out, since_2000 + POSTGRES_EPOCH_DAYS * DAY_MICROS));
}

static void add_date(struct buf *buf, int32_t since_2000)
{
    char *out = begin_quoted(buf, DATE_LEN);
    if (out)
        end_quoted(buf, put_date(out, (int64_t)since_2000 + POSTGRES_EPOCH_DAYS));
}

static void add_uuid(struct buf *buf, const unsigned char *bytes)
{
    char *out = begin_quoted(buf, UUID_LEN);
    if (out)
        end_quoted(buf, put_uuid(out, bytes));
}

bool render_value(struct buf *buf, enum column_type type, const void *data, size_t len)
{
    const unsigned char *bytes = data;
    switch (type) {
    case COLUMN_BOOL:
        buf_text(buf, bytes[0] ? "true" : "false");
        return true;
    case COLUMN_INT2:
        buf_int(buf, (int16_t)read_u16(bytes));
        return true;
    case COLUMN_INT4:
        buf_int(buf, (int32_t)read_u32(bytes));
        return true;
    case COLUMN_INT8:
    case COLUMN_XID8:
        buf_int(buf, (int64_t)read_u64(bytes));
        return true;
    case COLUMN_TEXT:
        buf_json_string(buf, data, len);
        return true;
    case COLUMN_UUID:
        add_uuid(buf, bytes);
        return true;
    case COLUMN_TIMESTAMPTZ:
        add_timestamp(buf, (int64_t)read_u64(bytes));
        return true;
    case COLUMN_DATE:
        add_date(buf, (int32_t)read_u32(bytes));
        return true;
    case COLUMN_JSON:
        buf_add(buf, data, len);
        return true;
    case COLUMN_JSONB: /* a version byte, then text */
        buf_add(buf, (const char *)data + 1, len - 1);
        return true;
    case COLUMN_TEXT_ARRAY:
    case COLUMN_UUID_ARRAY:
    case COLUMN_INT4_ARRAY:
    case COLUMN_INT8_ARRAY:
        return add_array(buf, element_type(type), bytes, len);
    case COLUMN_BYTEA:
    case COLUMN_UNKNOWN:
        break;
    }
    return false;
}

#define KEY_ROOM 32

/* What is the same for every row is worked out once. */
struct column_plan {
    size_t column;
    enum column_type type;
    const char *key; /* `,"name":`, in at least KEY_ROOM bytes */
    size_t key_len;
};

static bool listed(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static bool is_chosen(const struct render_choice *choice, const char *name)
{
    if (name[0] == '_')
        return false;
    if (choice->fields && !listed(choice->fields, name))
        return false;
    return !listed(choice->includes, name) || listed(choice->included, name);
}

static struct column_plan *plan_columns(struct arena *arena, const struct rows *rows,
                                        const struct render_choice *choice, size_t *count)
{
    struct column_plan *plan = arena_array(arena, rows->columns, sizeof *plan);
    *count = 0;
    for (size_t i = 0; i < rows->columns; i++) {
        const char *name = rows_name(rows, i);
        if (!is_chosen(choice, name))
            continue;
        struct column_plan *entry = &plan[(*count)++];
        entry->column = i;
        entry->type = rows_type(rows, i);
        size_t len = strlen(name);
        char *key = arena_alloc(arena, len + 4 < KEY_ROOM ? KEY_ROOM : len + 4);
        memcpy(key, ",\"", 2);
        memcpy(key + 2, name, len);
        memcpy(key + 2 + len, "\":", 2);
        entry->key = key;
        entry->key_len = len + 4;
    }
    return plan;
}

/* Copying as much as there is room for is one instruction or two, copying a length is a call. */
static void add_key(struct buf *buf, const struct column_plan *column)
{
    size_t room = column->key_len < KEY_ROOM ? KEY_ROOM : column->key_len;
    char *out = buf_reserve(buf, room);
    if (!out)
        return;
    if (room == KEY_ROOM)
        memcpy(out, column->key, KEY_ROOM);
    else
        memcpy(out, column->key, room);
    buf->len += column->key_len;
}

static bool write_row(struct buf *buf, const struct rows *rows, size_t row,
                      const struct column_plan *plan, size_t count)
{
    size_t start = buf->len;
    if (!count)
        buf_char(buf, '{');
    for (size_t i = 0; i < count; i++) {
        const struct column_plan *column = &plan[i];
        size_t len = 0;
        const void *data = rows_data(rows, row, column->column, &len);
        add_key(buf, column);
        if (!len && rows_is_null(rows, row, column->column))
            buf_add(buf, "null", 4);
        else if (!render_value(buf, column->type, data, len))
            return false;
    }
    buf_char(buf, '}');
    if (!buf->full)
        buf->data[start] = '{'; /* in place of the first key's comma */
    return true;
}

bool render_row(struct buf *buf, const struct rows *rows, size_t row,
                const struct render_choice *choice)
{
    size_t count = 0;
    const struct column_plan *plan = plan_columns(buf->arena, rows, choice, &count);
    return write_row(buf, rows, row, plan, count);
}

#define ROOM_MAX ((size_t)64 * 1024)

/* For all rows at once, if they are like the first, which took `len`; it saves growing. */
static void make_room(struct buf *buf, size_t len, size_t rows)
{
    size_t room = len < ROOM_MAX ? len * rows * 9 / 8 : ROOM_MAX;
    if (room < ROOM_MAX && room < buf->max - buf->len)
        (void)buf_reserve(buf, room);
}

bool render_rows(struct buf *buf, const struct rows *rows, size_t *row_count,
                 const struct render_choice *choice)
{
    assert(*row_count <= rows->count);
    size_t count = 0;
    const struct column_plan *plan = plan_columns(buf->arena, rows, choice, &count);
    buf_char(buf, '[');
    size_t start = buf->len;
    for (size_t row = 0; row < *row_count; row++) {
        if (row && choice->enough && buf->len - start >= choice->enough) {
            *row_count = row;
            break;
        }
        if (row)
            buf_char(buf, ',');
        if (!write_row(buf, rows, row, plan, count))
            return false;
        if (row == 0)
            make_room(buf, buf->len - start, *row_count - 1);
    }
    buf_char(buf, ']');
    return true;
}
