/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { KIND_TEXT, KIND_NUMBER, KIND_SWITCH };

struct setting {
    const char *name;
    enum kind kind;
    size_t offset;
    const char *otherwise; /* default; NULL: none, NULL is kept */
    int low, high;
    const char *about;
};

#define TEXT(name, member, otherwise, about)                                                       \
    {                                                                                              \
        name, KIND_TEXT, offsetof(struct config, member), otherwise, 0, 0, about                   \
    }
#define NUMBER(name, member, otherwise, low, high, about)                                          \
    {                                                                                              \
        name, KIND_NUMBER, offsetof(struct config, member), otherwise, low, high, about            \
    }
#define SWITCH(name, member, otherwise, about)                                                     \
    {                                                                                              \
        name, KIND_SWITCH, offsetof(struct config, member), otherwise, 0, 0, about                 \
    }

static const struct setting settings[] = {
    TEXT("COHELM_LISTEN", listen, "127.0.0.1:8080", "address of the API"),
    TEXT("COHELM_ADMIN_LISTEN", admin_listen, "127.0.0.1:8081",
         "address of /live, /ready and /metrics"),
    TEXT("COHELM_PUBLIC_URL", public_url, "http://127.0.0.1:8080",
         "how clients reach the service; also the issuer of its tokens"),
    TEXT("DATABASE_URL", database_url, NULL,
         "PostgreSQL connection string (for migrate: of the owner of the schema)"),
    TEXT("COHELM_KEY_FILE", key_file, NULL,
         "private key of the built-in token issuer (PEM); made if there is none"),
    TEXT("COHELM_AUDIENCE", audience, "cohelm",
         "audience of the tokens that the built-in issuer makes"),
    TEXT("COHELM_ISSUERS_FILE", issuers_file, NULL, "JSON file of further token issuers"),
    TEXT("COHELM_CORS_ORIGINS", cors_origins, "",
         "origins that browsers may call from, comma-separated"),
    TEXT("COHELM_TRUSTED_PROXY", trusted_proxy, "",
         "IPv4 address of the proxy whose X-Forwarded-For is believed"),
    TEXT("COHELM_LOG", log, "requests", "how much is logged: requests, info or error"),
    NUMBER("COHELM_DB_CONNECTIONS", db_connections, "0", 0, 256,
           "database connections that requests share, of each thread's one for reading only; "
           "0: four per thread"),
    NUMBER("COHELM_THREADS", threads, "0", 0, 256, "threads that answer; 0: one per processor"),
    SWITCH("COHELM_FIBERS", fibers, "on",
           "off: a thread per database connection, each answering one request after the other"),
    NUMBER("COHELM_MAX_CONNECTIONS", max_connections, "4096", 16, 100000,
           "connections of clients at once"),
    NUMBER("COHELM_IDLE_TIMEOUT", idle_timeout, "30", 1, 3600,
           "seconds after which a silent connection is closed"),
    NUMBER("COHELM_DRAIN_SECONDS", drain_seconds, "10", 0, 600,
           "how long requests in flight are waited for when stopping"),
    NUMBER("COHELM_STATEMENT_TIMEOUT_MS", statement_timeout_ms, "1000", 10, 600000,
           "longest a database statement may take"),
    NUMBER("COHELM_BACKGROUND_TIMEOUT_MS", background_timeout_ms, "60000", 10, 3600000,
           "longest a statement of jobs and of other work in the background may take"),
    NUMBER("COHELM_LOCK_TIMEOUT_MS", lock_timeout_ms, "250", 1, 600000,
           "longest a statement waits for a lock"),
    NUMBER("COHELM_RATE_LIMIT", rate_limit, "600", 0, 1000000000,
           "requests per principal and window; 0 for no limit"),
    NUMBER("COHELM_RATE_WINDOW", rate_window, "60", 1, 3600, "seconds of that window"),
    NUMBER("COHELM_SETTLE_SECONDS", settle_seconds, "5", 1, 3600,
           "how often decisions whose time has come are settled"),
    SWITCH("COHELM_NAMED_STATEMENTS", named_statements, "on",
           "off behind a pooler that can't keep prepared statements"),
};

#define SETTING_COUNT (sizeof settings / sizeof *settings)

/* The value of NAME in the lines of a file, or NULL. */
static const char *value_in_file(const char *text, const char *name, struct arena *arena)
{
    size_t name_len = strlen(name);
    for (const char *line = text; line && *line;) {
        const char *end = strchrnul(line, '\n');
        if (strncmp(line, name, name_len) == 0 && line[name_len] == '=')
            return arena_strndup(arena, line + name_len + 1, (size_t)(end - line) - name_len - 1);
        line = *end ? end + 1 : end;
    }
    return NULL;
}

static const char *read_file(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *text = arena_alloc(arena, 65536);
    size_t len = fread(text, 1, 65535, file);
    text[len] = '\0';
    (void)fclose(file);
    return text;
}

static bool set_number(const struct setting *setting, const char *value, int *number,
                       struct arena *arena, const char **why)
{
    char *end = NULL;
    long parsed = strtol(value, &end, 10);
    if (!*value || *end || parsed < setting->low || parsed > setting->high) {
        *why = arena_printf(arena, "%s is \"%s\"; it must be a number from %d to %d", setting->name,
                            value, setting->low, setting->high);
        return false;
    }
    *number = (int)parsed;
    return true;
}

static bool set_switch(const struct setting *setting, const char *value, bool *on,
                       struct arena *arena, const char **why)
{
    *on = strcmp(value, "on") == 0;
    if (*on || strcmp(value, "off") == 0)
        return true;
    *why = arena_printf(arena, "%s is \"%s\"; it must be on or off", setting->name, value);
    return false;
}

static bool set_one(struct config *config, const struct setting *setting, const char *value,
                    struct arena *arena, const char **why)
{
    void *member = (char *)config + setting->offset;
    switch (setting->kind) {
    case KIND_TEXT:
        *(const char **)member = value;
        return true;
    case KIND_NUMBER:
        return set_number(setting, value, member, arena, why);
    case KIND_SWITCH:
        return set_switch(setting, value, member, arena, why);
    }
    return false;
}

static bool check(struct config *config, struct arena *arena, const char **why)
{
    size_t len = strlen(config->public_url);
    size_t scheme = strncmp(config->public_url, "http://", 7) == 0    ? 7
                    : strncmp(config->public_url, "https://", 8) == 0 ? 8
                                                                      : len;
    if (scheme == len) {
        *why = "COHELM_PUBLIC_URL must begin with http:// or https://, and name a host";
        return false;
    }
    if (config->public_url[len - 1] == '/')
        config->public_url = arena_strndup(arena, config->public_url, len - 1);
    if (!*config->audience) {
        *why = "COHELM_AUDIENCE is empty: tokens for other services would be accepted";
        return false;
    }
    struct in_addr proxy;
    if (*config->trusted_proxy && inet_pton(AF_INET, config->trusted_proxy, &proxy) != 1) {
        *why = arena_printf(arena, "COHELM_TRUSTED_PROXY is \"%s\"; it must be an IPv4 address",
                            config->trusted_proxy);
        return false;
    }
    if (strcmp(config->log, "requests") != 0 && strcmp(config->log, "info") != 0 &&
        strcmp(config->log, "error") != 0) {
        *why = "COHELM_LOG must be requests, info or error";
        return false;
    }
    return true;
}

bool config_read(struct config *config, struct arena *arena, const char **why)
{
    const char *path = getenv("COHELM_CONFIG");
    const char *text = NULL;
    if (path && !(text = read_file(path, arena))) {
        *why = arena_printf(arena, "COHELM_CONFIG names %s, which can't be read", path);
        return false;
    }
    *config = (struct config){0};
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *value = getenv(settings[i].name);
        if (!value)
            value = value_in_file(text, settings[i].name, arena);
        if (!value)
            value = settings[i].otherwise;
        if (value && !set_one(config, &settings[i], value, arena, why))
            return false;
    }
    return check(config, arena, why);
}

void config_help(struct buf *buf)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        buf_printf(buf, "  %-28s %s%s%s%s\n", settings[i].name, settings[i].about,
                   settings[i].otherwise ? " [" : "",
                   settings[i].otherwise ? settings[i].otherwise : "",
                   settings[i].otherwise ? "]" : "");
    buf_printf(buf, "  %-28s %s\n", "COHELM_CONFIG",
               "file of NAME=value lines with any of these; the environment wins");
}
