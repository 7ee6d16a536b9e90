# SPDX-License-Identifier: Apache-2.0
"""The statements of sql/queries/: their header comments, and what can be learnt from their text without a parser."""
import re
from dataclasses import dataclass, replace

SOURCES = {  # what may follow in a binding, as a pattern
    "principal": "", "path": r"(\w+)", "query": r"(\w+)", "header": r"([\w-]+)", "body": r"(\w+)?", "body_texts": r"(\w+)",
    "new_id": "", "request_id": "", "if_match": "", "limit": "", "cursor": r"(\d+)", "include": "", "permission": "",
    "client": "", "value": r"(\d+) (\w+)",
}
# Comments, dollar quotes, string literals, quoted identifiers.
TOKENS = re.compile(r"--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'|\"[^\"]*\"", re.S)


@dataclass
class Binding:
    source: str
    name: str | None = None
    index: int = 0


@dataclass
class Statement:
    name: str  # of the file, without .sql
    sql: str
    result: str
    bindings: list
    step: bool
    cursor: tuple = ()  # of a list: its columns that make the cursor

    def binds(self, source, name=None):
        return any(b.source == source and (name is None or b.name == name) for b in self.bindings)

    @property
    def bare(self):
        """The text without comments."""
        return blank(self.sql, lambda token: token.startswith(("--", "/*")))

    @property
    def skeleton(self):
        """The text without comments, literals and quoted names, in lower case."""
        return blank(self.sql, lambda token: True).lower()

    @property
    def writes(self):
        words = r"\b(insert|update|delete|merge|for\s+(no\s+key\s+)?(update|share)|for\s+key\s+share)\b"
        return re.search(words, self.skeleton) is not None


def blank(sql, which):
    """The text with the tokens that `which` picks replaced by spaces, so that positions stay."""
    return TOKENS.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if which(m[0]) else m[0], sql)


def parse_binding(text):
    """A Binding, or None."""
    source, _, rest = text.partition(" ")
    match = re.fullmatch(SOURCES[source], rest) if source in SOURCES else None
    if match is None:
        return None
    if source == "value":
        return Binding(source, match[2], int(match[1]))
    if source == "cursor":
        return Binding(source, None, int(match[1]))
    if source == "body":
        return Binding("body_member", match[1]) if match[1] else Binding("body")
    return Binding(source, match[1] if match.re.groups else None)


def check_numbers(name, sql, bindings, refusals):
    numbers = [number for number, _ in bindings]
    if numbers != list(range(1, len(numbers) + 1)):
        refusals.add(name, "the comments must count $1, $2, … without gaps")
    used = {int(n) for n in re.findall(r"\$(\d+)", blank(sql, lambda token: True))}
    for number in sorted(used - set(numbers)):
        refusals.add(name, f"${number} has no comment that says where it comes from")
    for number in sorted(set(numbers) - used):
        refusals.add(name, f"${number} is not used")
    for source in ("cursor", "value"):
        positions = sorted({b.index for _, b in bindings if b.source == source})
        if positions != list(range(len(positions))):
            refusals.add(name, f"{source} positions must count from 0 without gaps")


def read_statement(path, step, refusals):
    name, lines = path.name[:-len(".sql")], path.read_text(encoding="utf-8").rstrip().rstrip(";").splitlines()
    header = []
    for line in lines:
        if not line.startswith("--"):
            break
        if "SPDX-License-Identifier" not in line:
            header.append(line[2:].strip())
    sql = "\n".join(lines)
    bindings, result, cursor = [], None, ()
    for line in header:
        if match := re.fullmatch(r"\$(\d+) (.*)", line):
            binding = parse_binding(match[2])
            if binding is None:
                refusals.add(name, f"${match[1]}: `{match[2]}` is no source of a parameter")
            bindings.append((int(match[1]), binding or Binding("principal")))
        elif match := re.fullmatch(r"result: (one|list|none)", line):
            result = match[1]
        elif match := re.fullmatch(r"cursor: (\w+(, \w+)*)", line):
            cursor = tuple(match[1].split(", "))
    if not header or re.match(r"\$\d|result:", header[0]):
        refusals.add(name, "begins with a comment line that says its purpose")
    if result is None:
        refusals.add(name, "needs a comment `-- result: one|list|none`")
    if ";" in blank(sql, lambda token: True):
        refusals.add(name, "holds more than one statement")
    check_numbers(name, sql, bindings, refusals)
    return Statement(name, sql, result or "one", [b for _, b in bindings], step, cursor)


def read_statements(root, refusals):
    """All statements by name; those of a folder `steps` are steps."""
    statements = {}
    for path in sorted(root.rglob("*.sql")):
        statement = read_statement(path, path.parent.name == "steps", refusals)
        if statement.name in statements:
            refusals.add(statement.name, "two files of this name in sql/queries")
        if len(statement.name) > 56:  # PostgreSQL cuts names after 63 bytes, and ".count" may follow
            refusals.add(statement.name, "the name has more than 56 bytes")
        statements[statement.name] = statement
    return statements


def end_of_parenthesis(skeleton, inside):
    """The position behind the `)` of the parenthesis that `inside` lies in."""
    depth, end = 1, inside
    while depth and end < len(skeleton):
        depth += {"(": 1, ")": -1}.get(skeleton[end], 0)
        end += 1
    return end


def access_calls(statement):
    """The argument texts of every access…(…) call."""
    text, skeleton = statement.bare, statement.skeleton
    for match in re.finditer(r"\baccess\w*\s*\(", skeleton):
        yield text[match.end():end_of_parenthesis(skeleton, match.end()) - 1]


def without_filters(statement):
    """The statement for when no query parameter is given: without the conditions `($n::type is null or …)` of such parameters, and
    with the bindings that are left. None when it has no such condition.

    PostgreSQL can't leave them out by itself: a plan that serves all parameters prepares and asks each of them every time."""
    skeleton, cuts = statement.skeleton, []
    for match in re.finditer(r"\s+and\s+\(\$(\d+)::[\w\[\]]+\s+is\s+null\s+or\b", skeleton):
        number = int(match[1])
        if number <= len(statement.bindings) and statement.bindings[number - 1].source == "query":
            cuts.append((match.start(), end_of_parenthesis(skeleton, skeleton.index("(", match.start()) + 1)))
    if not cuts:
        return None
    sql = statement.sql
    for start, end in reversed(cuts):
        sql = sql[:start] + sql[end:]
    return renumbered(replace(statement, sql=sql))


def renumbered(statement):
    """Without the bindings that the text does not use, whose lines in the header go too; PostgreSQL wants to know the type of each $n."""
    used = sorted({int(n) for n in re.findall(r"\$(\d+)", blank(statement.sql, lambda token: True))})
    position = {str(old): str(new) for new, old in enumerate(used, 1)}
    body = blank(statement.sql, lambda token: token.startswith("--")).strip()
    text = TOKENS.sub(lambda m: m[0].replace("$", "\0"), body)
    text = re.sub(r"\$(\d+)", lambda m: "$" + position[m[1]], text).replace("\0", "$")
    return replace(statement, sql=text, bindings=[statement.bindings[n - 1] for n in used])


def adopted(sql):
    """The statement with the authority of an adopted decision in place of a person's: the same but for whom it asks."""
    return re.sub(r"\bholds(\s*\()", r"adopted_holds\1", re.sub(r"\baccess(\w*\s*\()", r"adopted\1", sql))


def problem_codes(sql):
    """The literals that end up as _code: right before `as _code`, or a result of the case that ends there."""
    text = blank(sql, lambda token: token.startswith(("--", "/*")))
    skeleton = blank(sql, lambda token: not token.startswith("$")).lower()
    codes = set()
    for match in re.finditer(r"\bas\s+_code\b", skeleton):
        before = text[:match.start()].rstrip()
        if literal := re.search(r"'(\w+)'(::text)?$", before):
            codes.add(literal[1])
        elif re.search(r"\bend$", before, re.I):
            depth, begin = 0, 0
            for word in reversed(list(re.finditer(r"\b(case|end)\b", skeleton[:match.start()]))):
                depth += 1 if word[1] == "end" else -1
                if not depth:
                    begin = word.start()
                    break
            codes.update(re.findall(r"\b(?:then|else)\s+'(\w+)'", before[begin:], re.I))
    return codes


def constraint_codes(statement, problems):
    """Codes of the problems that constraints of the tables it writes can be. A constraint's name begins with that of its table and
    goes on with its columns, of which an update must set one."""
    begins = [table + "_" for table in re.findall(r"\binsert\s+into\s+(\w+)", statement.skeleton)]
    for table, clauses in re.findall(r"\bupdate\s+(\w+)(?:\s+\w+)?\s+set\b(.*?)(?:\n\)|$)", statement.skeleton, re.S):
        begins += [f"{table}_{column}_" for column in ["pkey", *re.findall(r"(?:^|,)\s*(\w+)\s*=", clauses)]]
    known = (problems.get("constraints") or {}).items()
    return {entry.get("code") for name, entry in known if (name + "_").startswith(tuple(begins))}


def constraints(migrations):
    """Names of the constraints and unique indexes that the migrations leave in place."""
    names = {}
    pattern = re.compile(
        r"\b(drop\s+constraint|drop\s+index)\s+(?:if\s+exists\s+)?(\w+)|\bconstraint\s+(\w+)\s+(?:check|unique|primary\s+key|"
        r"foreign\s+key|references|exclude)\b|\bcreate\s+unique\s+index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(\w+)", re.I)
    for path in sorted(migrations.glob("*.sql")):
        for match in pattern.finditer(blank(path.read_text(encoding="utf-8"), lambda t: t.startswith(("--", "/*", "'")))):
            if match[2]:
                names.pop(match[2], None)
            else:
                names[match[3] or match[4]] = path.name
    return names
