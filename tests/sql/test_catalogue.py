# SPDX-License-Identifier: Apache-2.0
"""What the catalogue must show: tenants can't be crossed by construction, and the service's role can do only what it needs."""

import pytest

# Small tables that lead to a tenant or are the same for all; everything else belongs to one organisation.
LOOKUPS = {"built_in_frameworks", "built_in_roles", "calendar_feeds", "delegation_meanings", "event_epochs", "idempotency_keys", "job_claims",
           "jobs", "organisation_names", "people", "permissions", "schema_migrations"}


def rows(sql, query, *arguments):
    return sql.execute(query, arguments).fetchall()


def tables(sql):
    return {name for (name,) in rows(sql, "select tablename from pg_tables where schemaname = 'public'")}


def test_every_tenant_table_has_organisation_id_first_in_its_primary_key(sql):
    keys = dict(rows(sql, """
        select c.relname, a.attname
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
        where k.contype = 'p' and c.relnamespace = 'public'::regnamespace"""))
    assert set(keys) == tables(sql)
    assert {table for table, column in keys.items() if column != "organisation_id"} == LOOKUPS


def test_every_unique_and_foreign_key_of_a_tenant_table_begins_with_organisation_id(sql):
    found = rows(sql, """
        select c.relname, k.conname, a.attname
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
        where k.contype in ('u', 'f') and c.relnamespace = 'public'::regnamespace""")
    assert found
    assert [k for table, k, column in found if table not in LOOKUPS and column != "organisation_id"] == []


def test_every_unique_index_of_a_tenant_table_begins_with_organisation_id(sql):
    found = rows(sql, """
        select c.relname, i.relname, a.attname
        from pg_index x
        join pg_class c on c.oid = x.indrelid
        join pg_class i on i.oid = x.indexrelid
        left join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
        where x.indisunique and c.relnamespace = 'public'::regnamespace""")
    assert [index for table, index, column in found if table not in LOOKUPS and column != "organisation_id"] == []


def test_foreign_keys_never_leave_the_tenant(sql):
    found = rows(sql, """
        select k.conname, r.relname
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid
        join pg_class r on r.oid = k.confrelid
        where k.contype = 'f' and c.relnamespace = 'public'::regnamespace""")
    assert [name for name, target in found if target in LOOKUPS] == []


def test_every_foreign_key_has_an_index_for_deletes_or_is_a_prefix_of_one(sql):
    """Deleting an organisation must not scan whole tables: each foreign key's first column is first in some index of its table."""
    missing = rows(sql, """
        select k.conname
        from pg_constraint k
        where k.contype = 'f' and k.connamespace = 'public'::regnamespace
            and not exists (select from pg_index x where x.indrelid = k.conrelid and x.indkey[0] = k.conkey[1])""")
    assert missing == []


@pytest.mark.parametrize("table", ["decisions", "stakeholders", "team_members", "teams"])
def test_indexes_of_large_tables_hold_the_whole_key(sql, table):
    """Else a statement that looks for one row may be planned to read all that the index finds, as if they were few."""
    found = rows(sql, """
        select i.indexrelid::regclass::text, array_agg(a.attname::text)
        from pg_index i
        cross join unnest(i.indkey) with ordinality k (attnum, n)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        join pg_class c on c.oid = i.indexrelid
        join pg_am m on m.oid = c.relam and m.amname = 'btree'
        where i.indrelid = %s::regclass
        group by i.indexrelid
        having (array_agg(a.attname::text order by k.n))[1] = 'organisation_id'""", table)
    key = set(next(columns for index, columns in found if index == f"{table}_pkey"))
    assert len(found) > 1
    assert [index for index, columns in found if not key <= set(columns)] == []


def test_there_are_no_triggers(sql):
    assert rows(sql, "select tgname from pg_trigger where not tgisinternal") == []


def test_constraints_and_indexes_are_named_by_the_convention(sql):
    names = rows(sql, """
        select c.relname, k.conname, k.contype
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid
        where k.connamespace = 'public'::regnamespace and k.contype <> 't'""")
    ending = {"p": "_pkey", "u": "_key", "f": "_fkey", "c": "_check"}
    odd = [name for table, name, kind in names if not (name.startswith(table) and name.endswith(ending[kind]))]
    assert odd == []


def test_the_service_role_owns_nothing(sql):
    owned = rows(sql, "select relname from pg_class where relowner = 'cohelm_service'::regrole")
    assert owned == []


@pytest.mark.parametrize("table", ["audit_log", "audit_links", "delegation_level_history", "events"])
@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_service_role_cannot_change_the_trail(sql, table, right):
    assert rows(sql, "select has_table_privilege('cohelm_service', %s, %s)", table, right) == [(False,)]


@pytest.mark.parametrize("table", ["permissions", "built_in_roles", "built_in_frameworks", "delegation_meanings", "event_epochs", "schema_migrations"])
@pytest.mark.parametrize("right", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
def test_the_service_role_cannot_change_what_migrate_writes(sql, table, right):
    assert rows(sql, "select has_table_privilege('cohelm_service', %s, %s)", table, right) == [(False,)]


def test_the_service_role_cannot_make_tables(sql):
    assert rows(sql, "select has_schema_privilege('cohelm_service', 'public', 'CREATE')") == [(False,)]


def test_permissions_in_the_database_are_those_of_the_document(sql, service):
    document = set(service.contract.document["x-permissions"])
    assert {name for (name,) in rows(sql, "select name from permissions")} == document
    granted = {p for (ps,) in rows(sql, "select permissions from built_in_roles") for p in ps}
    assert granted <= document


def test_access_is_inlined_into_the_plan(sql):
    """No function call per row: the plan reads the tables that access() joins, and no function scan."""
    sql.execute("set plan_cache_mode = force_generic_plan")
    sql.execute("""prepare one (principal, text, uuid) as
        select t.name from access_team($1, $2, 'team.read', $3) a
        join teams t on t.organisation_id = a.organisation_id and t.id = $3""")
    plan = "\n".join(line for (line,) in rows(
        sql, "explain execute one ('(018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b,,)', 'acme', '018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b')"))
    assert "Function Scan" not in plan
    assert "organisation_names" in plan and "members" in plan and "roles" in plan
    assert " on organisations " not in plan  # the outer join vanished, as governance_mode is not read
