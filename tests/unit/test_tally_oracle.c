/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of random profiles against tally_oracle.py, an independent count. */
#include "tally_help.h"

/* Every member of `expected` is in `actual`; lists and other values are equal. */
static bool holds(const struct json *actual, const struct json *expected)
{
    if (!actual)
        return false;
    if (expected->type == JSON_LIST && actual->type == JSON_LIST) {
        if (actual->list.count != expected->list.count)
            return false;
        for (size_t i = 0; i < expected->list.count; i++)
            if (!holds(&actual->list.items[i], &expected->list.items[i]))
                return false;
        return true;
    }
    if (expected->type != JSON_MAP)
        return json_same(actual, expected);
    for (size_t i = 0; i < expected->map.count; i++)
        if (!holds(json_get(actual, expected->map.members[i].key), &expected->map.members[i].value))
            return false;
    return true;
}

static bool contains(const struct json *list, const struct json *item)
{
    for (size_t i = 0; i < list->list.count; i++)
        if (json_same(&list->list.items[i], item))
            return true;
    return false;
}

/* Equal but for the order of options: lists of texts are compared as sets. */
static bool alike(const struct json *a, const struct json *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == JSON_LIST) {
        bool texts = a->list.count && a->list.items[0].type == JSON_TEXT;
        if (a->list.count != b->list.count)
            return false;
        for (size_t i = 0; i < a->list.count; i++)
            if (texts ? !contains(b, &a->list.items[i])
                      : !alike(&a->list.items[i], &b->list.items[i]))
                return false;
        return true;
    }
    if (a->type != JSON_MAP)
        return json_same(a, b);
    for (size_t i = 0; i < a->map.count; i++) {
        const struct json *other = json_get(b, a->map.members[i].key);
        if (!other || !alike(&a->map.members[i].value, other))
            return false;
    }
    return a->map.count == b->map.count;
}

/* A permuted tally may lock equal pairs in another order, which the report shows. */
static bool same_result(const struct json *a, const struct json *b)
{
    static const char *const keys[] = {"outcome", "winners", "ranking", "ties", "quorum"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (!alike(json_get(a, keys[i]), json_get(b, keys[i])))
            return false;
    return true;
}

static bool right(const struct json *line, const char **actual)
{
    *actual = help_count(json_get(line, "request"));
    if ((*actual)[0] != '{')
        return false;
    struct json response = help_json(*actual);
    const struct json *expect = json_get(line, "expect"), *as = json_get(line, "as");
    const struct json *still = json_get(line, "still");
    if (expect)
        return holds(&response, expect);
    if (still)
        return contains(json_get(&response, "winners"), still);
    struct json other = help_json(help_count(as));
    return as && other.type == JSON_MAP && same_result(&response, &other);
}

TEST(oracle__random_profiles)
{
    const char *slash = strrchr(__FILE__, '/');
    const char *command = arena_printf(&help_arena, "/usr/bin/python3 -B %.*stally_oracle.py %s",
                                       slash ? (int)(slash - __FILE__ + 1) : 0, __FILE__,
                                       getenv("ORACLE") ? getenv("ORACLE") : "");
    FILE *oracle = popen(command, "r");
    char *text = NULL;
    size_t size = 0, lines = 0, wrong = 0;
    ssize_t len;
    EXPECT(oracle != NULL);
    while (oracle && (len = getline(&text, &size, oracle)) > 0) {
        struct arena kept = help_arena; /* all that a line needs goes with it */
        arena_init(&help_arena);
        struct json line = help_json(text);
        const char *actual = NULL;
        lines++;
        if (!right(&line, &actual) && ++wrong <= 3)
            printf("# %s# gives %s\n", text, actual);
        arena_release(&help_arena);
        help_arena = kept;
    }
    free(text);
    EXPECT(oracle && pclose(oracle) == 0);
    EXPECT(lines > 1000);
    EXPECT(wrong == 0);
    printf("# %zu checks, %zu wrong\n", lines, wrong);
}
