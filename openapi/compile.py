# SPDX-License-Identifier: Apache-2.0
"""Compiles the contract: OpenAPI document + statements + problems -> const C tables and the bundled document.

usage: compile.py --out DIR [--check] [--lenient]

Says everything that the service could not enforce, one line each, and writes nothing then (exit 1).
--check    only looks, writes nothing
--lenient  lets pass what is only not written yet (a handler, a statement, a constraint's problem code): operations without
           statement or handler are left out
"""
import argparse
import json
import sys
from pathlib import Path

import yaml

from additions import complete
from checks import Sources, check, link
from contract import Refusals, read_contract, read_yaml
from queries import read_statements
from tables import Tables, problems_header, problems_source, statements_header

ROOT = Path(__file__).resolve().parent.parent


class Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data):
        return True  # no anchors in what others read


def operations_list(document, operations):
    """What tests derive their cases from."""
    return {
        "operations": [{
            "operationId": o.id, "method": o.method.upper(), "path": o.path, "permission": o.permission, "admission": o.admission,
            "success": o.success[0], "statuses": [int(status) for status in o.node["responses"]], "list": o.list,
            "sort": o.sort_names, "include": o.includes, "if_match": o.if_match, "idempotent": o.idempotent, "handler": o.handler,
            "batch_of": o.batch_of.id if o.batch_of else None, "body": o.body()[0], "produces": o.media_types(),
        } for o in operations],
        "permissions": document.get("x-permissions", {}),
    }


def ready(operation):
    """Whether there is something that answers the operation."""
    return operation.statement or operation.handler_text is not None or (operation.batch_of and ready(operation.batch_of))


def leave_out(document, operations):
    """Without the operations that nothing answers yet; the document loses them too."""
    kept = [operation for operation in operations if ready(operation)]
    for operation in operations:
        if operation not in kept:
            del document["paths"][operation.path][operation.method]
    document["paths"] = {path: item for path, item in document["paths"].items() if item}
    return kept


def write(out, document, operations, statements, problems):
    json_text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    yaml_text = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120)
    files = {
        "problems.gen.h": problems_header(problems),
        "problems.gen.c": problems_source(problems),
        "statements.gen.h": statements_header(statements),
        "operations.gen.c": Tables(document, operations, statements).source(json_text, yaml_text),
        "openapi.json": json_text + "\n",
        "openapi.yaml": yaml_text,
        "operations.json": json.dumps(operations_list(document, operations), indent=1, ensure_ascii=False) + "\n",
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = out / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:  # keeps make from building what did not change
            path.write_text(text, encoding="utf-8")


def compile_contract(root, out, look_only=False, lenient=False):
    """Writes the tables to `out`, unless something is refused. What is refused, and what is only not written yet, as lines."""
    refusals = Refusals()
    problems = read_yaml(root / "openapi" / "problems.yaml", refusals)
    document, operations = read_contract(root / "openapi", refusals)
    statements = read_statements(root / "sql" / "queries", refusals)
    sources = Sources(root / "service")
    link(operations, statements, sources, problems, refusals)
    check(document, operations, statements, sources, problems, root / "sql" / "migrations", refusals)
    if not refusals.lines and (lenient or not refusals.later_lines):
        operations = leave_out(document, operations)
        complete(document, operations, problems)
        if not look_only:
            write(out, document, operations, statements, problems)
    return refusals


def main():
    parser = argparse.ArgumentParser(description="Compiles the contract into C tables.")
    parser.add_argument("--out", type=Path, required=True, help="directory to write to")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--lenient", action="store_true", help="let pass what is only not written yet")
    arguments = parser.parse_args()
    refusals = compile_contract(ROOT, arguments.out, arguments.check, arguments.lenient)
    for line in refusals.lines + refusals.later_lines:
        print(line, file=sys.stderr)
    return 1 if refusals.lines or (refusals.later_lines and not arguments.lenient) else 0


if __name__ == "__main__":
    sys.exit(main())
