# SPDX-License-Identifier: Apache-2.0
"""What Schemathesis has to know of the service beyond its document, and a check of our own. WORLD names the directory of world_files.py."""

import json
import os
import pathlib
import re
import zlib

import schemathesis
from hypothesis import strategies

WORLD = pathlib.Path(os.environ["WORLD"])
KEPT = json.loads((WORLD / "kept.json").read_text())
WAYS = json.loads((WORLD / f"{os.environ['ROLE']}.ways.json").read_text())
# Faults of the form: what only the document says of a body or parameter.
FORM = {"required", "unknown_member", "read_only", "unknown_parameter", "type", "enum", "const", "too_short", "too_long", "pattern", "format",
        "too_small", "too_large", "too_few", "too_many", "no_match"}
# Members that a body needs only with some others, or without them.
EITHER = re.compile(r"/(email|person_id|definition|changes|framework|answer_within_days)$|^/steps/\d+/(member|type|option|ballot)$")
# More than a target of 8 KiB and headers of 12: libmicrohttpd may answer by itself, without a document of ours.
BEYOND = 20 * 1024

# RFC 3339 allows offsets to 23:59, PostgreSQL to 15:59, the world has them to 14:00.
schemathesis.openapi.format("date-time", strategies.builds(
    "{}{}{}".format, strategies.datetimes().map(lambda time: time.isoformat(timespec="seconds")), strategies.sampled_from(["", ".5", ".123456"]),
    strategies.sampled_from(["Z", "+00:00", "-03:30", "+14:00"])))


@schemathesis.hook
def filter_case(context, case):
    """Not away with what all the rest stands on: the organisation, and those who ask."""
    last = case.path.rpartition("{")[2].removesuffix("}")
    return case.method != "DELETE" or (case.path_parameters or {}).get(last) not in KEPT.get(last, ())


def lead_on(case):
    """Most requests go where the operation can succeed. Which ones follows from what they hold, so that they can be made again."""
    ways = WAYS.get(case.operation.definition.raw["operationId"])
    number = zlib.crc32(repr((case.path_parameters, case.query, case.headers, case.body)).encode())
    if not ways or number % 4 == 0 or case.meta.phase.name == "stateful":
        return
    way = ways[number // 4 % len(ways)]
    case.path_parameters.update((name, value) for name, value in way["path"].items() if name in case.path_parameters)
    if isinstance(case.body, dict):
        case.body = {name: value for name, value in (case.body | way["body"]).items() if name not in way["without"]}


@schemathesis.hook
def map_case(context, case):
    """A cursor that is none of ours would be all that lists ever speak of; and in the coverage phase the patterns of If-Match
    and If-None-Match are not kept."""
    if case.meta is not None and case.meta.generation.mode.is_positive:
        lead_on(case)
        if not re.fullmatch(r"[A-Za-z0-9_-]{20,}", (case.query or {}).get("cursor", "")):
            (case.query or {}).pop("cursor", None)
        if '"' not in (case.headers or {}).get("If-Match", '"'):
            case.headers["If-Match"] = "*"
        if '"' not in (case.headers or {}).get("If-None-Match", '"'):
            case.headers["If-None-Match"] = '"none"'
    return case


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whoever asks for some members by `fields` gets no others, which no schema can say. What is far too long the HTTP library answers itself."""
    head = len(response.request.url) + sum(len(name) + len(value) + 4 for name, value in response.request.headers.items())
    if response.status_code in (414, 431) and head > BEYOND:
        return False
    return not ("fields" in (case.query or {}) and response.status_code == 200 and "is a required property" in failure.message)


@schemathesis.check
def valid_form_accepted(ctx, response, case):
    """What fits the document is never refused for its form: document and validator say the same."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    problem = response.json()
    if problem["code"] in ("invalid_body", "invalid_parameter"):
        faults = [fault for fault in problem["errors"]
                  if fault["code"] in FORM and not (fault["code"] in ("required", "no_match") and EITHER.search(fault["pointer"]))]
        assert not faults, f"the request fits the document, but the service says {faults}"
