/* SPDX-License-Identifier: Apache-2.0 */
/* Counts random ballots from memory: tally_count METHOD OPTIONS BALLOTS SEATS [CONFIG]. Prints the
 * milliseconds of the processor that adding the ballots and counting them took and the peak of
 * memory, as JSON. tests/bench/tally.py calls it. */
#include "decide/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static uint64_t state = 20;

/* SplitMix64 */
static uint64_t any(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

static size_t below(size_t limit)
{
    return (size_t)((unsigned __int128)any() * limit >> 64);
}

/* Of the processor: what else the machine does is not counted. */
static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

struct bench {
    struct tally tally;
    struct arena arena;
    struct faults faults;
    const char *names[TALLY_OPTIONS_MAX];
    size_t n;
    struct json items[TALLY_OPTIONS_MAX], ranks[TALLY_OPTIONS_MAX];
    struct json_member members[TALLY_OPTIONS_MAX];
};

static struct json name_of(const struct bench *bench, size_t option)
{
    const char *name = bench->names[option];
    return (struct json){.type = JSON_TEXT, .text = {name, strlen(name)}};
}

/* The first option of a random order is more often a low one, so that counts are not all alike. */
static void shuffle(const struct bench *bench, size_t *order)
{
    size_t n = bench->n, first = below(below(n) + 1);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    order[0] = first;
    order[first] = 0;
    for (size_t i = n - 1; i > 1; i--) {
        size_t j = 1 + below(i), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

/* What a voter says; half of the rankings are partial. */
static struct json marks_of(struct bench *bench)
{
    size_t order[TALLY_OPTIONS_MAX], n = bench->n;
    enum tally_ballot kind = bench->tally.ballot;
    if (kind == TALLY_CHOICE)
        return name_of(bench, below(below(n) + 1));
    shuffle(bench, order);
    size_t count = below(2) ? n : 1 + below(n);
    if (kind == TALLY_SCORES || kind == TALLY_POINTS) {
        for (size_t i = 0; i < count; i++) {
            struct json value = {.type = JSON_INT, .integer = (int64_t)below(6)};
            const char *name = bench->names[order[i]];
            bench->members[i] = (struct json_member){name, strlen(name), value};
        }
        return (struct json){.type = JSON_MAP, .map = {bench->members, count}};
    }
    for (size_t i = 0; i < count; i++) {
        bench->items[i] = name_of(bench, order[i]);
        bench->ranks[i] = (struct json){.type = JSON_LIST, .list = {&bench->items[i], 1}};
    }
    return (struct json){.type = JSON_LIST,
                         .list = {kind == TALLY_RANKING ? bench->ranks : bench->items, count}};
}

static bool set_up(struct bench *bench, char **argv, const char *config)
{
    struct tally_setup setup = {.options = bench->names, .electorate = -1};
    struct json json = {.type = JSON_NULL_VALUE};
    struct json_error error;
    arena_init(&bench->arena);
    faults_init(&bench->faults, &bench->arena);
    bench->n = setup.option_count = strtoul(argv[2], NULL, 10);
    setup.seats = strtol(argv[4], NULL, 10);
    if (!tally_method_find(argv[1], &setup.method) || bench->n > TALLY_OPTIONS_MAX ||
        !json_read(&bench->arena, config, strlen(config), &json, &error))
        return false;
    setup.config = &json;
    for (size_t i = 0; i < bench->n; i++)
        bench->names[i] = arena_printf(&bench->arena, "option %zu", i);
    if (setup.method == TALLY_MAJORITY) {
        bench->names[0] = "yes";
        bench->names[1] = "no";
        bench->n = 2;
    }
    return tally_init(&bench->arena, &bench->tally, &setup, "", &bench->faults);
}

static bool add(struct bench *bench, size_t ballots)
{
    static const char *const kinds[] = {"choice", "approve", "ranking", "scores", "points"};
    const char *kind = kinds[bench->tally.ballot];
    for (size_t b = 0; b < ballots; b++) {
        struct json_member member = {kind, strlen(kind), marks_of(bench)};
        struct json ballot = {.type = JSON_MAP, .map = {&member, 1}};
        if (!tally_add_ballot(&bench->tally, &ballot, 1, 1, "", &bench->faults))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct tally_result result;
    struct rusage usage;
    if (argc < 5 || !set_up(&bench, argv, argc > 5 ? argv[5] : "{}")) {
        fprintf(stderr, "usage: tally_count METHOD OPTIONS BALLOTS SEATS [CONFIG]\n");
        return 2;
    }
    double start = now();
    if (!add(&bench, strtoul(argv[3], NULL, 10))) {
        fprintf(stderr, "%s %s\n", bench.faults.items[0].pointer, bench.faults.items[0].detail);
        return 1;
    }
    double added = now();
    tally_count(&bench.arena, &bench.tally, &result);
    double counted = now();
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"add\": %.1f, \"count\": %.2f, \"peak_kb\": %ld, \"outcome\": \"%s\"}\n",
           added - start, counted - added, usage.ru_maxrss, tally_outcome_name(result.outcome));
    arena_release(&bench.arena);
    return 0;
}
