/* SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include "admin.h"
#include "background.h"
#include "crypto.h"
#include "db_reads.h"
#include "handle.h"
#include "http.h"
#include "log.h"
#include "migrate.h"
#include "validate.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* ---- what all requests share ---- */

static const char *const *split_origins(struct arena *arena, const char *text)
{
    const char **origins = arena_array(arena, strlen(text) + 2, sizeof *origins);
    size_t count = 0;
    while (*text) {
        text += strspn(text, ", ");
        size_t len = strcspn(text, ", ");
        if (len)
            origins[count++] = arena_strndup(arena, text, len);
        text += len;
    }
    return origins;
}

/* All instances that share the key file make and read each other's cursors. */
static void derive_cursor_key(struct service *service, const char *key_file)
{
    unsigned char pem[16384];
    FILE *file = fopen(key_file, "re");
    size_t len = file ? fread(pem, 1, sizeof pem, file) : 0;
    if (file)
        (void)fclose(file);
    static const char purpose[] = "cohelm cursor key 1";
    unsigned char key[SHA256_LEN];
    hmac_sha256(pem, len, purpose, sizeof purpose, key);
    service->cursor_key = mac_key_new(key, sizeof key);
    bytes_wipe(pem, sizeof pem);
    bytes_wipe(key, sizeof key);
}

bool service_open(struct service *service, struct arena *arena, const char **why)
{
    const struct config *config = &service->config;
    if (!config->key_file) {
        *why =
            "COHELM_KEY_FILE is not set: say where the private key of the service's tokens is kept";
        return false;
    }
    service->signer =
        signer_open(arena, config->key_file, config->public_url, config->audience, why);
    if (!service->signer)
        return false;
    derive_cursor_key(service, config->key_file);
    struct issuers_options options = {.file = config->issuers_file,
                                      .builtin_issuer = config->public_url,
                                      .builtin_audience = config->audience,
                                      .builtin_keys = signer_keys(service->signer)};
    service->issuers = issuers_open(arena, &options, why);
    if (!service->issuers)
        return false;
    service->auth_cache = auth_cache_new();
    service->limiter = limiter_new(config->rate_limit, config->rate_window);
    service->metrics = metrics_new();
    service->cors_origins = split_origins(arena, config->cors_origins);
    return true;
}

void service_close(struct service *service)
{
    if (service->issuers)
        issuers_close(service->issuers);
    if (service->signer)
        signer_close(service->signer);
    mac_key_free(service->cursor_key);
    auth_cache_free(service->auth_cache);
    limiter_free(service->limiter);
    metrics_free(service->metrics);
}

/* ---- workers and their database connections ---- */

struct workers {
    struct handler *handlers;
    void **contexts;
    size_t count;
};

static void connect_pool(void *worker)
{
    db_pool_connect(((struct handler *)worker)->pool);
}

static void *connect_pool_thread(void *worker)
{
    connect_pool(worker);
    return NULL;
}

/* Without fibers a worker can't connect while it answers. */
static void connect_all(const struct workers *workers, struct arena *arena)
{
    pthread_t *threads = arena_array(arena, workers->count, sizeof *threads);
    for (size_t i = 0; i < workers->count; i++)
        if (pthread_create(&threads[i], NULL, connect_pool_thread, workers->contexts[i]) != 0)
            abort();
    for (size_t i = 0; i < workers->count; i++)
        pthread_join(threads[i], NULL);
}

/* What is left to us is chosen for the machine. Few connections keep the processors at work; more
 * only make PostgreSQL's processes wait for each other. */
static void choose_sizes(struct config *config)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!config->threads)
        config->threads = processors < 1 ? 1 : processors > 64 ? 64 : (int)processors;
    if (!config->db_connections)
        config->db_connections = config->threads > 64 ? 256 : config->threads * 4;
}

static size_t worker_count(const struct config *config)
{
    int threads = config->threads;
    return (size_t)(config->fibers && threads < config->db_connections ? threads
                                                                       : config->db_connections);
}

static void make_workers(struct workers *workers, struct service *service,
                         const struct db_settings *settings, struct arena *arena)
{
    const struct config *config = &service->config;
    size_t count = worker_count(config);
    workers->count = count;
    workers->handlers = arena_array(arena, count, sizeof *workers->handlers);
    workers->contexts = arena_array(arena, count, sizeof(void *));
    for (size_t i = 0; i < count; i++) {
        size_t connections = ((size_t)config->db_connections + count - 1 - i) / count;
        workers->handlers[i].service = service;
        workers->handlers[i].pool = db_pool_new(settings, connections);
        workers->handlers[i].reads = db_reads_new(workers->handlers[i].pool);
        workers->contexts[i] = &workers->handlers[i];
    }
    if (!config->fibers)
        connect_all(workers, arena);
}

static void free_workers(struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++) {
        db_reads_free(workers->handlers[i].reads);
        db_pool_free(workers->handlers[i].pool);
    }
}

static bool check_schema(struct db *db, int *epoch, struct arena *arena, const char **why)
{
    if (db_connect_bare(db, why))
        return migrate_check(db, arena, epoch, why);
    *why = arena_printf(arena, "can't reach the database: %s", *why);
    return false;
}

/* ---- running ---- */

static void wait_for_signals(struct service *service, const sigset_t *signals)
{
    for (;;) {
        int signal = sigwaitinfo(signals, NULL);
        if (signal == SIGTERM || signal == SIGINT)
            return;
        if (signal != SIGHUP)
            continue;
        struct arena arena;
        const char *why = NULL;
        arena_init(&arena);
        if (issuers_reload(service->issuers, &arena, &why))
            log_info("keys and issuers were read anew", NULL);
        else
            log_error("keys and issuers stay as they were", "error", why, NULL);
        arena_release(&arena);
    }
}

/* A connection needs a file descriptor; the limit that a process starts with is often 1024. Where
 * it can't be raised far enough, fewer connections are taken: with none left the database could not
 * be reached again either. */
static void provide_descriptors(struct config *config)
{
    struct rlimit limit;
    rlim_t others = (rlim_t)config->db_connections * 4 + 128;
    rlim_t each = config->fibers ? 2 : 1; /* a fiber polls its connection by another one */
    rlim_t want = (rlim_t)config->max_connections * each + others;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= want)
        return;
    limit.rlim_cur = limit.rlim_max < want ? limit.rlim_max : want;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= want)
        return;
    config->max_connections =
        limit.rlim_cur > others + 16 * each ? (int)((limit.rlim_cur - others) / each) : 16;
    log_error("the limit of open files allows fewer connections than COHELM_MAX_CONNECTIONS", NULL);
}

static int refuse(const char *why)
{
    fprintf(stderr, "cohelm: %s\n", why);
    return 1;
}

static int run(struct admin *admin, const struct workers *workers,
               const struct db_settings *settings, struct arena *arena, const sigset_t *signals)
{
    struct service *service = admin->service;
    const struct config *config = &service->config;
    const char *why = NULL;
    void *admin_context[] = {admin};
    struct http_settings admin_settings = {.listen = config->admin_listen,
                                           .workers = 1,
                                           .worker_contexts = admin_context,
                                           .handler = admin_handle,
                                           .max_connections = 64,
                                           .idle_timeout = 10,
                                           .body_max = 0};
    struct http_settings api_settings = {.listen = config->listen,
                                         .workers = workers->count,
                                         .worker_contexts = workers->contexts,
                                         .fibers = config->fibers,
                                         .first_fiber = connect_pool,
                                         .handler = handle,
                                         .trusted_proxy = config->trusted_proxy,
                                         .max_connections = (size_t)config->max_connections,
                                         .idle_timeout = (unsigned)config->idle_timeout,
                                         .body_max = REQUEST_BODY_MAX};
    struct http *admin_http = http_start(&admin_settings, arena, &why);
    struct http *api = admin_http ? http_start(&api_settings, arena, &why) : NULL;
    if (!api) {
        if (admin_http)
            http_stop(admin_http, 0);
        return refuse(why);
    }
    struct background *background = background_start(service, settings);
    printf("listening on http://%s (admin on port %u)\n", config->listen, http_port(admin_http));
    (void)fflush(stdout);

    wait_for_signals(service, signals);
    log_info("stopping", NULL);
    atomic_store(&service->draining, true);
    background_stop(background);
    http_stop(api, (unsigned)config->drain_seconds);
    http_stop(admin_http, 0);
    return 0;
}

int serve(struct service *service, struct arena *arena)
{
    const struct config *config = &service->config;
    const char *why = NULL;
    if (!config->database_url)
        return refuse("DATABASE_URL is not set");
    choose_sizes(&service->config);
    provide_descriptors(&service->config);
    /* Set, it stays so: else the first large block that is freed makes malloc keep all such blocks.
     */
    (void)mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    /* Those that answer have memory of their own; the threads beside them share what is left. */
    (void)mallopt(M_ARENA_MAX, service->config.threads + 2);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);

    struct db_settings settings = {.url = config->database_url,
                                   .statement_timeout_ms = config->statement_timeout_ms,
                                   .lock_timeout_ms = config->lock_timeout_ms,
                                   .named_statements = config->named_statements};
    /* Connected first and kept, so that /ready does not compete with the workers for the last one.
     */
    struct db *db = db_new(&settings);
    if (!check_schema(db, &settings.epoch, arena, &why) || !service_open(service, arena, &why)) {
        service_close(service);
        db_close(db);
        return refuse(why);
    }
    validate_prepare();
    struct workers workers = {0};
    make_workers(&workers, service, &settings, arena);
    struct admin admin = {.service = service, .readiness = readiness_start(db)};
    int status = run(&admin, &workers, &settings, arena, &signals);
    readiness_stop(admin.readiness);
    free_workers(&workers);
    db_close(db);
    service_close(service);
    return status;
}
