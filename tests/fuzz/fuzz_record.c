/* SPDX-License-Identifier: Apache-2.0 */
/* Any JSON text as the record of a decision: it is checked to its end, whatever stands in it, and
 * says why it does not verify. The input may also be a signature alone. Seeds: records around the
 * frameworks of sql/seed. */
#include "check.h"

#include "jws.h"
#include "record.h"

static void check_signature(struct arena *arena, const char *text, size_t len)
{
    struct jws jws;
    const char *why = NULL;
    bool good = jws_read(arena, text, len, &jws, &why);
    must(good || (why && *why), "a signature is refused without a reason");
    must(!good || (jws.signed_len < len && jws.signature_len <= len), "parts outside of the text");
}

static void check_record(struct arena *arena, const struct json *record)
{
    struct record_check check;
    record_check_init(&check, arena, "");
    record_check_trail(&check, record);
    record_check_count(&check, record);
    record_check_signature(&check, record, NULL);
    must(check.count > 0, "the fuzzer made a record that verifies");
    must(*buf_cstr(&check.differences), "refused without a reason");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct arena arena;
    struct json record;
    struct json_error error;
    arena_init(&arena);
    check_signature(&arena, text, size);
    if (json_read(&arena, text, size, &record, &error) && record.type == JSON_MAP)
        check_record(&arena, &record);
    arena_release(&arena);
    return 0;
}
