# SPDX-License-Identifier: Apache-2.0
"""The documents about the service itself: no token, no database, the right media types, and a page that loads from here only."""

import html.parser
import json
import pathlib
import re

import jwt
import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
PROBLEMS = yaml.safe_load((ROOT / "openapi" / "problems.yaml").read_text())["problems"]
PERMISSIONS = yaml.safe_load((ROOT / "openapi" / "openapi.yaml").read_text())["x-permissions"]
DOCUMENTS = {
    "/openapi.json": "application/json", "/openapi.yaml": "application/yaml", "/docs": "text/html", "/docs/docs.css": "text/css",
    "/docs/docs.js": "text/javascript", "/docs/icon.svg": "image/svg+xml", "/.well-known/jwks.json": "application/json",
    "/.well-known/oauth-protected-resource": "application/json", "/problems/not_found": "application/json",
}


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.inline = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] in ("script", "style"):
            self.inline += data.strip()

    def loads(self):
        return [attributes.get("src") or attributes.get("href") for tag, attributes in self.tags if tag in ("script", "link", "img")]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_document__has_its_type_and_an_entity_tag(anonymous, path):
    answer = anonymous.get(path)
    assert answer.headers["content-type"].split(";")[0] == DOCUMENTS[path]
    assert anonymous.get(path, expect=304, headers={"If-None-Match": answer.headers["etag"]}).content == b""
    assert anonymous.get(path, headers={"If-None-Match": '"another"'}).content == answer.content
    head = anonymous.request("HEAD", path, expect=200)
    assert head.headers["etag"] == answer.headers["etag"] and head.content == b""


@pytest.mark.parametrize("path", DOCUMENTS)
def test_document__is_not_answered_in_another_type(anonymous, path):
    anonymous.problem("GET", path, status=406, code="not_acceptable", headers={"Accept": "image/png"})
    anonymous.problem("GET", path, status=400, code="invalid_parameter", params={"x": "1"})


def test_openapi__json_and_yaml_say_the_same(anonymous):
    document = anonymous.get("/openapi.json").json()
    assert document == yaml.load(anonymous.get("/openapi.yaml").text, yaml.CSafeLoader)
    assert document["openapi"].startswith("3.1.") and set(document["x-permissions"]) == set(PERMISSIONS)


def test_openapi__is_compressed_for_those_who_ask(anonymous):
    plain = anonymous.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    packed = anonymous.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < len(plain.content) / 4


def test_docs__loads_nothing_from_elsewhere_and_nothing_inline(anonymous):
    answer = anonymous.get("/docs")
    page = Page(answer.text)
    assert page.inline == "" and not any(name.startswith("on") or name == "style" for _, attributes in page.tags for name in attributes)
    assert page.loads() and all(re.fullmatch(r"docs/[a-z]+\.[a-z]+", path) for path in page.loads())
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
    assert {policy[kind] for kind in ("script-src", "style-src", "connect-src", "img-src")} == {"'self'"}
    for path in page.loads():
        anonymous.get(f"/{path}")


def test_docs__its_scripts_load_what_is_there(anonymous):
    wanted, seen = {"docs.js", "theme.js"}, set()
    while wanted - seen:
        name = (wanted - seen).pop()
        seen.add(name)
        text = anonymous.get(f"/docs/{name}").text
        assert "http://" not in text and "https://" not in text.replace("https://example.org/", "")
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b", text)
        wanted |= set(re.findall(r'from "\./([a-z]+\.js)"', text))
    assert {"dom.js", "schema.js"} <= seen


@pytest.mark.parametrize("name", ["nothing.css", "index.html", "docs.css.map", "Docs.css", "..%2Fdocs.css", "docs%2Ecss%00"])
def test_docs__other_names_are_unknown(anonymous, name):
    assert anonymous.request("GET", f"/docs/{name}").status_code in (400, 404)


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_problem__each_code_is_explained(anonymous, code):
    kind = PROBLEMS[code]
    assert anonymous.get(f"/problems/{code}").json() == {
        "code": code, "status": kind["status"], "title": kind["title"], "about": kind["about"]}
    page = anonymous.get(f"/problems/{code}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html") and page.headers["content-security-policy"]
    shown = html.unescape(re.sub(r"<[^>]+>", "", page.text))
    assert kind["title"] in shown and kind["about"].replace("`", "") in shown


def test_problem__of_no_such_code(anonymous):
    for code in ("nothing_of_the_kind", "%3Cscript%3E", "NOT_FOUND"):
        anonymous.problem("GET", f"/problems/{code}", status=404, code="not_found")


def test_problem__its_type_leads_to_its_explanation(anonymous):
    problem = anonymous.problem("GET", "/v1/me", status=401, code="unauthenticated")
    assert anonymous.get(problem["type"]).json()["title"] == problem["title"]


def test_jwks__verifies_what_the_service_issues(service, anonymous):
    keys = jwt.PyJWKSet.from_dict(anonymous.get("/.well-known/jwks.json").json())
    token = service.command("token", "--subject", "ada").stdout.strip()
    header = jwt.get_unverified_header(token)
    key = next(key for key in keys.keys if key.key_id == header.get("kid"))
    claims = jwt.decode(token, key.key, algorithms=[header["alg"]], options={"verify_aud": False})
    assert claims["iss"] == service.public_url


def test_jwks__holds_no_private_part(anonymous):
    for key in anonymous.get("/.well-known/jwks.json").json()["keys"]:
        assert key["kty"] == "EC" and not {"d", "p", "q", "k"} & key.keys()


def test_protected_resource__is_where_a_challenge_says(service, anonymous):
    challenge = anonymous.get("/v1/me", expect=401).headers["www-authenticate"]
    [url] = re.findall(r'resource_metadata="([^"]+)"', challenge)
    assert url == f"{service.public_url}/.well-known/oauth-protected-resource"
    metadata = anonymous.get("/.well-known/oauth-protected-resource").json()
    assert metadata["resource"] == service.public_url and service.public_url in metadata["authorization_servers"]
    assert metadata["jwks_uri"] == f"{service.public_url}/.well-known/jwks.json"
    assert set(metadata["scopes_supported"]) == set(PERMISSIONS)


def test_protected_resource__names_every_issuer_whose_tokens_are_accepted(start_service, tmp_path):
    (tmp_path / "secret").write_text("0123456789abcdef" * 4)
    (tmp_path / "issuers.json").write_text(json.dumps({"issuers": [{
        "issuer": "https://login.example.org", "audiences": ["cohelm"], "algorithms": ["HS256"], "secret_file": "secret"}]}))
    service = start_service(COHELM_ISSUERS_FILE=str(tmp_path / "issuers.json"))
    metadata = service.anonymous().get("/.well-known/oauth-protected-resource").json()
    assert set(metadata["authorization_servers"]) == {"https://login.example.org", service.public_url}


def test_documents__need_no_database(start_service, new_database):
    database = new_database()
    service = start_service(database.service_url)
    database.drop()
    anonymous = service.anonymous()
    for path in DOCUMENTS:
        anonymous.get(path)
    assert json.loads(anonymous.get("/openapi.json").content)["info"]
