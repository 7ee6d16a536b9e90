# SPDX-License-Identifier: Apache-2.0
"""The compiler of the contract: every refusal, by breaking the fixture in one place; every addition; and that the C it writes compiles."""
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURE = ROOT / "tests" / "unit" / "fixture"
sys.path.insert(0, str(ROOT / "openapi"))

import yaml  # noqa: E402

import compile as compiler  # noqa: E402
from queries import Binding, Statement, constraint_codes, problem_codes, without_filters  # noqa: E402
from validators import c_text, pattern_fault  # noqa: E402

MAIN, PATHS, SCHEMAS = "openapi/openapi.yaml", "openapi/paths/teams.yaml", "openapi/schemas/team.yaml"
PROBLEMS, MIGRATION = "openapi/problems.yaml", "sql/migrations/0001_teams.sql"
GET, LIST, CREATE = (f"sql/queries/teams/team_{name}.sql" for name in ("get", "list", "create"))
ME, STEP = "sql/queries/teams/me_get.sql", "sql/queries/steps/team_locked.sql"
HANDLER, LOCK = "service/operations/team_update.c", "service/operations/team_lock.c"

# name: (file, what is there, what stands there instead (None: the file is gone), what the refusal says)
REFUSALS = {
    # YAML and references
    "broken_yaml": (MAIN, "info: {", "info: {{", "openapi.yaml: is no YAML"),
    "key_twice": (SCHEMAS, "Kind: {", "Id: {type: string}\nKind: {", "Id is given twice"),
    "anchor": (SCHEMAS, "Id: {type: string, format: uuid}", "Id: &id {type: string, format: uuid}\nOther: *id", "anchors are not used"),
    "reference_to_nothing": (PATHS, "team.yaml#/TeamWithRank", "team.yaml#/Nobody", "team.yaml#/Nobody leads nowhere"),
    "same_name_in_two_files": (MAIN, "paths:\n", "components: {schemas: {Id: {type: string}}}\npaths:\n", "Id is also in"),
    "nullable": (SCHEMAS, "Kind: {type: string,", "Kind: {type: string, nullable: true,", "nullable is OpenAPI 3.0"),
    # operations
    "unknown_operation_key": (PATHS, "x-list: true", "x-list: true\n    x-listt: true", "team_list: x-listt is not a key of operations"),
    "unknown_path_key": (PATHS, "me:\n  get:", "me:\n  trace: {}\n  get:", "/v1/me: trace is not a method"),
    "operation_id_not_snake_case": (PATHS, "operationId: me_get", "operationId: meGet", "meGet: operationId must be snake_case"),
    "operation_id_twice": (PATHS, "operationId: me_get", "operationId: team_get", "team_get: is the operationId of two"),
    "no_summary": (PATHS, "    summary: Read a team\n", "", "team_get: needs a summary"),
    "no_permission": (PATHS, "    x-permission: signed_in\n", "", "me_get: needs either x-permission or x-public"),
    "scope_beside_permission": (PATHS, "x-permission: team.read", "x-permission: team.read\n    x-scope: me.read", "x-scope is for x-permission: signed_in"),
    "scope_of_another_form": (PATHS, "x-permission: signed_in", "x-permission: signed_in\n    x-scope: everything", "x-scope is for"),
    "permission_and_public": (PATHS, "x-permission: signed_in", "x-permission: signed_in\n    x-public: true", "me_get: needs either"),
    "no_success": (PATHS, '"201": {description: The team.', '"404": {description: The team.', "team_create: declares not exactly one 2xx"),
    "odd_success": (PATHS, '"201": {description: The team.', '"205": {description: The team.', "team_create: answers 205"),
    "if_match_on_get": (PATHS, "summary: Read who I am", "summary: Read\n    x-if-match: optional", "me_get: x-if-match is"),
    "list_on_write": (PATHS, "summary: Make a team\n", "summary: Make a team\n    x-list: true\n", "team_create: x-list is for GET"),
    "sort_without_list": (PATHS, "summary: Read who I am", "summary: Read\n    x-sort: [name]", "me_get: x-sort is for lists"),
    "body_on_get": (PATHS, "summary: Read who I am", "summary: Read\n    requestBody: {content: {application/json: {}}}", "GET has no body"),
    "get_that_locks": (GET, "t.id = $3;", "t.id = $3 for share of t;", "team_get: writes or locks, which a GET may do in a handler only"),
    "unknown_media_type": (PATHS, "content: {application/json: {schema: {$ref: \"../schemas/team.yaml#/Team\"}, example",
                           "content: {text/csv: {schema: {$ref: \"../schemas/team.yaml#/Team\"}, example", "reads no text/csv"),
    "change_that_reads": (PATHS, "summary: Read who I am", "summary: Read\n    x-change: true", "me_get: x-change is for writes"),
    "change_that_is_not_listed": (PATHS, "summary: Make a team\n", "summary: Make a team\n    x-change: true\n",
                                  "team_create: stands in ChangeOperation or has x-change, but not both"),
    "change_with_a_query_parameter": (PATHS, "summary: Change a team\n", "summary: Change a team\n    x-change: true\n",
                                      "team_update: x-change is for writes with a permission and no parameters but those of the path"),
    "batch_of_nothing": (PATHS, "x-batch: team_create", "x-batch: team_destroy", "team_destroy is no operation with a statement"),
    "batch_of_a_handler": (PATHS, "x-batch: team_create", "x-batch: team_update", "team_update is no operation with a statement"),
    "batch_with_other_permission": (PATHS, "x-permission: team.create\n    x-batch", "x-permission: team.read\n    x-batch",
                                    "team_create_batch: needs the permission of team_create"),
    "batch_with_other_arguments": (MAIN, "{organisation}/teams/batch", "{organisation}/{team}/batch", "team_create_batch"),
    # what answers
    "no_statement": (ME, "", None, "me_get: has no statement"),
    "no_handler": (HANDLER, "", None, "team_update: x-handler, but there is no service/operations/team_update.c"),
    "no_sort_file": ("sql/queries/teams/team_list.desc_created_at.sql", "", None, "-created_at needs team_list.desc_created_at.sql"),
    "statement_without_operation": (PATHS, "x-sort: [name, -created_at]", "x-sort: [name]",
                                    "team_list.desc_created_at: a statement without operation"),
    "unused_step": (LOCK, "STATEMENT_team_locked", "STATEMENT_team_lockd", "team_locked: a step that no file"),
    # parameters
    "undeclared_argument": (PATHS, "    - {name: team, in: path, required: true, schema: {$ref: \"../schemas/team.yaml#/Id\"}}\n", "",
                            "team_get: path parameters ['organisation'] are not those"),
    "cookie_parameter": (PATHS, "name: kind, in: query", "name: kind, in: cookie", "in: path, query or header"),
    "reserved_parameter": (PATHS, "name: kind, in: query", "name: limit, in: query", "team_list/limit: comes by itself"),
    "parameter_twice": (PATHS, "      - {name: reason, in: query", "      - {name: reason, in: query, schema: {type: string}}\n      - {name: reason, in: query",
                        "team_update/reason: is declared twice"),
    "object_parameter": (PATHS, "schema: {type: string, maxLength: 20}", "schema: {type: object}", "team_update/reason: must be a string"),
    "list_parameter_with_rules": (PATHS, "schema: {type: array, items", "schema: {type: array, uniqueItems: true, items", "a list takes items only"),
    "parameter_nobody_reads": (PATHS, "      - {name: kind,", "      - {name: other, in: query, schema: {type: string}}\n      - {name: kind,",
                               "team_list: nobody reads query other"),
    "handler_parameter_nobody_reads": (HANDLER, '"reason"', '"raeson"', "team_update: nobody reads query reason"),
    "body_member_nobody_reads": (CREATE, "body kind", "body name", "team_create: nobody reads body kind"),
    "if_match_nobody_reads": (PATHS, "    x-permission: team.create\n    requestBody", "    x-permission: team.create\n    x-if-match: optional\n    requestBody",
                              "team_create: x-if-match, but nobody reads"),
    # bindings
    "undeclared_query": (LIST, "query kind", "query knd", "query knd: is not declared"),
    "no_such_body_member": (CREATE, "body kind", "body knd", "body knd: is no member of the request body"),
    "no_body": (GET, "-- $3 path team", "-- $3 body", "team_get: body: there is no request body"),
    "if_match_without_key": (GET, "-- $3 path team", "-- $3 if_match", "team_get: if_match: needs x-if-match"),
    "include_without_key": (GET, "-- $3 path team", "-- $3 include", "team_get: include: needs x-include"),
    "permission_without_one": (ME, "-- $1 principal", "-- $1 permission", "me_get: permission: the operation has no permission"),
    "limit_without_list": (GET, "-- $3 path team", "-- $3 limit", "team_get: limit: is for lists"),
    "value_without_handler": (GET, "-- $3 path team", "-- $3 value 0 team", "team_get: value team: is for logic operations"),
    # statements
    "no_purpose": (GET, "-- The team that a path names.\n", "", "team_get: begins with a comment line"),
    "no_result": (GET, "-- result: one\n", "", "team_get: needs a comment `-- result"),
    "no_such_source": (GET, "path team", "path_team", "$3: `path_team` is no source"),
    "number_gap": (GET, "-- $3 path", "-- $4 path", "team_get: the comments must count"),
    "number_without_comment": (ME, "as id", "as id, $2 as x", "me_get: $2 has no comment"),
    "number_not_used": (ME, "-- result", "-- $2 new_id\n-- result", "me_get: $2 is not used"),
    "cursor_gap": (LIST, "cursor 0", "cursor 1", "team_list: cursor positions must count from 0"),
    "two_statements": (ME, "as id;", "as id; select 1;", "me_get: holds more than one statement"),
    "list_with_result_one": (LIST, "result: list", "result: one", "team_list: a list needs"),
    "result_list_without_list": (ME, "result: one", "result: list", "me_get: result: list needs x-list"),
    "list_without_cursor": (LIST, "-- cursor: name\n", "", "team_list: a list needs a comment `-- cursor: column, …`"),
    "cursor_of_no_column": (LIST, "-- cursor: name", "-- cursor: rank", "team_list: has no column rank"),
    "list_without_limit": (LIST, "-- $4 limit", "-- $4 new_id", "team_list: nobody reads limit"),
    # permissions
    "unknown_permission": (PATHS, "x-permission: team.update", "x-permission: team.alter", "team.alter is not in x-permissions"),
    "unknown_scope": (PATHS, "x-permission: signed_in", "x-permission: signed_in\n    x-scope: me.read", "me.read is not in x-permissions"),
    "unused_permission": (MAIN, "paths:\n", "  team.idle: {about: Idle, roles: []}\npaths:\n", "team.idle: a permission that nobody uses"),
    "permission_without_about": (MAIN, "{about: See teams, roles", "{roles", "team.read: a permission needs about"),
    "permission_with_comma": (MAIN, "about: See teams, roles", "about: See teams, see all, roles", "team.read: see all: no key"),
    "no_access_call": (GET, "access_team($1, $2, 'team.read', $3) a join teams t on t.id = $3", "teams t where $1 = $2 and t.id = $3",
                       "team_get: never calls access"),
    "access_with_other_permission": (GET, "'team.read'", "'team.create'", "does not name the permission team.read"),
    "access_with_two_permissions": (GET, "'team.read', $3", "'team.read', 'team.create', $3", "does not name the permission team.read"),
    "access_with_no_permission": (GET, "'team.read', $3", "$3, $3", "does not name the permission team.read"),
    "access_in_signed_in": (ME, "as id;", "as id from access($1, null, 'team.read');", "does not name the permission (none)"),
    "step_access_with_unbound_permission": (STEP, "access_team($1, $2, $4, $3)", "access_team($1, $2, $6, $3) where $4 = 1",
                                            "team_locked: access($1, $2, $6, $3) names no permission"),
    "step_access_with_unknown_permission": (STEP, "access_team($1, $2, $4, $3)", "access_team($1, $2, 'team.x', $3) where $4 = 1",
                                            "team_locked: access($1, $2, 'team.x', $3) names no permission"),
    # problems and constraints
    "unknown_code": (CREATE, "'gone'", "'gonne'", "team_create: problem code gonne is not in problems.yaml"),
    "problem_without_about": (PROBLEMS, ', about: "Wait."}', "}", "needs status, title and about"),
    "constraint_without_code": (PROBLEMS, "internal_constraints: [teams_pkey]", "", "0001_teams.sql/teams_pkey: the constraint is neither"),
    "index_without_code": (PROBLEMS, "teams_name_key:", "teams_names_key:", "0001_teams.sql/teams_name_key: the constraint is neither"),
    "code_without_constraint": (PROBLEMS, "[teams_pkey]", "[teams_pkey, teams_old_key]", "problems.yaml/teams_old_key: no migration has"),
    "constraint_with_unknown_code": (PROBLEMS, "code: already_exists", "code: exists", "teams_name_key: a constraint has a known code"),
    # routes
    "same_route": (MAIN, "paths:\n", 'paths:\n  /v1/organisations/{org}/teams: {get: {}}\n', "is the same route as"),
    "literal_hides_argument": (PATHS, 'name: team, in: path, required: true, schema: {$ref: "../schemas/team.yaml#/Id"}',
                               'name: team, in: path, required: true, schema: {type: string, pattern: "^[a-z]+$"}',
                               "the segment batch hides that value of {team}"),
    "half_argument": (MAIN, "/v1/me:", "/v1/me{x}:", "segments are either {argument} or plain text"),
    # request schemas
    "unknown_keyword": (SCHEMAS, "minProperties: 1", "patternProperties: {}", "patternProperties is not enforced"),
    "all_of_in_request": (SCHEMAS, "minProperties: 1", "allOf: []", "allOf is not enforced"),
    "combined_request_schema": (SCHEMAS, '- {$ref: "#/TeamCore"}', '- {$ref: "#/Team"}', "Team: is a request schema, which is closed"),
    "keyword_beside_reference": (SCHEMAS, 'kind: {$ref: "#/Kind"}', 'kind: {$ref: "#/Kind", maxLength: 3}', "maxLength beside $ref"),
    "unknown_format": (SCHEMAS, "rank: {type: integer, minimum", "rank: {type: integer, format: int32, minimum", "format int32 is not checked"),
    "unknown_type": (SCHEMAS, 'type: [string, "null"]', "type: [string, null]", "type None is none of"),
    "fractional_minimum": (SCHEMAS, "minimum: -5", "minimum: 0.5", "minimum must be an integer"),
    "negative_length": (SCHEMAS, "minLength: 1", "minLength: -1", "minLength must be an integer"),
    "list_in_enum": (SCHEMAS, "enum: [circle, functional]", "enum: [[circle]]", "enum and const take scalars"),
    "required_unknown": (SCHEMAS, "required: [id, name]", "required: [id, nam]", "required member nam is not in properties"),
    "pattern": (SCHEMAS, "^[A-Za-z]+$", "^[A-Za-z]+?$", "pattern ^[A-Za-z]+?$ has a quantifier"),
    "nested_keyword": (SCHEMAS, "items: {type: string}", "items: {type: string, not: {}}", "TeamUpdate/tags/items: not is not enforced"),
}


class Fixture(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name) / "root"
        self.out = Path(self.folder.name) / "out"
        shutil.copytree(FIXTURE, self.root)

    def change(self, file, old, new):
        path = self.root / file
        if new is None:
            path.unlink()
            return
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text, f"the fixture has changed: {file}")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def compile(self, **options):
        return compiler.compile_contract(self.root, self.out, **options)

    def document(self):
        self.assertEqual(self.lines(), [])
        return json.loads((self.out / "openapi.json").read_text(encoding="utf-8"))

    def lines(self, **options):
        refusals = self.compile(**options)
        return refusals.lines + refusals.later_lines


class Refusals(Fixture):
    """One test per refusal, made from the table above."""

    def refuses(self, file, old, new, expected):
        self.change(file, old, new)
        lines = self.lines()
        self.assertTrue(any(expected in line for line in lines), f"{expected!r} is not among {lines}")
        self.assertFalse(self.out.exists(), "it wrote although it refused")

    def test_step_at_two_positions(self):
        self.change(MAIN, "  /v1/me:", '  /v1/other/{team}/{organisation}: {$ref: "paths/teams.yaml#/other"}\n  /v1/me:')
        self.change(PATHS, "me:\n", """other:
  parameters:
    - {name: team, in: path, required: true, schema: {$ref: "../schemas/team.yaml#/Id"}}
    - {$ref: "../schemas/team.yaml#/OrganisationPath"}
  post:
    operationId: team_touch
    summary: Touch
    x-permission: team.update
    x-handler: true
    x-if-match: optional
    responses: {"204": {description: Done.}}

me:
""")
        (self.root / "service/operations/team_touch.c").write_text("STATEMENT_team_locked", encoding="utf-8")
        self.assertIn("team_locked: path team is not at the same position in all operations that use it", self.lines())

    def test_step_names_permission_of_another_operation(self):
        self.change(STEP, "access_team($1, $2, $4, $3)", "access_team($1, $2, 'team.read', $3) where $4 = 1")
        self.change(HANDLER, "return team_lock", "use(&STATEMENT_team_locked); return team_lock")
        self.assertTrue(any("or not that of its operations" in line for line in self.lines()))

    def test_all_are_listed_at_once(self):
        self.change(PATHS, "    summary: Read a team\n", "")
        self.change(ME, "result: one", "result: list")
        self.assertEqual(len(self.lines()), 2)

    def test_lenient_lets_only_unwritten_things_pass(self):
        self.change(HANDLER, "", None)
        self.change(PATHS, "    summary: Read a team\n", "")
        self.compile(lenient=True)
        self.assertFalse(self.out.exists())
        self.change(PATHS, "operationId: team_get\n", "operationId: team_get\n    summary: Read a team\n")
        self.compile(lenient=True)
        document = json.loads((self.out / "openapi.json").read_text(encoding="utf-8"))
        path = document["paths"]["/v1/organisations/{organisation}/teams/{team}"]
        self.assertEqual(list(path), ["get"])

    def test_check_writes_nothing(self):
        self.assertEqual(self.lines(look_only=True), [])
        self.assertFalse(self.out.exists())


for _name, _case in REFUSALS.items():
    setattr(Refusals, "test_" + _name, lambda self, case=_case: self.refuses(*case))


class Patterns(unittest.TestCase):
    """What POSIX (XBD 9) and ECMA-262 (22.2) mean alike passes; what only one of them has does not."""

    def test_common_subset(self):
        for pattern in ["", "a", "^a$", "[^ ]", "^[a-z0-9][a-z0-9-]*$", "^(a|b)+$", "a{2}", "a{2,}", "a{2,255}", "^a|b$", r"\.\*\\\[\{\(\|\^\$",
                        "[.*+?(){}|$]", "(a(b)?)*", "[]-]"[:0] + "[a-]"]:
            self.assertIsNone(pattern_fault(pattern), pattern)

    def test_refused(self):
        for pattern in [r"\d", r"\w+", r"a\b", r"[\d]", r"[\]]", "[]a]", "[^]a]", "[[:alpha:]]", "[[.a.]]", "(?:a)", "(?=a)", "(?!a)", "(?<=a)", "a*?", "a+?",
                  "a??", "a{1,2}?", "a**", "*a", "(*a)", "|a", "a|", "a||b", "(a|)", "()", "(a", "a)", "a{256}", "a{1,256}", "a{,3}", "a{", "}", "]",
                  "a^b", "a$b", ".", "a.b", "ä", "[ä]", r"(a)\1", r"\n", r"\/", "[^a]{3}"]:
            self.assertIsNotNone(pattern_fault(pattern), pattern)


class Texts(unittest.TestCase):
    def test_problem_codes(self):
        for sql, codes in [
            ("select 'a' as _code", {"a"}),
            ("select 'a'::text as _code", {"a"}),
            ("select case when x = 'no' then 'a' else 'b' end as _code", {"a", "b"}),
            ("select case when x then case when y then 'a' end else 'b' end as _code", {"a", "b"}),
            ("select case when x then 'no' end as y, case when z then 'a' end as _code", {"a"}),
            ("select x._code, 'no' as code -- 'no' as _code", set()),
            ("select case x when 'no' then 'a' else y._code end\n    as _code", {"a"}),
        ]:
            self.assertEqual(problem_codes(sql), codes, sql)

    def test_c_text_is_what_a_c_compiler_reads_back(self):
        text = "??/ \"\\ \n\t\x01" + "1" + "\x7f é ?"
        program = f"#include <stdio.h>\nint main(void) {{ fputs({c_text(text)}, stdout); }}"
        with tempfile.TemporaryDirectory() as folder:
            binary = Path(folder) / "a.out"
            subprocess.run(["cc", "-std=c11", "-x", "c", "-o", binary, "-"], input=program.encode(), check=True)
            self.assertEqual(subprocess.run([binary], stdout=subprocess.PIPE, check=True).stdout.decode(), text)

    def test_constraint_codes(self):
        problems = {"constraints": {"teams_name_key": {"code": "taken"}, "team_members_role_fkey": {"code": "unknown"},
                                    "roles_pkey": {"code": "twin"}}}
        for sql, codes in [("insert into teams (id) values ($1)", {"taken"}), ("update teams t set name = $1", {"taken"}),
                           ("update team_members set role = $1", {"unknown"}), ("delete from teams", set()),
                           ("update team_members tm set version = 2, role = $1 where tm.id = $2", {"unknown"}),
                           ("update teams t set version = 2 from roles where name = $1 and id = $2", set()),
                           ("update roles r set key = $1", {"twin"}),
                           ("select 1 from teams for update of teams", set()), ("select 'insert into teams'", set())]:
            self.assertEqual(constraint_codes(Statement("s", sql, "one", [], False), problems), codes, sql)


class Filters(unittest.TestCase):
    """The statement of a list for when none of its filters is given."""
    BINDINGS = [Binding("principal"), Binding("query", "kind"), Binding("limit"), Binding("query", "q"), Binding("value", "id", 0)]

    def without(self, sql):
        return without_filters(Statement("team_list", sql, "list", self.BINDINGS, False))

    def test_conditions_and_bindings_go(self):
        found = self.without("""-- The teams.
-- $2 query kind
select t.name, '$2' as price -- and ($4::text is null or true)
from access($1) a join teams t on a.granted
where t.id <> $5
    and ($2::text[] is null or t.kind = any ($2))
    and (t.name > 'a) or' or t.open)
    and ($4::text is null or t.name like ')' || $4 or (t.id in (select id from teams)))
limit $3""")
        lines = [line.rstrip() for line in found.sql.splitlines()]
        self.assertEqual(lines, ["select t.name, '$2' as price", "from access($1) a join teams t on a.granted", "where t.id <> $3",
                                 "    and (t.name > 'a) or' or t.open)", "limit $2"])
        self.assertEqual(found.bindings, [self.BINDINGS[n] for n in (0, 2, 4)])

    def test_what_else_uses_a_parameter_keeps_it(self):
        found = self.without("select $2 from access($1) where $5 and ($2::text is null or kind = $2) and ($4::text is null or name = $4) limit $3")
        self.assertEqual(found.sql, "select $2 from access($1) where $4 limit $3")
        self.assertEqual(found.bindings, self.BINDINGS[:3] + self.BINDINGS[4:])

    def test_other_conditions_stay(self):
        for condition in ("and ($5::uuid is null or id = $5)", "and (kind = $2 or $2::text is null)", "and not ($2::text is null or kind = $2)",
                          "or ($2::text is null or kind = $2)", "and ($2::text is null and kind is null)"):
            with self.subTest(condition):
                self.assertIsNone(self.without(f"select 1 from access($1) where true {condition} limit $3"))


class Additions(Fixture):
    def operation(self, operation_id):
        document = self.document()
        for item in document["paths"].values():
            for operation in item.values():
                if operation["operationId"] == operation_id:
                    return document, operation
        self.fail(operation_id)

    def parameters(self, operation_id):
        document, operation = self.operation(operation_id)
        found = []
        for parameter in operation["parameters"]:
            if "$ref" in parameter:
                parameter = document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
            found.append(parameter)
        return {p["name"]: p for p in found}

    def statuses(self, operation_id):
        return sorted(int(s) for s in self.operation(operation_id)[1]["responses"])

    def test_fixture_is_accepted(self):
        self.assertEqual(self.lines(), [])

    def test_no_file_reference_is_left(self):
        text = json.dumps(self.document())
        self.assertEqual(set(re.findall(r'"\$ref": "([^#]*)#', text)), {""})

    def test_every_reference_leads_somewhere(self):
        document = self.document()
        for ref in re.findall(r'"\$ref": "#/([^"]*)"', json.dumps(document)):
            node = document
            for part in ref.split("/"):
                self.assertIn(part, node, ref)
                node = node[part]

    def test_yaml_is_the_same_document(self):
        document = self.document()
        self.assertEqual(yaml.safe_load((self.out / "openapi.yaml").read_text(encoding="utf-8")), document)

    def test_list_parameters(self):
        names = list(self.parameters("team_list"))
        self.assertEqual(names, ["organisation", "kind", "fields", "sort", "include", "limit", "cursor", "Prefer", "X-Request-Id"])

    def test_limit(self):
        schema = self.parameters("team_list")["limit"]["schema"]
        self.assertEqual((schema["minimum"], schema["maximum"], schema["default"]), (1, 200, 50))

    def test_fields_are_the_members_of_an_item(self):
        self.assertEqual(self.parameters("team_list")["fields"]["schema"]["items"]["enum"], ["id", "name", "kind"])

    def test_sort(self):
        self.assertEqual(self.parameters("team_list")["sort"]["schema"], {"type": "string", "enum": ["name", "-created_at"], "default": "name"})

    def test_include(self):
        self.assertEqual(self.parameters("team_list")["include"]["schema"]["items"]["enum"], ["purpose"])

    def test_list_parameters_are_separated_by_commas(self):
        kind = self.parameters("team_list")["kind"]
        self.assertEqual((kind["style"], kind["explode"], kind["schema"]["minItems"], kind["schema"]["maxItems"]), ("form", False, 1, 50))

    def test_get_parameters(self):
        self.assertEqual(list(self.parameters("team_get")), ["team", "organisation", "If-None-Match", "X-Request-Id"])

    def test_post_parameters(self):
        self.assertEqual(list(self.parameters("team_create")), ["organisation", "validate_only", "Idempotency-Key", "X-Request-Id"])

    def test_patch_parameters(self):
        self.assertEqual(list(self.parameters("team_update")), ["team", "organisation", "reason", "If-Match", "validate_only", "X-Request-Id"])
        self.assertTrue(self.parameters("team_update")["If-Match"]["required"])

    def test_public_post_has_no_idempotency_key(self):
        self.assertNotIn("Idempotency-Key", self.parameters("token_create"))

    def test_what_holds_a_secret_is_kept_nowhere(self):
        self.change(PATHS, "    operationId: team_create\n", "    operationId: team_create\n    x-no-store: true\n")
        self.assertNotIn("Idempotency-Key", self.parameters("team_create"))
        headers = self.operation("team_create")[1]["responses"]["201"]["headers"]
        self.assertNotIn("ETag", headers)
        self.assertNotIn("Idempotency-Replayed", headers)

    def test_envelope(self):
        _, operation = self.operation("team_list")
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertEqual(schema["properties"]["items"], {"type": "array", "items": {"$ref": "#/components/schemas/Team"}})
        self.assertEqual(schema["properties"]["next_cursor"]["type"], ["string", "null"])
        self.assertEqual(schema["required"], ["items", "next_cursor"])

    def test_statuses_of_a_list(self):
        self.assertEqual(self.statuses("team_list"), [200, 400, 401, 403, 404, 406, 414, 429, 431, 500, 503, 504])

    def test_statuses_of_a_resource(self):
        self.assertEqual(self.statuses("team_get"), [200, 304, 400, 401, 403, 404, 406, 414, 429, 431, 500, 503, 504])

    def test_a_scope_of_a_signed_in_operation_adds_403(self):
        self.change(PATHS, "    x-permission: signed_in\n", "    x-permission: signed_in\n    x-scope: team.read\n")
        self.assertIn("403", self.document()["paths"]["/v1/me"]["get"]["responses"])

    def test_statuses_of_signed_in_without_arguments(self):
        self.assertEqual(self.statuses("me_get"), [200, 304, 400, 401, 406, 414, 429, 431, 500, 503, 504])

    def test_statuses_of_a_create_with_the_code_of_its_statement(self):
        self.assertEqual(self.statuses("team_create"), [201, 400, 401, 403, 404, 406, 409, 410, 413, 414, 415, 422, 429, 431, 500, 503, 504])

    def test_statuses_of_an_update_with_the_code_of_its_handler(self):
        self.assertEqual(self.statuses("team_update"), [200, 400, 401, 403, 404, 406, 410, 412, 413, 414, 415, 422, 428, 429, 431, 500, 503, 504])

    def test_statuses_of_a_public_handler(self):
        """401 only because the handler says so."""
        self.assertEqual(self.statuses("token_create"), [200, 400, 401, 406, 413, 414, 415, 429, 431, 500, 503, 504])

    def test_what_no_operation_can_answer_is_told_at_the_top(self):
        document = self.document()
        self.assertNotIn("Problem405", document["components"]["responses"])
        self.assertIn("- 405 `method_not_allowed`: Not so. See Allow.", document["info"]["description"])

    def test_problem_responses_list_their_codes(self):
        document = self.document()
        answer = document["components"]["responses"]["Problem400"]["content"]["application/problem+json"]["schema"]
        self.assertEqual(answer, {"$ref": "#/components/schemas/Problem400"})
        schema = document["components"]["schemas"]["Problem400"]
        self.assertEqual(schema["allOf"][0], {"$ref": "#/components/schemas/Problem"})
        self.assertEqual(schema["allOf"][1]["properties"]["code"]["enum"], ["malformed_request", "invalid_parameter"])
        self.assertEqual(schema["allOf"][1]["properties"]["status"], {"type": "integer", "enum": [400]})

    def test_headers(self):
        for operation_id, status, headers in [
            ("team_list", "200", {"X-Request-Id", "RateLimit", "RateLimit-Policy", "Link"}),
            ("team_get", "200", {"X-Request-Id", "RateLimit", "RateLimit-Policy", "ETag"}),
            ("team_create", "201", {"X-Request-Id", "RateLimit", "RateLimit-Policy", "ETag", "Location", "Idempotency-Replayed"}),
        ]:
            self.assertEqual(set(self.operation(operation_id)[1]["responses"][status]["headers"]), headers, operation_id)
        responses = self.document()["components"]["responses"]
        self.assertIn("Retry-After", responses["Problem429"]["headers"])
        self.assertIn("WWW-Authenticate", responses["Problem401"]["headers"])

    def test_security(self):
        document, operation = self.operation("team_get")
        self.assertEqual(operation["security"], [{"bearer": []}, {"client_credentials": ["team.read"]}])
        self.assertEqual(self.operation("token_create")[1]["security"], [])
        schemes = document["components"]["securitySchemes"]
        self.assertEqual((schemes["bearer"]["scheme"], schemes["bearer"]["bearerFormat"]), ("bearer", "JWT"))
        self.assertEqual(schemes["client_credentials"]["flows"]["clientCredentials"]["scopes"]["team.read"], "See teams")

    def test_body_is_required_unless_said_otherwise(self):
        self.assertIs(self.operation("team_create")[1]["requestBody"]["required"], True)
        self.assertIs(self.operation("token_create")[1]["requestBody"]["required"], False)

    def test_patch_takes_both_media_types(self):
        content = self.operation("team_update")[1]["requestBody"]["content"]
        self.assertEqual(set(content), {"application/merge-patch+json", "application/json"})

    def test_objects_are_closed(self):
        schemas = self.document()["components"]["schemas"]
        self.assertIs(schemas["TeamUpdate"]["additionalProperties"], False)
        self.assertEqual(schemas["TeamUpdate"]["properties"]["limits"]["additionalProperties"], {"type": "integer"})

    def test_what_allof_combines_stays_open_and_the_whole_is_closed(self):
        schemas = self.document()["components"]["schemas"]
        self.assertNotIn("additionalProperties", schemas["Problem"])
        self.assertNotIn("additionalProperties", schemas["TeamCore"])
        self.assertIs(schemas["TeamWithRank"]["unevaluatedProperties"], False)
        self.assertNotIn("additionalProperties", schemas["TeamWithRank"]["allOf"][1])

    def test_batch(self):
        _, operation = self.operation("team_create_batch")
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        self.assertEqual(body["properties"]["items"], {
            "type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/components/schemas/Team"}})
        self.assertIs(body["properties"]["atomic"]["default"], True)
        self.assertEqual([s for s in operation["responses"] if s.startswith("2")], ["201", "207"])

    def test_operations_json(self):
        self.document()
        listing = json.loads((self.out / "operations.json").read_text(encoding="utf-8"))
        update = next(o for o in listing["operations"] if o["operationId"] == "team_update")
        self.assertEqual(update["method"], "PATCH")
        self.assertEqual(update["path"], "/v1/organisations/{organisation}/teams/{team}")
        self.assertEqual(update["permission"], "team.update")
        self.assertEqual(update["if_match"], "required")
        self.assertIs(update["handler"], True)
        self.assertIn(428, update["statuses"])
        self.assertEqual(listing["permissions"]["team.create"]["team_roles"], ["lead"])


class Tables(Fixture):
    """A C program reads the tables back; gcc and clang must find nothing to warn of."""

    def test_a_change_has_its_statement_a_second_time(self):
        """With adopted() where the first asks for access(); nothing else has one."""
        self.change(PATHS, "summary: Make a team\n", "summary: Make a team\n    x-change: true\n")
        self.change(MAIN, "paths:\n", "components: {schemas: {ChangeOperation: {type: string, enum: [team_create]}}}\npaths:\n")
        self.assertEqual(self.lines(), [])
        text = (self.out / "operations.gen.c").read_text(encoding="utf-8")
        statements = dict(re.findall(r"const struct statement \w+ = \{\n    \.name = \"([\w.]+)\",(.*?)\n\};", text, re.S))
        first, second = (re.sub(r"\.number = \d+,", "", statements[name]) for name in ("team_create", "team_create.adopted"))
        self.assertIn("access_structure(", first)
        first = first.replace("access_structure(", "adopted_structure(").replace("&statement_team_create__adopted", "NULL")
        self.assertEqual(first, second.replace("bindings_team_create__adopted", "bindings_team_create"))
        self.assertEqual([name for name, body in statements.items() if ".adopted = NULL" not in body], ["team_create"])

    FLAGS = "-D_GNU_SOURCE -std=c11 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror".split()
    PROGRAM = r"""
#include "operation.h"
#include "problem.h"
#include "statements.gen.h"
#include <stdio.h>
#include <string.h>
bool team_update(struct call *call) { (void)call; return true; }
bool token_create(struct call *call) { (void)call; return true; }
static const struct operation *find(const char *id)
{
    for (size_t i = 0; i < operation_count; i++)
        if (strcmp(operations[i]->id, id) == 0)
            return operations[i];
    return NULL;
}
static void print_route(const struct route_node *node, const char *prefix)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s%s%s", prefix, node->segment || node != &route_root ? "/" : "",
                   node->segment ? node->segment : node != &route_root ? "{}" : "");
    if (node->allow)
        printf("route %s: %s\n", path, node->allow);
    for (size_t i = 0; i < node->child_count; i++)
        print_route(&node->children[i], path);
}
int main(void)
{
    for (size_t i = 0; i < operation_count; i++) {
        const struct operation *o = operations[i];
        printf("%s %s number %zu permission %s success %d kind %d required %d list %d if_match %d idempotent %d no_store %d db %d run %d sorts %zu\n",
               o->id, o->path, o->number, o->permission ? o->permission : "-", o->success, o->body_kind, o->body_required, o->list,
               o->if_match, o->idempotent, o->no_store, o->uses_database, o->run != NULL, o->sort_count);
        for (size_t k = 0; k < o->parameter_count; k++)
            printf("  %s place %d list %d default %s\n", o->parameters[k].name, o->parameters[k].place, o->parameters[k].list,
                   o->parameters[k].default_text ? o->parameters[k].default_text : "-");
    }
    for (size_t i = 0; i < statement_count; i++) {
        const struct statement *s = statements[i];
        printf("statement %s result %d writes %d unfiltered %s:", s->name, s->result, s->writes, s->unfiltered ? s->unfiltered->name : "-");
        for (size_t k = 0; k < s->binding_count; k++)
            printf(" %d/%s/%zu", s->bindings[k].source, s->bindings[k].name ? s->bindings[k].name : "-", s->bindings[k].index);
        printf("\n");
    }
    const struct schema *update = find("team_update")->body, *create = find("team_create")->body;
    printf("rank %lld %lld\n", (long long)update->properties[1].schema->minimum, (long long)update->properties[1].schema->maximum);
    printf("recursive %d\n", update->properties[4].schema->any_of[0] == update);
    printf("closed %d read only %d %d required %s %d\n", create->closed, create->properties[0].schema->read_only,
           create->properties[1].schema->read_only, create->required[0], create->required[1] == NULL);
    printf("absent %d %d\n", update->max_items == SIZE_MAX, update->maximum == INT64_MAX);
    printf("pattern %s\n", patterns[create->properties[1].schema->pattern_index]);
    printf("batch %d\n", find("team_create_batch")->batch_of == find("team_create"));
    printf("count %s\n", find("team_list")->sorts[1].count_statement->name);
    for (size_t i = 0; i < permission_count; i++)
        printf("permission %s %s %s\n", permissions[i].name, permissions[i].roles[0], permissions[i].decision_roles[0] ? permissions[i].decision_roles[0] : "-");
    printf("problem %s %d\n", problem_kinds[PROBLEM_GONE].about, problem_kinds[PROBLEM_GONE].status);
    printf("trigraph %s\n", problem_kinds[0].about);
    printf("constraint %s %s\n", problem_constraints[0].constraint, problem_constraints[0].pointer);
    printf("step %s\n", STATEMENT_team_locked.name);
    printf("document %d %d\n", strlen(openapi_json) == openapi_json_len, strlen(openapi_yaml) == openapi_yaml_len);
    print_route(&route_root, "");
    return 0;
}
"""

    def run_program(self, compiler_name):
        self.assertEqual(self.lines(), [])
        main, binary = self.out / "main.c", self.out / "main"
        main.write_text(self.PROGRAM, encoding="utf-8")
        subprocess.run([compiler_name, *self.FLAGS, f"-I{self.out}", f"-I{ROOT / 'service'}", "-o", binary, main,
                        self.out / "operations.gen.c", self.out / "problems.gen.c"], check=True)
        return subprocess.run([binary], stdout=subprocess.PIPE, check=True).stdout.decode()

    def test_tables(self):
        text = self.run_program("cc")
        teams = "/v1/organisations/{organisation}/teams"
        for expected in [
            f"team_list {teams} number 0 permission team.read success 200 kind 0 required 0 list 1 if_match 0 idempotent 0 no_store 0 db 0 run 0 sorts 2\n"
            "  organisation place 0 list 0 default -\n  kind place 1 list 1 default -\n  fields place 1 list 1 default -\n"
            "  sort place 1 list 0 default name\n  include place 1 list 1 default -\n  limit place 1 list 0 default 50\n"
            "  cursor place 1 list 0 default -\n",
            # Path parameters stand in the order of the path, not of the document.
            f"team_update {teams}/{{team}} number 4 permission team.update success 200 kind 2 required 1 list 0 if_match 2 idempotent 0 no_store 0 db 0 run 1 sorts 0\n"
            "  organisation place 0 list 0 default -\n  team place 0 list 0 default -\n  reason place 1 list 0 default -\n"
            "  validate_only place 1 list 0 default false\n",
            "token_create /v1/token number 6 permission - success 200 kind 3 required 0 list 0 if_match 0 idempotent 0 no_store 1 db 1 run 1 sorts 0\n",
            # By enum source: principal 0, path 1, query 2, body member 5, new_id 7, if_match 9, limit 10, cursor 11, include 12, permission 13, value 15.
            "statement team_list result 1 writes 0 unfiltered -: 0/-/0 1/organisation/0 2/kind/1 10/-/0 11/-/0 12/-/0\n",
            "statement team_list.count result 1 writes 0 unfiltered -:",
            "statement team_list.desc_created_at.count result 1",
            "statement team_create result 0 writes 1 unfiltered -: 0/-/0 1/organisation/0 7/-/0 5/name/0 5/kind/0\n",
            "statement team_locked result 0 writes 1 unfiltered -: 0/-/0 1/organisation/0 1/team/1 13/-/0 9/-/0 15/name/0\n",
            "rank -5 9007199254740993\nrecursive 1\nclosed 1 read only 1 0 required name 1\nabsent 1 1\npattern ^[A-Za-z]+$\nbatch 1\n",
            "count team_list.desc_created_at.count\n",
            "permission team.create owner -\npermission team.read owner -\npermission team.update owner proposer\n",
            "problem It was here once. 410\ntrigraph HTTP rules are broken??/ really.\nconstraint teams_name_key /name\nstep team_locked\ndocument 1 1\n",
            "route /v1/me: GET, HEAD, OPTIONS\n",
            "route /v1/organisations/{}/teams: GET, HEAD, POST, OPTIONS\nroute /v1/organisations/{}/teams/batch: POST, OPTIONS\n"
            "route /v1/organisations/{}/teams/{}: GET, HEAD, PATCH, OPTIONS\n",
        ]:
            self.assertIn(expected, text)

    def test_list_without_filters(self):
        self.change(LIST, "order by t.name", "where true\n  and ($3::text[] is null or t.kind = any ($3))\norder by t.name")
        self.change(LIST, "t.kind = any ($3) and t.name > $5", "t.name > $5")
        text = self.run_program("cc")
        self.assertIn("statement team_list.all result 1 writes 0 unfiltered -: 0/-/0 1/organisation/0 10/-/0 11/-/0 12/-/0\n", text)
        self.assertIn("statement team_list result 1 writes 0 unfiltered team_list.all: 0/-/0 1/organisation/0 2/kind/1 10/-/0 11/-/0 12/-/0\n", text)
        self.assertIn("statement team_list.desc_created_at result 1 writes 0 unfiltered -:", text)

    @unittest.skipUnless(shutil.which("clang"), "no clang here")
    def test_clang_finds_nothing(self):
        self.assertEqual(self.run_program("clang"), self.run_program("cc"))


if __name__ == "__main__":
    unittest.main()
