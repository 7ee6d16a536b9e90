/* SPDX-License-Identifier: Apache-2.0 */
#include "migrate.h"

#include "asset.h"
#include "decide/delegation.h"
#include "operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Any number does, as long as every version of the service takes the same. */
#define ADVISORY_LOCK "7021744208814"

static const char journal_sql[] =
    "create table if not exists schema_migrations ("
    " name text not null, sha256 text not null, applied_at timestamptz not null default now(),"
    " constraint schema_migrations_pkey primary key (name));"
    "comment on table schema_migrations is 'The migrations that were applied, with their "
    "checksums.';"
    "do $$ begin if exists (select from pg_roles where rolname = 'cohelm_service') then"
    " grant select on schema_migrations to cohelm_service; end if; end $$";

/* ---- applied migrations ---- */

static const char *applied_checksum(struct db *db, struct arena *arena, const char *name,
                                    const char **why)
{
    struct rows rows;
    const char *sql =
        arena_printf(arena, "select sha256 from schema_migrations where name = '%s'", name);
    if (!db_script(db, sql, arena, &rows, why))
        return NULL;
    return rows.count ? rows_text(&rows, 0, "sha256", arena) : "";
}

static bool apply(struct db *db, struct arena *arena, const struct asset *migration,
                  const char **why)
{
    const char *checksum = applied_checksum(db, arena, migration->name, why);
    if (!checksum)
        return false;
    if (strcmp(checksum, migration->sha256) == 0)
        return true;
    if (*checksum) {
        *why = arena_printf(
            arena, "migration %s was applied with other contents; migrations are never changed",
            migration->name);
        return false;
    }
    struct rows rows;
    const char *error = NULL;
    const char *sql = arena_printf(
        arena,
        "begin;\n%s;\ninsert into schema_migrations (name, sha256) values ('%s', '%s');\ncommit;",
        migration->data, migration->name, migration->sha256);
    if (db_script(db, sql, arena, &rows, &error)) {
        printf("applied %s\n", migration->name);
        return true;
    }
    const char *ignored = NULL;
    db_script(db, "rollback", arena, &rows, &ignored);
    *why = arena_printf(arena, "migration %s failed: %s", migration->name, error);
    return false;
}

/* ---- what the binary says of permissions, roles and frameworks ---- */

static void add_literal(struct buf *buf, const char *text)
{
    buf_char(buf, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            buf_char(buf, '\'');
        buf_char(buf, *text);
    }
    buf_char(buf, '\'');
}

/* One row per role and permission: (kind, role, permission). */
static void add_grants(struct buf *buf, const char *kind, const char *const *roles,
                       const char *permission)
{
    for (; roles && *roles; roles++)
        buf_printf(buf, "%s('%s', '%s', '%s')",
                   buf->len && buf->data[buf->len - 1] == ')' ? ", " : "", kind, *roles,
                   permission);
}

static const char *roles_sql(struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    buf_text(&buf, "delete from permissions; insert into permissions (name, about) values ");
    for (size_t i = 0; i < permission_count; i++) {
        buf_printf(&buf, "%s('%s', ", i ? ", " : "", permissions[i].name);
        add_literal(&buf, permissions[i].about);
        buf_char(&buf, ')');
    }
    buf_text(
        &buf,
        "; create temporary table grants (kind text, role text, permission text) on commit drop;"
        "insert into grants values ");
    for (size_t i = 0; i < permission_count; i++) {
        add_grants(&buf, "organisation", permissions[i].roles, permissions[i].name);
        add_grants(&buf, "team", permissions[i].team_roles, permissions[i].name);
        add_grants(&buf, "decision", permissions[i].decision_roles, permissions[i].name);
    }
    /* Team roles without permissions of their own exist too: they say what somebody does. */
    buf_text(&buf,
             "; insert into grants values ('team', 'secretary', null), ('team', 'representative', "
             "null), "
             "('team', 'member', null), ('team', 'facilitator', null);"
             "insert into built_in_roles as b (kind, key, name, permissions) "
             "select kind, role, initcap(role), coalesce(array_agg(permission order by permission) "
             "filter (where permission is not null), '{}') from grants group by kind, role "
             "on conflict on constraint built_in_roles_pkey do update "
             "set name = excluded.name, permissions = excluded.permissions "
             "where b.permissions is distinct from excluded.permissions;"
             "update roles r set permissions = b.permissions, version = r.version + 1, updated_at "
             "= now() "
             "from built_in_roles b where r.built_in and r.kind = b.kind and r.key = b.key "
             "and r.permissions is distinct from b.permissions;");
    return buf_cstr(&buf);
}

static const char *frameworks_sql(struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    for (size_t i = 0; i < framework_asset_count; i++) {
        buf_text(&buf, "insert into built_in_frameworks as b (key, definition) select d ->> 'key', "
                       "d from (select ");
        add_literal(&buf, framework_assets[i].data);
        buf_text(&buf,
                 "::jsonb as d) x on conflict on constraint built_in_frameworks_pkey do update "
                 "set definition = excluded.definition where b.definition is distinct from "
                 "excluded.definition;");
    }
    /* Organisations made before a framework was built in get it; one whose definition changed gets
     * a further version. */
    buf_text(&buf,
             "insert into frameworks (organisation_id, id, key, name, purpose, built_in, status, "
             "latest_version) "
             "select o.organisation_id, derived_id(o.organisation_id, b.key), b.key, b.definition "
             "->> 'name', "
             "b.definition ->> 'purpose', true, 'published', 0 from organisations o cross join "
             "built_in_frameworks b "
             "on conflict do nothing;"
             "with behind as (select f.organisation_id, f.id, f.latest_version + 1 as number, "
             "b.definition "
             "from frameworks f join built_in_frameworks b on b.key = f.key "
             "left join framework_versions v on v.organisation_id = f.organisation_id and "
             "v.framework_id = f.id "
             "and v.number = f.latest_version where f.built_in and v.definition is distinct from "
             "b.definition), "
             "added as (insert into framework_versions (organisation_id, framework_id, number, "
             "definition) "
             "select organisation_id, id, number, definition from behind) "
             "update frameworks f set latest_version = b.number, name = b.definition ->> 'name', "
             "purpose = b.definition ->> 'purpose', version = f.version + 1, updated_at = now() "
             "from behind b where f.organisation_id = b.organisation_id and f.id = b.id;");
    return buf_cstr(&buf);
}

/* What the delegation levels mean, so that statements can say it too. */
static const char *levels_sql(struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    buf_text(&buf,
             "insert into delegation_meanings as m (level, name, framework, deciders, duties) "
             "values ");
    for (size_t i = 0; i < DELEGATION_LEVELS; i++) {
        const struct delegation_level *level = &delegation_levels[i];
        buf_printf(&buf, "%s(%zu, '%s', '%s', '%s', '{", i ? ", " : "", i + 1, level->name,
                   level->framework, delegation_deciders_text(level->deciders));
        const char *separator = "";
        for (size_t bit = 0; bit < DELEGATION_DUTIES; bit++)
            if (level->duties >> bit & 1U) {
                buf_printf(&buf, "%s%s", separator, delegation_duty_text(bit));
                separator = ",";
            }
        buf_text(&buf, "}')");
    }
    buf_text(&buf, " on conflict on constraint delegation_meanings_pkey do update "
                   "set name = excluded.name, framework = excluded.framework, "
                   "deciders = excluded.deciders, duties = excluded.duties "
                   "where (m.name, m.framework, m.deciders, m.duties) is distinct from "
                   "(excluded.name, excluded.framework, excluded.deciders, excluded.duties);");
    return buf_cstr(&buf);
}

/* Transaction ids of another cluster are not comparable: a new epoch puts all later events after
 * all earlier ones. */
static const char epoch_sql[] =
    "insert into event_epochs (epoch, system_identifier) "
    "select coalesce(max(e.epoch), 0) + 1, (select system_identifier from pg_control_system()) "
    "from event_epochs e "
    "having coalesce((array_agg(e.system_identifier order by e.epoch desc))[1], 0) "
    "<> (select system_identifier from pg_control_system());";

static bool run_all(struct db *db, struct arena *arena, const char **why)
{
    struct rows rows;
    if (!db_script(db, journal_sql, arena, &rows, why))
        return false;
    for (size_t i = 0; i < migration_asset_count; i++)
        if (!apply(db, arena, &migration_assets[i], why))
            return false;
    const char *sql =
        arena_printf(arena, "begin; %s; %s %s %s %s commit;", journal_sql, roles_sql(arena),
                     frameworks_sql(arena), levels_sql(arena), epoch_sql);
    return db_script(db, sql, arena, &rows, why);
}

bool migrate(const char *url, struct arena *arena, const char **why)
{
    struct db_settings settings = {.url = url, .statement_timeout_ms = 0};
    struct db *db = db_new(&settings);
    struct rows rows;
    bool good =
        db_connect_bare(db, why) &&
        db_script(db,
                  "set client_min_messages = warning; select pg_advisory_lock(" ADVISORY_LOCK ")",
                  arena, &rows, why) &&
        run_all(db, arena, why);
    if (!good && *why)
        *why = arena_strdup(arena, *why);
    db_close(db);
    return good;
}

/* ---- the check at start ---- */

static const char check_sql[] =
    "select (select string_agg(name || ':' || sha256, ',' order by name) from schema_migrations) "
    "as applied, "
    "(select max(name) from schema_migrations where name like '%_contract.sql') as contracted, "
    "(select e.epoch::text from event_epochs e, pg_control_system() c "
    "where e.system_identifier = c.system_identifier "
    "and e.epoch = (select max(epoch) from event_epochs)) as epoch";

static bool knows(const char *name)
{
    for (size_t i = 0; i < migration_asset_count; i++)
        if (strcmp(migration_assets[i].name, name) == 0)
            return true;
    return false;
}

bool migrate_check(struct db *db, struct arena *arena, int *epoch, const char **why)
{
    struct rows rows;
    const char *error = NULL;
    if (!db_script(db, check_sql, arena, &rows, &error)) {
        *why = db_is_connected(db)
                   ? "the database has no Cohelm schema; run `cohelm migrate` with the owner's "
                     "DATABASE_URL"
                   : arena_printf(arena, "the database does not answer: %s", error);
        return false;
    }
    const char *applied = rows_text(&rows, 0, "applied", arena);
    for (size_t i = 0; i < migration_asset_count; i++) {
        const char *entry =
            arena_printf(arena, "%s:%s", migration_assets[i].name, migration_assets[i].sha256);
        if (!applied || !strstr(applied, entry)) {
            *why = arena_printf(arena, "the schema lacks migration %s; run `cohelm migrate`",
                                migration_assets[i].name);
            return false;
        }
    }
    /* Versions N and N-1 share a schema until a migration named …_contract.sql takes away what N-1
     * needs. */
    const char *contracted = rows_text(&rows, 0, "contracted", arena);
    if (contracted && !knows(contracted)) {
        *why = arena_printf(arena,
                            "the schema is too new for this version (%s); install a newer cohelm",
                            contracted);
        return false;
    }
    const char *current = rows_text(&rows, 0, "epoch", arena);
    *epoch = current ? (int)strtol(current, NULL, 10) : 0;
    if (!*epoch) {
        *why = "the database was moved to another cluster; run `cohelm migrate` so that events "
               "keep their order";
        return false;
    }
    return true;
}
