# SPDX-License-Identifier: Apache-2.0
"""Writes the C tables of service/operation.h and service/problem.h."""
import re

from additions import ENGINE_HEADERS
from contract import METHODS, resolve
from queries import access_calls, adopted, without_filters
from validators import SchemaTable, c_text

MARK = "/* SPDX-License-Identifier: Apache-2.0 */\n/* Written by openapi/compile.py. */\n"


def c_name(text):
    return re.sub(r"\W", "__", text)


def c_bool(value):
    return "true" if value else "false"


def c_text_or_null(text):
    return "NULL" if text is None else c_text(text)


def c_lines(text):
    """A long text as one literal per line."""
    return "\n".join("    " + c_text(line) for line in text.splitlines(keepends=True)) or '    ""'


# ---- problems ----

def problems_header(problems):
    codes = "".join(f"    PROBLEM_{code.upper()},\n" for code in problems["problems"])
    faults = "".join(f"    FAULT_{code.upper()},\n" for code in problems["faults"])
    return (f"{MARK}#ifndef COHELM_PROBLEMS_GEN_H\n#define COHELM_PROBLEMS_GEN_H\n\nenum problem_code {{\n{codes}}};\n\n"
            f"enum fault_code {{\n{faults}}};\n\n#endif\n")


def problems_source(problems):
    kinds = "".join(
        f"    [PROBLEM_{code.upper()}] = {{.code = {c_text(code)}, .title = {c_text(kind['title'])},\n"
        f"        .about = {c_text(kind['about'])}, .status = {kind['status']}}},\n"
        for code, kind in problems["problems"].items())
    faults = "".join(f"    [FAULT_{code.upper()}] = {c_text(code)},\n" for code in problems["faults"])
    # C has no empty arrays, so a last row that is not counted closes the list.
    known = problems.get("constraints") or {}
    rows = "".join(
        f"    {{{c_text(name)}, PROBLEM_{known[name]['code'].upper()}, {c_text_or_null(known[name].get('pointer'))},\n"
        f"     {c_text_or_null(known[name].get('detail'))}}},\n" for name in sorted(known))
    return (f'{MARK}#include "problem.h"\n\nconst struct problem_kind problem_kinds[] = {{\n{kinds}}};\n'
            f"const size_t problem_kind_count = {len(problems['problems'])};\n\n"
            f"const char *const fault_codes[] = {{\n{faults}}};\nconst size_t fault_code_count = {len(problems['faults'])};\n\n"
            f"const struct problem_constraint problem_constraints[] = {{\n{rows}    {{NULL, (enum problem_code)0, NULL, NULL}},\n}};\n"
            f"const size_t problem_constraint_count = {len(known)};\n")


# ---- statements ----

def statements_header(statements):
    names = "".join(f"extern const struct statement STATEMENT_{s.name};\n" for s in statements.values() if s.step)
    return f'{MARK}#ifndef COHELM_STATEMENTS_GEN_H\n#define COHELM_STATEMENTS_GEN_H\n\n#include "operation.h"\n\n{names}\n#endif\n'


def count_sql(statement):
    """Counts what the list would give when limit and cursor are null; a row without a cursor stands for "nothing found"."""
    return f"select count({statement.cursor[0]}) as total\nfrom (\n{statement.sql}\n) counted"


class Tables:
    """operations.gen.c, built up in the order of its parts."""

    def __init__(self, document, operations, statements):
        self.document, self.operations, self.statements = document, operations, statements
        self.schemas = SchemaTable(document)
        self.statement_names = []
        self.lines = []

    def source(self, json_text, yaml_text):
        for statement in self.statements.values():
            users = [o for o in self.operations if statement in [o.statement, *(s for _, s in o.sorts), *o.steps]]
            twin = any(o.change for o in users) and any(access_calls(statement))
            if twin:
                self.add_statement(statement, users, statement.name + ".adopted", adopted(statement.sql), hidden=True)
            unfiltered = without_filters(statement) if any(o.list for o in users) else None
            if unfiltered:
                self.add_statement(unfiltered, users, statement.name + ".all", unfiltered.sql, hidden=True)
            self.add_statement(statement, users, statement.name, statement.sql, twin=twin, unfiltered=unfiltered)
            if any(o.sorts for o in users):
                self.add_statement(statement, users, statement.name + ".count", count_sql(statement))
        for operation in self.operations:
            self.add_operation(operation)
        self.add_index()
        self.add_routes()
        self.add_permissions()
        self.add_document("openapi_json", json_text)
        self.add_document("openapi_yaml", yaml_text)
        patterns = "".join(f"    {c_text(p)},\n" for p in self.schemas.patterns)
        handlers = "".join(f"bool {o.id}(struct call *call);\n" for o in self.operations if o.handler)
        forward = "".join(f"static const struct operation operation_{o.id};\n" for o in self.operations)
        return "\n".join([
            f'{MARK}#include "operation.h"\n\n#include "statements.gen.h"\n', handlers,
            *self.schemas.forward, "", *self.schemas.lines, "",
            f"const char *const patterns[] = {{\n{patterns}    NULL,\n}};", f"const size_t pattern_count = {len(self.schemas.patterns)};",
            "", forward, *self.lines, ""])

    def add(self, text):
        self.lines.append(text)

    def texts(self, name, values):
        """An array of texts ending with NULL; its name, or NULL for none."""
        if not values:
            return "NULL"
        self.add(f"static const char *const {name}[] = {{{', '.join([*map(c_text, values), 'NULL'])}}};")
        return name

    def table_parameters(self, operation):
        """The document's own first: path ones stand at the index of their argument. Some headers the engine judges by itself."""
        return operation.parameters + [p for p in operation.engine_parameters if p["name"] not in ENGINE_HEADERS]

    def index_of(self, binding, users):
        """Position among the parameters. A step that several operations use needs the same one in each."""
        place = {"path": "path", "query": "query", "header": "header"}.get(binding.source)
        if place is None:
            return binding.index
        positions = set()
        for operation in users:
            for position, parameter in enumerate(self.table_parameters(operation)):
                if parameter["in"] == place and parameter["name"] == binding.name:
                    positions.add(position)
        return min(positions, default=0)

    def add_statement(self, statement, users, name, sql, hidden=False, twin=False, unfiltered=None):
        """`hidden`: only tables refer to it. `twin`: there is one of it for adopted decisions; `unfiltered`: one without filters."""
        public = statement.step and not hidden
        label = ("STATEMENT_" if public else "statement_") + c_name(name)
        rows = "".join(
            f"    {{SOURCE_{b.source.upper()}, {c_text_or_null(b.name)}, {self.index_of(b, users)}}},\n" for b in statement.bindings)
        bindings = "NULL"
        if rows:
            bindings = f"bindings_{c_name(name)}"
            self.add(f"static const struct binding {bindings}[] = {{\n{rows}}};")
        cursor = self.texts(f"cursor_{c_name(name)}", list(statement.cursor))
        self.add(f"{'' if public else 'static '}const struct statement {label} = {{\n"
                 f"    .name = {c_text(name)},\n    .number = {len(self.statement_names)},\n    .sql =\n{c_lines(sql)},\n"
                 f"    .result = RESULT_{statement.result.upper()},\n"
                 f"    .writes = {c_bool(statement.writes)},\n    .deletes = {c_bool(any(o.method == 'delete' for o in users))},\n"
                 f"    .bindings = {bindings},\n    .adopted = {f'&statement_{c_name(name)}__adopted' if twin else 'NULL'},\n"
                 f"    .unfiltered = {f'&statement_{c_name(name)}__all' if unfiltered else 'NULL'},\n"
                 f"    .binding_count = {len(statement.bindings)},\n    .cursor = {cursor},\n}};")
        self.statement_names.append(label)

    def add_parameters(self, operation):
        parameters = self.table_parameters(operation)
        rows = ""
        for parameter in parameters:
            schema = parameter.get("schema", {})
            resolved = resolve(self.document, schema)
            is_list = resolved.get("type") == "array"
            pointer = self.schemas.add(resolved["items"] if is_list else schema)
            default = resolved.get("default")
            default = default if default is None or isinstance(default, str) else str(default).lower()
            rows += (f"    {{.name = {c_text(parameter['name'])}, .place = PLACE_{parameter['in'].upper()}, "
                     f".required = {c_bool(parameter.get('required'))}, .list = {c_bool(is_list)},\n"
                     f"     .schema = {pointer}, .default_text = {c_text_or_null(default)}}},\n")
        if not rows:
            return "NULL", 0
        self.add(f"static const struct parameter parameters_{operation.id}[] = {{\n{rows}}};")
        return f"parameters_{operation.id}", len(parameters)

    def add_sorts(self, operation):
        rows = "".join(f"    {{{c_text(order)}, &statement_{c_name(s.name)}, &statement_{c_name(s.name)}__count}},\n"
                       for order, s in operation.sorts)
        if rows:
            self.add(f"static const struct sort sorts_{operation.id}[] = {{\n{rows}}};")
        return f"sorts_{operation.id}" if rows else "NULL"

    def add_operation(self, operation):
        parameters, parameter_count = self.add_parameters(operation)
        media_type, body = operation.body()
        body_kind = {None: "NONE", "application/x-www-form-urlencoded": "FORM"}.get(
            media_type, "MERGE_PATCH" if operation.method == "patch" else "JSON")
        fields = {
            "id": c_text(operation.id), "method": "METHOD_" + operation.method.upper(), "path": c_text(operation.path),
            "number": self.operations.index(operation), "admission": "ADMIT_" + operation.admission.upper(),
            "permission": c_text_or_null(operation.permission), "scope": c_text_or_null(operation.scope),
            "parameters": parameters, "parameter_count": parameter_count,
            "body_kind": "BODY_" + body_kind,
            "body_required": c_bool(operation.node.get("requestBody", {}).get("required")),
            "body": self.schemas.add(body) if body is not None else "NULL",
            "statement": f"&statement_{c_name(operation.statement.name)}" if operation.statement else "NULL",
            "sorts": self.add_sorts(operation), "sort_count": len(operation.sorts),
            "run": operation.id if operation.handler else "NULL",
            "batch_of": f"&operation_{operation.batch_of.id}" if operation.batch_of else "NULL",
            "success": operation.success[0], "list": c_bool(operation.list), "validate_only": c_bool(operation.writes),
            "change": c_bool(operation.change), "job": c_bool(operation.job), "uses_database": c_bool(operation.node.get("x-database")),
            "if_match": "IF_MATCH_" + operation.if_match.upper(), "idempotent": c_bool(operation.idempotent),
            "no_store": c_bool(operation.node.get("x-no-store")),
            "produces": self.texts(f"produces_{operation.id}", operation.media_types()),
            "includes": self.texts(f"includes_{operation.id}", operation.includes),
        }
        body = "".join(f"    .{name} = {value},\n" for name, value in fields.items())
        self.add(f"static const struct operation operation_{operation.id} = {{\n{body}}};")

    def add_index(self):
        names = "".join(f"    &{name},\n" for name in self.statement_names)
        self.add(f"const struct statement *const statements[] = {{\n{names}    NULL,\n}};")
        self.add(f"const size_t statement_count = {len(self.statement_names)};")
        names = "".join(f"    &operation_{o.id},\n" for o in self.operations)
        self.add(f"const struct operation *const operations[] = {{\n{names}    NULL,\n}};")
        self.add(f"const size_t operation_count = {len(self.operations)};")

    def add_routes(self):
        tree = {}
        for operation in self.operations:
            node = tree
            for segment in operation.path.split("/")[1:]:
                node = node.setdefault(None if segment.startswith("{") else segment, {})
            node.setdefault("/methods", {})[operation.method] = operation
        self.add(f"const struct route_node route_root = {self.route_node(tree, None, 'root')};")

    def route_node(self, tree, segment, name):
        """The initialiser of a node; adds the arrays below it."""
        segments = sorted((s for s in tree if s not in (None, "/methods")), key=str.encode) + ([None] if None in tree else [])
        rows = [self.route_node(tree[s], s, f"{name}_{position}") for position, s in enumerate(segments)]
        children = methods = allow = "NULL"
        if rows:
            children = f"children_{name}"
            self.add(f"static const struct route_node {children}[] = {{\n    " + ",\n    ".join(rows) + ",\n};")
        found = tree.get("/methods")
        if found:
            methods = f"methods_{name}"
            entries = "".join(f"    [METHOD_{m.upper()}] = &operation_{o.id},\n" for m, o in found.items())
            self.add(f"static const struct operation *const {methods}[METHOD_DELETE + 1] = {{\n{entries}}};")
            names = [m.upper() for m in METHODS if m in found]
            allow = c_text(", ".join(names[:1] + ["HEAD"] + names[1:] if "GET" in names else names) + ", OPTIONS")
        return (f"{{.segment = {c_text_or_null(segment)}, .children = {children}, .child_count = {len(rows)}, "
                f".methods = {methods}, .allow = {allow}}}")

    def add_permissions(self):
        rows = ""
        permissions = self.document.get("x-permissions", {})
        for position, name in enumerate(sorted(permissions)):
            entry = permissions[name]
            lists = []
            for kind in ("roles", "team_roles", "decision_roles"):
                array = f"{kind}_{position}"
                self.add(f"static const char *const {array}[] = {{{', '.join([*map(c_text, entry.get(kind, [])), 'NULL'])}}};")
                lists.append(array)
            rows += f"    {{{c_text(name)}, {c_text(entry['about'])}, {', '.join(lists)}}},\n"
        self.add(f"const struct permission permissions[] = {{\n{rows}    {{NULL, NULL, NULL, NULL, NULL}},\n}};")
        self.add(f"const size_t permission_count = {len(permissions)};")

    def add_document(self, name, text):
        self.add(f"const char {name}[] =\n{c_lines(text)};\nconst size_t {name}_len = sizeof {name} - 1;")
