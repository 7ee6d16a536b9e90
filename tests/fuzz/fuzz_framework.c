/* SPDX-License-Identifier: Apache-2.0 */
/* Any JSON text as a framework's definition. What framework_read takes must then carry a decision
 * from opening to far beyond every limit, the same way in one step as in many, and be recounted.
 * Seeds: sql/seed/frameworks. */
#include "decide/decide.h"

#include <stdlib.h>
#include <string.h>

#define DAY (INT64_C(86400) * 1000000)
#define ALL_ROLES ((framework_roles)~0U)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void carry(struct arena *arena, const struct framework *framework)
{
    static const struct decide_elector electors[] = {
        {.member = "a", .roles = ALL_ROLES, .weight = 1, .notified = true},
        {.member = "b", .roles = ALL_ROLES, .weight = 2}};
    static const struct decide_option options[] = {{"A", "A"}, {"B", "B"}};
    struct decide_case once = {.arena = arena,
                               .framework = framework,
                               .proposer = "a",
                               .electors = electors,
                               .elector_count = 2,
                               .options = options,
                               .option_count = 2};
    struct decide_step step;
    struct decide_result result;
    struct buf report;
    decide_open(&once, &step);
    decide_apply(&once, &step);
    struct decide_case often = once;
    once.now = 4000000 * DAY;
    decide_settle(&once, &step);
    decide_apply(&once, &step);
    for (int64_t days = 1; days <= 4000000; days *= 3) {
        struct decide_step part;
        often.now = days * DAY;
        decide_settle(&often, &part);
        decide_apply(&often, &part);
    }
    struct decide_step rest;
    often.now = once.now;
    decide_settle(&often, &rest);
    decide_apply(&often, &rest);
    must(once.status == often.status);
    must(once.phase == often.phase && once.closed_at == often.closed_at);
    buf_init(&report, arena, (size_t)1 << 20);
    decide_count(&once, &result, &report);
    must(once.status != DECIDE_CLOSED ||
         (report.len == step.report_len && memcmp(report.data, step.report, report.len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct json definition;
    struct json_error error;
    struct framework framework;
    struct faults faults;
    arena_init(&arena);
    faults_init(&faults, &arena);
    if (json_read(&arena, (const char *)data, size, &definition, &error)) {
        bool fine = framework_read(&arena, &definition, &framework, &faults);
        must(fine == !faults.found);
        if (fine)
            carry(&arena, &framework);
    }
    arena_release(&arena);
    return 0;
}
