# SPDX-License-Identifier: Apache-2.0
"""Ties operations to their statements and handlers, and refuses what would not be enforced."""
import re

from additions import LIST_MAX, RESERVED, all_schemas
from contract import resolve
from queries import access_calls, constraint_codes, constraints, problem_codes
from validators import check_request_schema


class Sources:
    """The C files of the service."""

    def __init__(self, service):
        self.folder = service / "operations"
        self.files = {path: path.read_text(encoding="utf-8") for path in sorted(service.rglob("*.c"))}

    def handler(self, operation_id):
        """The text of a handler, and that with the files that run statements and whose headers it includes; or None, None."""
        start = self.folder / f"{operation_id}.c"
        if start not in self.files:
            return None, None
        texts, wanted = {start: self.files[start]}, [start]
        while wanted:
            for header in re.findall(r'#include "(?:\w+/)*(\w+)\.h"', texts[wanted.pop()]):
                for path, text in self.files.items():
                    if path.stem == header and path not in texts and "STATEMENT_" in text:
                        texts[path] = text
                        wanted.append(path)
        return texts[start], "\n".join(texts.values())

    def mention(self, word):
        return any(re.search(rf"\b{word}\b", text) for text in self.files.values())


def sort_file(operation, position, order):
    name = operation.id
    return name if position == 0 else name + "." + ("desc_" + order[1:] if order.startswith("-") else order)


def check_batch(operation, batch, refusals):
    """A batch runs the statement of another operation with the arguments of its own path."""
    item = operation.batch_of
    if item is None or item.handler or item.node.get("x-batch"):
        refusals.add(operation.id, f"x-batch: {batch} is no operation with a statement of its own")
    elif item.permission != operation.permission or item.admission != operation.admission:
        refusals.add(operation.id, f"needs the permission of {batch}, {item.permission}")
    elif item.arguments != operation.arguments or len(item.parameters) != len(item.arguments):
        refusals.add(operation.id, f"needs the path arguments of {batch}, which may have no other parameters")


def link_operation(operation, statements, sources, by_id, refusals):
    batch = operation.node.get("x-batch")
    answers = {name: statement for name, statement in statements.items() if not statement.step}
    operation.statement = answers.get(operation.id)
    if batch:
        operation.batch_of = by_id.get(batch)
        check_batch(operation, batch, refusals)
    elif operation.handler:
        operation.own_text, operation.handler_text = sources.handler(operation.id)
        if operation.handler_text is None:
            refusals.later(operation.id, f"x-handler, but there is no service/operations/{operation.id}.c")
    elif operation.statement is None:
        refusals.later(operation.id, f"has no statement ({operation.id}.sql), x-handler or x-batch")
    if batch and (operation.handler or operation.statement):
        refusals.add(operation.id, "has x-batch beside a statement or handler")
    if operation.list and operation.statement:
        orders = operation.sort_names or [""]
        files = [(order, sort_file(operation, position, order)) for position, order in enumerate(orders)]
        for order, name in files:
            if name not in answers:
                refusals.later(operation.id, f"x-sort {order} needs {name}.sql")
        operation.sorts = [(order, answers[name]) for order, name in files if name in answers]


def own_statements(operation):
    """Those that answer the operation by themselves."""
    if operation.sorts:
        return [statement for _, statement in operation.sorts]
    return [operation.statement] if operation.statement else []


def steps_of(text, statements):
    names = sorted(set(re.findall(r"\bSTATEMENT_(\w+)", text)))
    return [statements[name] for name in names if name in statements and statements[name].step]


def link(operations, statements, sources, problems, refusals):
    by_id = {operation.id: operation for operation in operations}
    used = set()
    for operation in operations:
        link_operation(operation, statements, sources, by_id, refusals)
        text = operation.handler_text or ""
        operation.own_steps = steps_of(operation.own_text or "", statements)
        operation.steps = steps_of(text, statements)
        for statement in own_statements(operation) + operation.steps:
            operation.codes |= problem_codes(statement.sql) | constraint_codes(statement, problems)
        operation.codes |= {name.lower() for name in re.findall(r"\bPROBLEM_([A-Z_]+)", text)}
        used |= {statement.name for statement in own_statements(operation)}
    for operation in operations:
        if operation.batch_of:
            operation.codes |= operation.batch_of.codes
    for statement in statements.values():
        if statement.step and not sources.mention(f"STATEMENT_{statement.name}"):
            refusals.later(statement.name, "a step that no file in service/ uses as STATEMENT_" + statement.name)
        elif not statement.step and statement.name not in used:
            refusals.later(statement.name, "a statement without operation")


# ---- one operation ----

def check_shape(operation, refusals):
    """The keys of the operation itself."""
    node, where = operation.node, operation.id
    if not node.get("summary"):
        refusals.add(where, "needs a summary")
    if not operation.success[0] and not operation.node.get("x-batch"):
        refusals.add(where, "declares not exactly one 2xx answer")
    if operation.success[0] not in (0, 200, 201, 202, 204):
        refusals.add(where, f"answers {operation.success[0]}, which the engine does not")
    if operation.if_match not in ("none", "optional", "required") or (operation.if_match != "none" and not operation.writes):
        refusals.add(where, "x-if-match is optional or required, on writes only")
    if operation.list and operation.writes:
        refusals.add(where, "x-list is for GET")
    if operation.sort_names and not operation.list:
        refusals.add(where, "x-sort is for lists")
    media_type, _ = operation.body()
    if media_type and operation.method in ("get", "delete"):
        refusals.add(where, f"{operation.method.upper()} has no body")
    known = {"application/json", "application/merge-patch+json", "application/x-www-form-urlencoded"}
    if media_type and (media_type not in known or (media_type.startswith("application/merge") and operation.method != "patch")):
        refusals.add(where, f"the engine reads no {media_type} here")


def check_change(operation, refusals):
    """A change of a change set names its resource by the path alone, and its statements ask for access at one place."""
    if not operation.change:
        return
    if not operation.writes or not operation.permission or len(operation.parameters) != len(operation.arguments):
        refusals.add(operation.id, "x-change is for writes with a permission and no parameters but those of the path")
    if operation.arguments[:1] != ["organisation"]:
        refusals.add(operation.id, "x-change is for what lies below an organisation")
    for statement in own_statements(operation) + operation.steps:
        if re.search(r"\(\s*\$1\s*\)|\$1\s*::", statement.skeleton):
            refusals.add(statement.name, "x-change: $1 is for access(…) only")


def check_parameters(document, operation, schemas, refusals):
    seen = set()
    for parameter in operation.parameters:
        where = f"{operation.id}/{parameter['name']}"
        if parameter["name"] in RESERVED and parameter["in"] != "path":
            refusals.add(where, "comes by itself; do not declare it")
        if (parameter["in"], parameter["name"]) in seen:
            refusals.add(where, "is declared twice")
        seen.add((parameter["in"], parameter["name"]))
        schema = resolve(document, parameter.get("schema", {}))
        if schema.get("type") == "array":
            extra = schema.keys() - {"type", "items", "maxItems", "minItems", "description"}
            if extra or schema.get("maxItems", LIST_MAX) != LIST_MAX or schema.get("minItems", 1) != 1:
                refusals.add(where, f"a list takes items only; it has 1 to {LIST_MAX} of them")
            schema = schema.get("items", {})
        if resolve(document, schema).get("type") not in ("string", "integer", "number", "boolean"):
            refusals.add(where, "must be a string, integer, number or boolean, or a list of those")
        check_request_schema(document, schema, where, refusals, schemas)


def check_bindings(document, operation, statement, refusals):
    """Everything a statement binds must exist; everything declared must be bound."""
    declared = {(p["in"], p["name"]) for p in operation.parameters}
    _, body = operation.body()
    properties = resolve(document, body or {}).get("properties", {})
    for binding in statement.bindings:
        where = f"{statement.name}: {binding.source.replace('_member', '')} {binding.name or ''}".strip()
        if binding.source in ("path", "query", "header") and (binding.source, binding.name) not in declared:
            refusals.add(where, "is not declared in the document")
        if binding.source in ("body_member", "body_texts") and binding.name not in properties and not operation.handler:
            refusals.add(where, "is no member of the request body")
        if binding.source == "body" and body is None:
            refusals.add(where, "there is no request body")
        if binding.source == "if_match" and operation.if_match == "none":
            refusals.add(where, "needs x-if-match")
        if binding.source == "include" and not operation.includes:
            refusals.add(where, "needs x-include")
        if binding.source == "permission" and not operation.permission:
            refusals.add(where, "the operation has no permission")
        if binding.source in ("limit", "cursor") and not operation.list:
            refusals.add(where, "is for lists")
        if binding.source == "value" and not operation.handler:
            refusals.add(where, "is for logic operations")


def check_plain_reads(document, operation, statement, refusals):
    for parameter in operation.parameters:
        if not statement.binds(parameter["in"], parameter["name"]):
            refusals.add(statement.name, f"nobody reads {parameter['in']} {parameter['name']}")
    _, body = operation.body()
    if body is not None and not statement.binds("body"):
        for name, schema in resolve(document, body).get("properties", {}).items():
            if not (statement.binds("body_member", name) or statement.binds("body_texts", name) or schema.get("readOnly")):
                refusals.add(statement.name, f"nobody reads body {name}")
    if operation.if_match != "none" and not statement.binds("if_match"):
        refusals.add(statement.name, "x-if-match, but nobody reads if_match")
    if operation.list:
        if statement.result != "list":
            refusals.add(statement.name, "a list needs `-- result: list`")
        for source in ("limit", "cursor"):
            if not statement.binds(source):
                refusals.add(statement.name, f"nobody reads {source}")
        if not statement.cursor:
            refusals.add(statement.name, "a list needs a comment `-- cursor: column, …`: what its order goes by")
        for column in statement.cursor:
            if not re.search(rf"\b{column}\b", statement.skeleton):
                refusals.add(statement.name, f"has no column {column}, which its cursor goes by")
    elif statement.result == "list":
        refusals.add(statement.name, "result: list needs x-list")


def check_handler_reads(operation, refusals):
    for parameter in operation.parameters:
        name = parameter["name"]
        bound = any(s.binds(parameter["in"], name) for s in own_statements(operation) + operation.steps)
        if not bound and f'"{name}"' not in operation.handler_text:
            refusals.add(operation.id, f"nobody reads {parameter['in']} {name}")


def literals(text):
    return re.findall(r"'((?:[^']|'')*)'", text)


def check_positions(step, operations, refusals):
    """A step binds parameters by position, so they must stand at the same one wherever it is used."""
    for binding in step.bindings:
        found = {position for operation in operations if step in operation.steps for position, p in enumerate(operation.parameters)
                 if (p["in"], p["name"]) == (binding.source, binding.name)}
        if len(found) > 1:
            refusals.add(step.name, f"{binding.source} {binding.name} is not at the same position in all operations that use it")


def names_permission(statement, arguments, permission):
    """Whether an access call names exactly this permission, as literal or bound."""
    found = literals(arguments)
    if found:
        return found == [permission]
    bound = [int(n) for n in re.findall(r"\$(\d+)", arguments)]
    return any(0 < n <= len(statement.bindings) and statement.bindings[n - 1].source == "permission" for n in bound)


def check_access(operation, statement, refusals):
    calls = list(access_calls(statement))
    if operation.permission and not calls:
        refusals.add(statement.name, f"never calls access(…, '{operation.permission}')")
    for arguments in calls:
        if not operation.permission or not names_permission(statement, arguments, operation.permission):
            refusals.add(statement.name, f"access({arguments.strip()}) does not name the permission {operation.permission or '(none)'}")


def check_step_access(step, operations, permissions, refusals):
    """A literal must be the permission of every operation whose handler names the step."""
    users = {operation.permission for operation in operations if step in operation.own_steps}
    for arguments in access_calls(step):
        found = literals(arguments)
        if found:
            right = len(found) == 1 and found[0] in permissions and users <= set(found)
        else:
            right = names_permission(step, arguments, None)
        if not right:
            refusals.add(step.name, f"access({arguments.strip()}) names no permission, or not that of its operations")


def check_operation(document, operation, schemas, refusals):
    """`schemas` collects the request schemas that were looked at, by id."""
    check_shape(operation, refusals)
    check_change(operation, refusals)
    check_parameters(document, operation, schemas, refusals)
    _, body = operation.body()
    if body is not None:
        check_request_schema(document, body, f"{operation.id}/body", refusals, schemas)
    for statement in own_statements(operation):
        check_bindings(document, operation, statement, refusals)
        check_access(operation, statement, refusals)
        if not operation.handler:
            check_plain_reads(document, operation, statement, refusals)
            if statement.writes and not operation.writes:  # it is asked together with what others read
                refusals.add(statement.name, "writes or locks, which a GET may do in a handler only")
    for step in operation.own_steps:
        check_bindings(document, operation, step, refusals)
    if operation.handler_text is not None:
        check_handler_reads(operation, refusals)


# ---- the whole ----

def check_routes(document, operations, refusals):
    """No two paths of one shape; no text segment that hides a value of an argument beside it."""
    shapes = {}
    for path in document["paths"]:
        shape = re.sub(r"\{[^}]*\}", "{}", path)
        if shape in shapes:
            refusals.add(path, f"is the same route as {shapes[shape]}")
        shapes[shape] = path
    for operation in operations:
        before = ""
        for segment in operation.path.split("/")[1:]:
            if segment.startswith("{"):
                parameter = next((p for p in operation.parameters if p["in"] == "path" and p["name"] == segment[1:-1]), {})
                schema = resolve(document, parameter.get("schema", {}))
                for hiding in hidden_values(before, schema, document["paths"]):
                    refusals.add(operation.id, f"ambiguous: the segment {hiding} hides that value of {segment}")
            before += "/" + segment


def hidden_values(before, schema, paths):
    """The text segments after `before` that the schema of an argument there accepts."""
    if "format" in schema or schema.get("type") != "string":
        return
    segments = {path[len(before) + 1:].split("/")[0] for path in paths if path.startswith(before + "/")}
    for segment in sorted(s for s in segments if s and not s.startswith("{")):
        fits_enum = segment in schema.get("enum", [segment])
        fits_length = schema.get("minLength", 0) <= len(segment) <= schema.get("maxLength", len(segment))
        if fits_enum and fits_length and re.search(schema.get("pattern", ""), segment):
            yield segment


def check_permissions(document, operations, statements, sources, migrations, refusals):
    permissions = document.get("x-permissions", {})
    used = {operation.scope for operation in operations}
    for operation in operations:
        if operation.scope and operation.scope not in permissions:
            refusals.add(operation.id, f"permission {operation.scope} is not in x-permissions")
    texts = [statement.bare for statement in statements.values()] + list(sources.files.values())
    texts += [path.read_text(encoding="utf-8") for path in migrations.glob("*.sql")]
    for name, entry in permissions.items():
        if not isinstance(entry, dict) or "about" not in entry or "roles" not in entry:
            refusals.add(name, "a permission needs about and roles")
        elif extra := entry.keys() - {"about", "roles", "team_roles", "decision_roles"}:
            refusals.add(name, f"{', '.join(sorted(extra))}: no key of permissions (quote an `about` with commas)")
        if name not in used and not any(f"'{name}'" in text or f'"{name}"' in text for text in texts):
            refusals.later(name, "a permission that nobody uses")


def check_changes(document, operations, refusals):
    """What a change set may hold is said twice: at each operation, and in its schema."""
    schema = document["components"].get("schemas", {}).get("ChangeOperation", {})
    listed, marked = schema.get("enum", []), [operation.id for operation in operations if operation.change]
    for name in sorted(set(listed) ^ set(marked)):
        refusals.add(name, "stands in ChangeOperation or has x-change, but not both")


def check_codes(operations, statements, problems, refusals):
    for name, kind in problems["problems"].items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or {"status", "title", "about"} != set(kind):
            refusals.add(f"problems.yaml/{name}", "needs status, title and about")
    for statement in statements.values():
        for code in sorted(problem_codes(statement.sql) - problems["problems"].keys()):
            refusals.add(statement.name, f"problem code {code} is not in problems.yaml")


def check_constraints(migrations, problems, refusals):
    known = problems.get("constraints") or {}
    internal = problems.get("internal_constraints") or []
    existing = constraints(migrations)
    for name, file in existing.items():
        if name not in known and name not in internal:
            refusals.later(f"{file}/{name}", "the constraint is neither in constraints nor internal_constraints of problems.yaml")
    for name in [*known, *internal]:
        if name not in existing:
            refusals.later(f"problems.yaml/{name}", "no migration has this constraint")
    for name, entry in known.items():
        if entry.get("code") not in problems["problems"] or entry.keys() - {"code", "pointer", "detail"}:
            refusals.add(f"problems.yaml/{name}", "a constraint has a known code, and pointer and detail if need be")


def check_everywhere(node, where, refusals):
    """Keywords that no schema may have, in answers neither."""
    if isinstance(node, list):
        for position, item in enumerate(node):
            check_everywhere(item, f"{where}/{position}", refusals)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "nullable" and isinstance(value, bool):
                refusals.add(where, 'nullable is OpenAPI 3.0; write type: [string, "null"]')
            check_everywhere(value, f"{where}/{key}", refusals)


def check_closed(document, schemas, refusals):
    """A request schema is closed; what an allOf combines can't be."""
    _, combined = all_schemas(document)
    for name, schema in document["components"].get("schemas", {}).items():
        if id(schema) in schemas and id(schema) in combined and "additionalProperties" not in schema:
            refusals.add(name, "is a request schema, which is closed, and part of an allOf, which can't be; make two")


def check(document, operations, statements, sources, problems, migrations, refusals):
    check_everywhere(document, "#", refusals)
    schemas = set()
    for operation in operations:
        check_operation(document, operation, schemas, refusals)
    check_closed(document, schemas, refusals)
    for statement in statements.values():
        if statement.step:
            check_positions(statement, operations, refusals)
            check_step_access(statement, operations, document.get("x-permissions", {}), refusals)
    check_routes(document, operations, refusals)
    check_permissions(document, operations, statements, sources, migrations, refusals)
    check_changes(document, operations, refusals)
    check_codes(operations, statements, problems, refusals)
    check_constraints(migrations, problems, refusals)
