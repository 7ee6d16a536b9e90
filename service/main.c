/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#include "clock.h"
#include "config.h"
#include "log.h"
#include "migrate.h"
#include "probe.h"
#include "serve.h"
#include "tally_file.h"
#include "verify_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    const char *name;
    int (*run)(struct service *service, struct arena *arena, int argc, char **argv);
    const char *about;
};

static int refuse(const char *why)
{
    fprintf(stderr, "cohelm: %s\n", why);
    return 1;
}

static int run_serve(struct service *service, struct arena *arena, int argc, char **argv)
{
    (void)argv;
    return argc ? refuse("serve takes no arguments; settings come from the environment, see cohelm "
                         "--help")
                : serve(service, arena);
}

static int run_migrate(struct service *service, struct arena *arena, int argc, char **argv)
{
    const char *why = NULL;
    (void)argv;
    if (argc)
        return refuse("migrate takes no arguments; DATABASE_URL says which database");
    if (!service->config.database_url)
        return refuse("DATABASE_URL is not set");
    return migrate(service->config.database_url, arena, &why) ? 0 : refuse(why);
}

static int run_check(struct service *service, struct arena *arena, int argc, char **argv)
{
    const char *why = NULL;
    if (argc == 1 && strcmp(argv[0], "--ready") == 0) {
        bool ready = probe_ready(service->config.admin_listen, arena, &why);
        printf("%s\n", why);
        return ready ? 0 : 1;
    }
    if (argc)
        return refuse("usage: cohelm check [--ready]");
    bool good = service_open(service, arena, &why);
    service_close(service);
    if (!good)
        return refuse(why);
    printf("the configuration is valid\n");
    return 0;
}

/* ---- token ---- */

/* "90s", "15m", "1h", "7d" to seconds; 0 when it is none of these. */
static int64_t parse_ttl(const char *text)
{
    char *unit = NULL;
    long count = strtol(text, &unit, 10);
    int64_t factor = 0;
    if (count <= 0 || count > 1000000 || !*unit || unit[1])
        return 0;
    switch (*unit) {
    case 's':
        factor = 1;
        break;
    case 'm':
        factor = 60;
        break;
    case 'h':
        factor = 3600;
        break;
    case 'd':
        factor = 86400;
        break;
    default:
        return 0;
    }
    return count * factor;
}

static bool read_grant(struct token_grant *grant, int argc, char **argv, const char **why)
{
    static const char usage[] = "usage: cohelm token --subject NAME [--email E] [--name N] "
                                "[--scope S] [--organisation ID] [--ttl 1h]";
    *grant = (struct token_grant){.lifetime = 3600};
    *why = usage;
    for (int i = 0; i + 1 < argc; i += 2) {
        const char *value = argv[i + 1];
        if (strcmp(argv[i], "--subject") == 0)
            grant->subject = value;
        else if (strcmp(argv[i], "--email") == 0)
            grant->email = value;
        else if (strcmp(argv[i], "--name") == 0)
            grant->name = value;
        else if (strcmp(argv[i], "--scope") == 0)
            grant->scope = value;
        else if (strcmp(argv[i], "--organisation") == 0)
            grant->organisation = value;
        else if (strcmp(argv[i], "--ttl") == 0)
            grant->lifetime = parse_ttl(value);
        else
            return false;
    }
    if (!grant->lifetime)
        *why = "--ttl must be a number with s, m, h or d, like 15m";
    return argc % 2 == 0 && grant->subject && *grant->subject && grant->lifetime;
}

static int run_token(struct service *service, struct arena *arena, int argc, char **argv)
{
    const char *why = NULL;
    struct token_grant grant;
    const struct config *config = &service->config;
    if (!read_grant(&grant, argc, argv, &why))
        return refuse(why);
    if (!config->key_file)
        return refuse("COHELM_KEY_FILE is not set: name the key file that the service uses");
    struct signer *signer =
        signer_open(arena, config->key_file, config->public_url, config->audience, &why);
    if (!signer)
        return refuse(why);
    const char *token = token_issue(signer, arena, &grant, clock_now() / 1000000);
    if (token)
        printf("%s\n", token);
    signer_close(signer);
    return token ? 0 : refuse("the token can't be signed");
}

/* ---- tally ---- */

static int run_tally(struct service *service, struct arena *arena, int argc, char **argv)
{
    (void)service;
    return tally_file_count(arena, argc, argv);
}

/* ---- verify ---- */

/* 2 is for what can't be read at all, so that a script can tell it from a record that is wrong. */
static int run_verify(struct service *service, struct arena *arena, int argc, char **argv)
{
    (void)service;
    (void)arena;
    const char *hash = NULL, *jwks = NULL;
    for (; argc > 1 && strncmp(argv[0], "--", 2) == 0; argv += 2, argc -= 2) {
        if (strcmp(argv[0], "--hash") == 0)
            hash = argv[1];
        else if (strcmp(argv[0], "--jwks") == 0)
            jwks = argv[1];
        else
            break;
    }
    if (!argc || strncmp(argv[0], "--", 2) == 0) {
        (void)refuse("usage: cohelm verify [--jwks FILE] [--hash HASH] FILE ... (- for standard "
                     "input)");
        return 2;
    }
    return verify_files(argv, argc, hash, jwks);
}

/* ---- help ---- */

static const struct command commands[] = {
    {"serve", run_serve, "serve the API until SIGTERM or SIGINT"},
    {"migrate", run_migrate,
     "bring the database to this version's schema (as the owner of the schema)"},
    {"token", run_token,
     "print an access token of the built-in issuer: --subject NAME [--email E] [--name N]\n"
     "            [--scope S] [--organisation ID] [--ttl 1h]"},
    {"tally", run_tally,
     "count the ballots of a file (.json, .blt, PrefLib, .abif): [--method METHOD] [--seats N]\n"
     "            [--electorate N] [--config JSON] [--format FORMAT] [--report] FILE"},
    {"verify", run_verify,
     "check exported records (.../record as JSON): [--jwks FILE] [--hash HASH] FILE ...;\n"
     "            recounts each, checks the hash chain of its audit rows and with --jwks that it\n"
     "            is signed by one of these keys (/.well-known/jwks.json), and says what differs"},
    {"check", run_check,
     "check the configuration and say what is wrong;\n"
     "            --ready: ask the running service whether it is ready"},
};

static int print_help(struct arena *arena)
{
    printf("Cohelm - distributed leadership as a service\n\nusage: cohelm COMMAND [ARGUMENTS]\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        printf("  %-8s  %s\n", commands[i].name, commands[i].about);
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    config_help(&buf);
    printf("\nsettings (environment):\n%s", buf_cstr(&buf));
    return 0;
}

static enum log_level level_of(const char *text)
{
    if (strcmp(text, "error") == 0)
        return LOG_LEVEL_ERROR;
    return strcmp(text, "info") == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_REQUESTS;
}

static int dispatch(struct arena *arena, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0 || strcmp(name, "-h") == 0)
        return print_help(arena);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        struct service service = {0};
        const char *why = NULL;
        if (!config_read(&service.config, arena, &why))
            return refuse(why);
        log_set_level(level_of(service.config.log));
        return commands[i].run(&service, arena, argc - 2, argv + 2);
    }
    fprintf(stderr, "cohelm: there is no command %s; see cohelm --help\n", name);
    return 2;
}

int main(int argc, char **argv)
{
    struct arena arena;
    arena_init(&arena);
    int status = dispatch(&arena, argc, argv);
    arena_release(&arena);
    return status;
}
