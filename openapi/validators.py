# SPDX-License-Identifier: Apache-2.0
"""Request schemas as `struct schema` tables, and the refusal of what service/validate.c does not check."""
import json
import re

from contract import resolve

TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
FORMATS = {"uuid", "date", "date-time", "email", "uri", "duration"}
ANNOTATIONS = {"title", "description", "examples", "deprecated", "default", "readOnly", "writeOnly"}
LIMITS = {  # keyword: (field, is a count)
    "minimum": ("minimum", False), "maximum": ("maximum", False), "minLength": ("min_length", True),
    "maxLength": ("max_length", True), "minItems": ("min_items", True), "maxItems": ("max_items", True),
    "minProperties": ("min_properties", True), "maxProperties": ("max_properties", True),
}
KEYWORDS = ANNOTATIONS | LIMITS.keys() | {
    "type", "format", "pattern", "enum", "const", "items", "properties", "required", "additionalProperties", "anyOf", "oneOf",
    "uniqueItems", "$ref",
}


def c_text(text):
    """A C string literal. Octal escapes end after three digits, so that what follows can't join in; `?` because of trigraphs."""
    special = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "?": "\\?"}
    return '"' + "".join(special.get(c) or (f"\\{ord(c):03o}" if ord(c) < 32 or ord(c) == 127 else c) for c in text) + '"'


def pattern_fault(pattern):
    """Why a pattern is outside of what ECMA-262 and POSIX extended expressions mean alike, or None."""
    if not pattern.isascii():
        return "has characters beyond ASCII, which count as several bytes"
    atom = r"(?:[^][(){}|^$.*+?\\]|\\[][(){}|^$.*+?\\])"
    bracket = r"\[\^?(?:(?!\[[:.=])[^\\\]])+\]"
    rest, depth, after = pattern, 0, "start"
    while rest:
        if match := re.match(atom + "|" + bracket, rest):
            after = "negated" if match[0].startswith("[^") else "atom"
        elif match := re.match(r"[*+?]|\{(\d+)(?:,(\d*))?\}", rest):
            if after not in ("atom", "negated"):
                return "has a quantifier that follows nothing, or another quantifier"
            if after == "negated" and match[1]:
                return "counts a negated set, which counts bytes"
            if any(int(n) > 255 for n in match.groups() if n):
                return "counts beyond 255"
            after = "quantifier"
        elif match := re.match(r"\((?!\?)", rest):
            depth, after = depth + 1, "start"
        elif match := re.match(r"\)", rest):
            if depth == 0 or after == "start":
                return "has an empty or unopened group"
            depth, after = depth - 1, "atom"
        elif match := re.match(r"\|", rest):
            if after == "start":
                return "has an empty alternative"
            after = "start"
        elif match := re.match(r"\^", rest):
            if after != "start":
                return "has ^ in the middle"
        elif match := re.match(r"\$(?=$|\)|\|)", rest):
            after = "anchor"
        elif rest.startswith("."):
            return "uses `.`, which takes line ends here but not in ECMA-262; use a set like [^ ]"
        else:
            return f"is outside the common subset of ECMA-262 and POSIX at `{rest[:8]}`"
        rest = rest[match.end():]
    return "has an empty alternative or an unclosed group" if depth or (after == "start" and pattern.endswith("|")) else None


def check_scalars(schema, where, refusals):
    types = schema.get("type", [])
    for name in types if isinstance(types, list) else [types]:
        if name not in TYPES:
            refusals.add(where, f"type {name!r} is none of {', '.join(TYPES)} (null in quotes)")
    for keyword, (_, count) in LIMITS.items():
        value = schema.get(keyword)
        if value is not None and (not isinstance(value, int) or (count and value < 0) or abs(value) >= 2**63):
            refusals.add(where, f"{keyword} must be an integer")
    if "format" in schema and schema["format"] not in FORMATS:
        refusals.add(where, f"format {schema['format']} is not checked by the service")
    if "pattern" in schema and (fault := pattern_fault(schema["pattern"])):
        refusals.add(where, f"pattern {schema['pattern']} {fault}")
    for value in schema.get("enum", []) + ([schema["const"]] if "const" in schema else []):
        if isinstance(value, (dict, list, float)):
            refusals.add(where, "enum and const take scalars only")


def check_request_schema(document, schema, where, refusals, seen):
    """Refuses what the validator does not enforce, in this schema and all below it."""
    if not isinstance(schema, dict):
        refusals.add(where, "a schema must be a map")
        return
    if id(schema) in seen:
        return
    seen.add(id(schema))
    for keyword in sorted(schema.keys() - KEYWORDS):
        refusals.add(where, f"{keyword} is not enforced by the service (request schemas)")
    if "$ref" in schema:
        for keyword in sorted(schema.keys() & KEYWORDS - ANNOTATIONS - {"$ref"}):
            refusals.add(where, f"{keyword} beside $ref is not enforced")
        check_request_schema(document, resolve(document, schema), schema["$ref"].rpartition("/")[2], refusals, seen)
        return
    check_scalars(schema, where, refusals)
    for name in schema.get("required", []):
        if name not in schema.get("properties", {}) and schema.get("additionalProperties", False) is False:
            refusals.add(where, f"required member {name} is not in properties")
    for name, child in schema.get("properties", {}).items():
        check_request_schema(document, child, f"{where}/{name}", refusals, seen)
    for keyword in ("items", "additionalProperties"):
        if not isinstance(schema.get(keyword, False), bool):
            check_request_schema(document, schema[keyword], f"{where}/{keyword}", refusals, seen)
    for keyword in ("anyOf", "oneOf"):
        for position, child in enumerate(schema.get(keyword, [])):
            check_request_schema(document, child, f"{where}/{keyword}/{position}", refusals, seen)
    if "anyOf" in schema and "oneOf" in schema:
        refusals.add(where, "anyOf beside oneOf is not enforced")


class SchemaTable:
    """Writes each schema once: components under their own name, the others under a number."""

    def __init__(self, document):
        self.document = document
        self.names = {}  # id of the node -> C name
        self.forward, self.lines, self.patterns = [], [], []

    def add(self, schema):
        """The C expression of a pointer to the table of a schema."""
        if "$ref" in schema:
            target = resolve(self.document, schema)
            if schema.get("readOnly") and not target.get("readOnly"):
                key = (id(target), "read only")
                return self.emit(key, {**target, "readOnly": True}, schema["$ref"].rpartition("/")[2] + "_read_only")
            return self.emit(id(target), target, schema["$ref"].rpartition("/")[2])
        return self.emit(id(schema), schema, str(len(self.names)))

    def emit(self, key, schema, name):
        if key not in self.names:
            self.names[key] = (schema, f"schema_{name}")  # holds the node, so that its id stays its own
            self.forward.append(f"static const struct schema schema_{name};")
            self.write(schema, name)
        return "&" + self.names[key][1]

    def texts(self, name, values):
        """An array of texts ending with NULL; its name."""
        self.lines.append(f"static const char *const {name}[] = {{{', '.join([*map(c_text, values), 'NULL'])}}};")
        return name

    def write(self, schema, name):
        types = schema.get("type", [])
        types = types if isinstance(types, list) else [types]
        fields = {"types": " | ".join("TYPE_" + t.upper() for t in types) or "TYPE_ANY"}
        if schema.get("readOnly"):
            fields["read_only"] = "true"
        if schema.get("uniqueItems"):
            fields["unique_items"] = "true"
        if "format" in schema:
            fields["format"] = "FORMAT_" + schema["format"].upper().replace("-", "_")
        defaults = {"minimum": "INT64_MIN", "maximum": "INT64_MAX"}
        for keyword, (field, count) in LIMITS.items():
            absent = ("0" if keyword.startswith("min") else "SIZE_MAX") if count else defaults[keyword]
            value = f"{schema[keyword]}{'' if count else 'LL'}" if keyword in schema else absent
            if value != "0":
                fields[field] = value
        if schema.get("minimum") == -(2**63):
            fields["minimum"] = "INT64_MIN"
        if "pattern" in schema:
            if schema["pattern"] not in self.patterns:
                self.patterns.append(schema["pattern"])
            fields["pattern"] = c_text(schema["pattern"])
            fields["pattern_index"] = str(self.patterns.index(schema["pattern"]))
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if values is not None:
            fields["enumeration"] = self.texts(f"enumeration_{name}", [json.dumps(v, ensure_ascii=False) for v in values])
        self.write_members(schema, name, fields)
        if isinstance(schema.get("items"), dict):
            fields["items"] = self.add(schema["items"])
        alternatives = schema.get("anyOf") or schema.get("oneOf")
        if alternatives:
            pointers = ", ".join([*(self.add(a) for a in alternatives), "NULL"])
            self.lines.append(f"static const struct schema *const any_of_{name}[] = {{{pointers}}};")
            fields["any_of"] = f"any_of_{name}"
        body = "".join(f"\n    .{field} = {value}," for field, value in fields.items())
        self.lines.append(f"static const struct schema schema_{name} = {{{body}\n}};")

    def write_members(self, schema, name, fields):
        properties = schema.get("properties", {})
        if properties:
            rows = [f"\n    {{{c_text(key)}, {self.add(child)}}}," for key, child in properties.items()]
            self.lines.append(f"static const struct schema_property properties_{name}[] = {{{''.join(rows)}\n}};")
            fields["properties"] = f"properties_{name}"
            fields["property_count"] = str(len(properties))
        # A client can't send what is read-only, so it is not missing either.
        required = [key for key in schema.get("required", [])
                    if not (properties.get(key, {}).get("readOnly") or resolve(self.document, properties.get(key, {})).get("readOnly"))]
        if required:
            fields["required"] = self.texts(f"required_{name}", required)
        if schema.get("additionalProperties") is False:
            fields["closed"] = "true"
        elif isinstance(schema.get("additionalProperties"), dict):
            fields["additional"] = self.add(schema["additionalProperties"])
