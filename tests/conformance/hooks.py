# SPDX-License-Identifier: Apache-2.0
"""What Schemathesis has to know of the service beyond its document, and a check of our own. WORLD names the directory of world_files.py."""

import json
import os
import pathlib
import re

import schemathesis
from hypothesis import strategies

KEPT = json.loads(pathlib.Path(os.environ["WORLD"], "kept.json").read_text())
# Faults of the form: what only the document says of a body or parameter.
FORM = {"required", "unknown_member", "read_only", "unknown_parameter", "type", "enum", "const", "too_short", "too_long", "pattern", "format",
        "too_small", "too_large", "too_few", "too_many", "no_match"}
# Members that a body needs only with some others, or without them.
EITHER = re.compile(r"/(email|person_id|definition|changes|framework|answer_within_days)$")

# RFC 3339 allows offsets to 23:59, PostgreSQL to 15:59, the world has them to 14:00.
schemathesis.openapi.format("date-time", strategies.builds(
    "{}{}{}".format, strategies.datetimes().map(lambda time: time.isoformat(timespec="seconds")), strategies.sampled_from(["", ".5", ".123456"]),
    strategies.sampled_from(["Z", "+00:00", "-03:30", "+14:00"])))


@schemathesis.hook
def filter_case(context, case):
    """Not away with what all the rest stands on: the organisation, and those who ask."""
    last = case.path.rpartition("{")[2].removesuffix("}")
    return case.method != "DELETE" or (case.path_parameters or {}).get(last) not in KEPT.get(last, ())


@schemathesis.hook
def map_case(context, case):
    """A cursor that is none of ours would be all that lists ever speak of; and in the coverage phase the pattern of If-Match is not kept."""
    if case.meta is not None and case.meta.generation.mode.is_positive:
        if not re.fullmatch(r"[A-Za-z0-9_-]{20,}", (case.query or {}).get("cursor", "")):
            (case.query or {}).pop("cursor", None)
        if '"' not in (case.headers or {}).get("If-Match", '"'):
            case.headers["If-Match"] = "*"
    return case


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whoever asks for some members by `fields` gets no others, which no schema can say."""
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
