# SPDX-License-Identifier: Apache-2.0
"""After all suites: fails each operation that was never called or that declares a status no test has seen.

Reads what contract.py noted in the directory COVERAGE."""

import collections
import json
import os
import pathlib
import sys

import contract


def main():
    directory = pathlib.Path(os.environ["COVERAGE"])
    seen = collections.defaultdict(set)
    for notes in directory.glob("seen-*"):
        for line in notes.read_text().splitlines():
            operation, status = line.split()
            seen[operation].add(int(status))
    document = json.loads((directory / "openapi.json").read_text())
    passed = failed = 0
    for operation in contract.Contract(document).operations:
        missing = sorted(operation.statuses - seen[operation.id])
        if missing:
            failed += 1
            print(f"not ok {operation.id}: never seen:", *missing)
        else:
            passed += 1
            print(f"ok {operation.id}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
