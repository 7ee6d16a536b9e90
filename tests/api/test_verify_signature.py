# SPDX-License-Identifier: Apache-2.0
"""The signature of an exported record: that others can check it, and that nobody without the service's key makes a record that
`cohelm verify --jwks` takes, whatever is changed and however many hashes are made anew. The hashes are made here as the document says."""

import base64
import copy
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from deciding import NO, YES, digested, elapse, unsigned, vote
from service import make_key
from test_verify import KINDS, NONE, NOT_CHECKED, UNSEALED, canonical, consent, export, majority, mutations, schulze, secret_majority, sha256, verified_among

JWKS = "/.well-known/jwks.json"


def proxied(world, sql):
    acme = world.organisation()
    people = [acme.member() for _ in range(4)]
    decision = acme.decision("majority", by=people[0], stakeholders={"voters": people}, configuration={"rule": {"proxy": {"allowed": True}}}, open=True)
    for truster, trustee in ((people[2], people[1]), (people[3], people[2])):
        truster.put(f"{acme.path}/proxies/{acme.id}", {"trustee_id": trustee.member_id})
    for voter, ballot in zip(people, (YES, NO)):
        vote(voter, decision, ballot)
    elapse(sql, decision, "8 days")
    return acme, people[0], decision


@pytest.fixture
def made(world, sql):
    """made(kind): what kind(world) makes."""
    return lambda kind: kind(world, sql) if kind is proxied else kind(world)


@pytest.fixture
def keys(service, tmp_path):
    """The file of the keys that the service publishes."""
    path = tmp_path / "jwks.json"
    path.write_text(service.anonymous().get(JWKS).text, encoding="utf-8")
    return str(path)


def check(service, record, keys):
    return service.verify(json.dumps(record, ensure_ascii=False), "--jwks", keys)


def payload(record):
    return jwt.decode(record["signature"], options={"verify_signature": False})


# ---- what it states, and that others can check it ----

@pytest.mark.parametrize("kind", [*KINDS, proxied], ids=lambda kind: kind.__name__)
def test_a_signed_record_is_verified(made, service, keys, kind):
    _, person, decision = made(kind)
    record = export(person, decision)
    signed = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(payload(record)["iat"]))
    assert check(service, record, keys) == (0, f"verified\nsigned by {service.public_url} on {signed}\n")
    assert service.verify(json.dumps(record)) == (0, f"verified\n{NOT_CHECKED}")


def test_other_libraries_find_it_signed(world, service):
    _, person, decision = majority(world)
    before = int(time.time())
    record = export(person, decision)
    (key,) = service.anonymous().get(JWKS).json()["keys"]
    header = jwt.get_unverified_header(record["signature"])
    assert (header["alg"], header["kid"]) == ("ES256", key["kid"])
    stated = jwt.decode(record["signature"], jwt.PyJWK(key), algorithms=["ES256"], issuer=service.public_url)
    assert before <= stated.pop("iat") <= time.time()
    assert stated == {"iss": service.public_url, "organisation_id": record["organisation_id"], "decision_id": decision.id, "outcome": "adopted",
                      "rows": len(record["trail"]), "head": record["trail"][-1]["hash"], "digest": record["digest"]}
    bare = {name: value for name, value in record.items() if name != "digest"} | {"signature": None}
    assert stated["digest"] == sha256(canonical(bare))

    x, y = (int.from_bytes(decoded(key[name]), "big") for name in "xy")
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    data, _, signature = record["signature"].rpartition(".")
    raw = decoded(signature)
    r_and_s = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(r_and_s, data.encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(r_and_s, data.encode() + b"A", ec.ECDSA(hashes.SHA256()))


def test_drafts_and_open_decisions_are_signed_too(world):
    acme = world.organisation()
    record = export(acme.owner, acme.decision(stakeholders={"voters": [acme.owner]}, open=True))
    assert (payload(record)["outcome"], payload(record)["rows"]) == (None, 2)
    assert digested(record) == record


def test_the_etag_is_of_what_is_signed(world):
    acme, person, decision = majority(world)
    first = person.get(f"{decision.path}/record")
    second = person.get(f"{decision.path}/record")
    assert first.json()["signature"] != second.json()["signature"]
    assert first.headers["etag"] == second.headers["etag"] == f'W/"{first.json()["digest"][:32]}"'
    person.get(f"{decision.path}/record", headers={"If-None-Match": first.headers["etag"]}, expect=304)
    acme.owner.post(f"{decision.path}/review", {"verdict": "retired"}, expect=200)
    assert person.get(f"{decision.path}/record", headers={"If-None-Match": first.headers["etag"]}).json()["digest"] != first.json()["digest"]


def test_a_signature_is_no_token_and_a_token_no_signature(world, service, keys):
    acme, person, decision = majority(world)
    record = export(person, decision)
    asked = service.http.get("/v1/me", headers={"Authorization": f"Bearer {record['signature']}"})
    assert asked.status_code == 401
    token = service.command("token", "--subject", "x", "--organisation", acme.id).stdout.strip()
    status, text = check(service, record | {"signature": token}, keys)
    assert status == 1 and "/signature: it states another digest than the record has\n" in text


# ---- keys that change ----

def both(tmp_path, *paths):
    """A key file, or a key set, of several."""
    path = tmp_path / f"several{len(list(tmp_path.iterdir()))}"
    texts = [open(one, encoding="utf-8").read() for one in paths]
    if texts[0].startswith("{"):
        texts = [json.dumps({"keys": [key for text in texts for key in json.loads(text)["keys"]]})]
    path.write_text("".join(texts), encoding="utf-8")
    return str(path)


def published(tmp_path, service, name):
    path = tmp_path / name
    path.write_text(service.anonymous().get(JWKS).text, encoding="utf-8")
    return str(path)


def test_a_key_that_is_another_one_day(world, service, start_service, key_file, keys, tmp_path):
    """As README says of keys: the new one is put in front, the old one taken out later."""
    _, person, decision = majority(world)
    old = export(person, decision)
    make_key(tmp_path / "new.pem")
    turning = start_service(COHELM_KEY_FILE=both(tmp_path, tmp_path / "new.pem", key_file))
    person_there = turning.http.get(f"{decision.path}/record", headers={"Authorization": f"Bearer {service.token(person.subject)}"})
    new, turning_keys = person_there.json(), published(tmp_path, turning, "turning.json")
    assert jwt.get_unverified_header(new["signature"])["kid"] != jwt.get_unverified_header(old["signature"])["kid"]
    for record in (old, new):
        assert check(service, record, turning_keys)[0] == 0
    turned_keys = published(tmp_path, start_service(COHELM_KEY_FILE=str(tmp_path / "new.pem")), "turned.json")
    assert check(service, new, turned_keys)[0] == 0
    assert check(service, old, keys)[0] == 0
    assert check(service, old, turned_keys) == (1, "/signature: it names a key that is not among those given\n")
    assert check(service, new, keys) == (1, "/signature: it names a key that is not among those given\n")
    for record in (old, new):
        assert check(service, record, both(tmp_path, keys, turned_keys))[0] == 0


# ---- what is changed is found ----

ALL = [majority, secret_majority, schulze, consent, proxied]


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def stating(record, signature):
    """The header and the payload of a signature, as they must be for this record."""
    header, body, _ = signature.split(".")
    rows = record.get("trail") if isinstance(record.get("trail"), list) else []
    head = rows[-1].get("hash") if rows and isinstance(rows[-1], dict) else None
    stated = json.loads(decoded(body)) | {
        "organisation_id": record.get("organisation_id"), "decision_id": record.get("id"), "outcome": record.get("outcome"), "rows": len(rows),
        "head": head, "digest": record["digest"]}
    return json.loads(decoded(header)), stated


def seal_again(seal, record, names):
    """Writes what the seal of these facts would be, in the order that it has."""
    for name in names:
        value = copy.deepcopy(record.get(name))
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                item.pop("display_name", None)
        seal["members"][name] = sha256(canonical(value))
    report = record.get("count_report")
    seal["count_report"] = sha256(json.dumps(report, separators=(",", ":"), ensure_ascii=False).encode()) if report else None


def rebuilt(record, names):
    """All hashes made anew: the seal in the trail, the digest of each row with a content, the chain, and the digest of the document."""
    record, before = json.loads(json.dumps(record)), b""
    for number, row in enumerate(record["trail"] if isinstance(record.get("trail"), list) else [], 1):
        if not isinstance(row, dict):
            continue
        content = row.get("content")
        if isinstance(content, str):
            if '"action": "decision.sealed"' in content and content.endswith("}"):
                entry = json.loads(content)
                seal_again(entry["data"], record, names)
                row["content"] = json.dumps(entry, ensure_ascii=False)
            row["digest"] = sha256(row["content"].encode())
        row["number"] = number
        try:
            before = hashlib.sha256(before + bytes.fromhex(row.get("digest") or "")).digest()
        except (TypeError, ValueError):
            pass
        row["hash"] = before.hex()
    return digested(record)


def names_of(record):
    (seal,) = [row["content"] for row in record["trail"] if '"decision.sealed"' in (row["content"] or "")]
    return set(json.loads(seal)["data"]["members"])


def signed(record, private_key, **header):
    usual, stated = stating(record, record["signature"])
    data = f"{encoded(json.dumps(usual | header).encode())}.{encoded(json.dumps(stated).encode())}"
    r, s = utils.decode_dss_signature(private_key.sign(data.encode(), ec.ECDSA(hashes.SHA256())))
    return record | {"signature": f"{data}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"}


def forged(record, other):
    """With the statement written for it above the old signature."""
    header, stated = stating(other, record["signature"])
    data = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(stated).encode())}"
    return other | {"signature": f"{data}.{record['signature'].rpartition('.')[2]}"}


@pytest.fixture(scope="module")
def own_key():
    """A key that the service does not have."""
    return ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_nothing_that_is_changed_verifies(made, service, keys, own_key, tmp_path, kind):
    """However much of it is made anew."""
    _, person, decision = made(kind)
    record = export(person, decision)
    assert check(service, record, keys)[0] == 0
    names = names_of(record)
    assert rebuilt(record, names) == record, "these are not the hashes that the service makes"
    changes = [(what, other) for what, other in mutations(record) if what[1] != ("signature",)]
    assert len(changes) > 400
    rebuilds = [(what, again) for what, other in changes if (again := rebuilt(other, names)) != record]
    forgeries = [(what, forged(record, again)) for what, again in rebuilds]
    digests = [(what, digested(other)) for what, other in changes if what[1][0] != "digest"]
    assert len(rebuilds) > 0.8 * len(changes)
    for how, many in {"nothing": changes, "digest": digests, "every hash": rebuilds, "every hash and the statement": forgeries,
                      "signed by a key of one's own": [(what, signed(other, own_key)) for what, other in forgeries],
                      "no signature": [(what, unsigned(again)) for what, again in rebuilds]}.items():
        assert verified_among(service, tmp_path, many, "--jwks", keys) == [], how
    # Without keys all that is found but what whoever wrote the statement anew could say as well.
    for how, many in {"nothing": changes, "digest": digests, "every hash": rebuilds}.items():
        assert verified_among(service, tmp_path, many) == [], how
    whole = {what[1][0] for what in verified_among(service, tmp_path, forgeries)}
    assert {"title", "rationale", "status"} <= whole, "this is no forgery that only the signature tells"


def states_the_same(one, other):
    """But for by whom and when."""
    try:
        read = [json.loads(decoded(text.split(".")[1])) for text in (one, other)]
        return [{**stated, "iss": "", "iat": 0} for stated in read][0] == {**read[1], "iss": "", "iat": 0}
    except ValueError:
        return False


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_a_signature_that_is_changed_never_verifies(made, service, keys, own_key, tmp_path, kind):
    _, person, decision = made(kind)
    record = export(person, decision)
    header, body, signature = record["signature"].split(".")
    with open(keys, encoding="utf-8") as file:
        (key,) = json.load(file)["keys"]
    many = []
    for part, text in enumerate((header, body, signature)):
        for index in range(len(text)):
            parts = [header, body, signature]
            parts[part] = text[:index] + ("A" if text[index] != "A" else "B") + text[index + 1:]
            many.append(((part, index), record | {"signature": ".".join(parts)}))
    for name, text in {"none": encoded(b'{"alg":"none"}') + f".{body}.", "none, signed": encoded(b'{"alg":"none"}') + f".{body}.{signature}",
                       "two parts": f"{header}.{body}", "four": record["signature"] + "." + signature, "none of it": "", "dots": "..",
                       "padded": record["signature"] + "=", "doubled": f"{header}.{body}.{signature}{signature}", "zeros": f"{header}.{body}.{encoded(bytes(64))}",
                       "der": f"{header}.{body}.{encoded(utils.encode_dss_signature(1, 1))}"}.items():
        many.append((name, record | {"signature": text}))
    with open(keys, "rb") as file:
        for name, secret in {"the key set": file.read(), "x": decoded(key["x"]), "kid": key["kid"].encode()}.items():
            data = f"{encoded(json.dumps({'alg': 'HS256', 'kid': key['kid']}).encode())}.{body}"
            many.append((f"HS256 by {name}", record | {"signature": f"{data}.{encoded(hmac.digest(secret, data.encode(), 'sha256'))}"}))
    own = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(own_key.public_key()))
    for name, more in {"own kid": {"kid": "own"}, "same kid": {}, "no kid": {"kid": None}, "jwk": {"jwk": own}, "crit": {"crit": ["b64"], "b64": False},
                       "x5c": {"x5c": [encoded(own_key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))]}}.items():
        many.append((name, signed(record, own_key, **more)))
    many += [("number", record | {"signature": 1}), ("map", record | {"signature": {}}), ("null", record | {"signature": None}),
             ("removed", {name: value for name, value in record.items() if name != "signature"})]
    assert verified_among(service, tmp_path, many, "--jwks", keys) == []
    # Without the key another signature, by whatever key of whatever name, can't be told; its form and its statement can.
    unknown = {what for what, other in many if what in ("own kid", "same kid", "jwk", "x5c", "zeros") or isinstance(what, tuple) and (
        what[0] != 1 or states_the_same(other["signature"], record["signature"]))}
    assert set(verified_among(service, tmp_path, many)) <= unknown


def told(names):
    return "".join(f"/signature: it states another {name} than the record has\n" for name in names)


def test_the_signature_of_another_export_does_not_do(world, service, keys):
    """Of the same decision before it was retired, and of another decision."""
    acme, person, decision = majority(world)
    before = export(person, decision)
    acme.owner.post(f"{decision.path}/review", {"verdict": "retired"}, expect=200)
    after = export(person, decision)
    assert check(service, after, keys)[0] == check(service, before, keys)[0] == 0
    stated = ["rows", "head", "digest"]
    assert check(service, after | {"signature": before["signature"]}, keys) == (1, told(stated))
    _, other, another = majority(world)
    status, text = check(service, before | {"signature": export(other, another)["signature"]}, keys)
    assert status == 1
    stated = ["organisation_id", "decision_id", "head", "digest"]  # outcome and length are the same
    assert text == told(stated)


@pytest.mark.parametrize("kind", [majority, secret_majority], ids=lambda kind: kind.__name__)
def test_records_from_before_there_were_signatures(made, service, keys, kind):
    _, person, decision = made(kind)
    record = unsigned(export(person, decision))
    assert service.verify(json.dumps(record)) == (0, f"verified\n{NONE}")
    assert check(service, record, keys) == (1, "/signature: it is missing\n")


@pytest.fixture
def linked(world):
    """A closed decision with a link in each direction, one of them to what only the owner sees."""
    acme, person, decision = majority(world)
    hidden = acme.team(name="Board", visibility="private")
    one = acme.decision(title="One", stakeholders={"voters": [person]})
    secret = acme.decision(title="Secret", team_id=hidden.id)
    acme.owner.put(f"{decision.path}/links/depends_on/{one.id}", {"note": "Money"})
    acme.owner.put(f"{secret.path}/links/relates_to/{decision.id}")
    return acme, person, decision, one, secret


def test_links_are_those_that_the_reader_may_see(linked, service, keys):
    acme, person, decision, one, secret = linked
    seen, all_of_them = export(person, decision), export(acme.owner, decision)
    assert [(k["type"], k["direction"], k["decision_id"], k["title"], k["note"]) for k in all_of_them["links"]] == [
        ("depends_on", "outgoing", one.id, "One", "Money"), ("relates_to", "incoming", secret.id, "Secret", "")]
    assert seen["links"] == all_of_them["links"][:1]
    assert "Secret" not in json.dumps(seen) and secret.id not in json.dumps(seen)
    for record in (seen, all_of_them):
        assert check(service, record, keys)[0] == 0
    assert seen["trail"] == all_of_them["trail"]  # the seal and the chain are the same for all
    (incoming,) = export(acme.owner, one)["links"]
    assert (incoming["type"], incoming["direction"], incoming["decision_id"]) == ("depends_on", "incoming", decision.id)


def test_a_link_that_comes_later_changes_no_record_from_before(world, service, keys):
    acme, person, decision = majority(world)
    before = export(person, decision)
    other = acme.decision(title="Another", stakeholders={"voters": [person]})
    acme.owner.put(f"{decision.path}/links/relates_to/{other.id}")
    acme.owner.put(f"{other.path}/links/depends_on/{decision.id}")
    after = export(person, decision)
    for record in (before, after, unsigned({name: value for name, value in before.items() if name != "links"})):
        status, text = service.verify(json.dumps(record))
        assert status == 0 and text.startswith("verified\n")
    for record in (before, after):
        assert check(service, record, keys)[0] == 0
    assert {name for name in after if after[name] != before[name]} == {"links", "trail", "digest", "signature"}
    assert after["trail"][:-1] == before["trail"]
    last = before["trail"][-1]["hash"]
    assert service.verify(json.dumps(after), "--jwks", keys, "--hash", last)[0] == 0


def test_links_that_are_changed_never_verify(linked, service, keys, tmp_path):
    acme, _, decision, *_ = linked
    record = export(acme.owner, decision)
    many = [(what, forged(record, rebuilt(other, names_of(record)))) for what, other in mutations(record) if what[1][0] == "links"]
    assert len(many) > 20
    assert verified_among(service, tmp_path, many, "--jwks", keys) == []
    assert verified_among(service, tmp_path, [(what, other) for what, other in mutations(record) if what[1][0] == "links"]) == []


def test_a_linked_decision_that_is_due_is_settled_first(world, sql):
    acme, person, decision = majority(world)
    due = acme.decision(title="Due", by=person, stakeholders={"voters": [person]}, open=True)
    acme.owner.put(f"{decision.path}/links/relates_to/{due.id}")
    elapse(sql, due, "60 days")
    assert [(k["status"], k["outcome"]) for k in export(person, decision)["links"]] == [("closed", "rejected")]


def test_what_the_seal_leaves_out_is_signed(world, service, keys):
    """Somebody who has no key but makes all hashes anew could change these unseen before."""
    _, person, decision = majority(world)
    record = export(person, decision)
    for name in UNSEALED - {"trail", "digest", "signature"}:
        other = forged(record, rebuilt(record | {name: "x"}, names_of(record)))
        assert service.verify(json.dumps(other))[0] == 0, name
        assert check(service, other, keys) == (1, "/signature: it is not by the key that it names\n"), name


def test_members_that_are_there_twice_are_refused(world, service, keys):
    """Readers would not agree on which of the two counts."""
    _, person, decision = majority(world)
    text = person.get(f"{decision.path}/record").text
    for member in ('"outcome":"rejected"', '"signature":""'):
        status, said = service.verify(f"{{{member},{text[1:]}", "--jwks", keys)
        assert status == 2 and said.startswith("cohelm: -: ")


@pytest.mark.parametrize("text, why", [("", ""), ("{}", "it is no object with a list"), ('{"keys":[]}', "it has no key for the algorithms"),
                                       ('{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}', ""), ("[", "")])
def test_what_is_no_key_set_is_unreadable(world, service, tmp_path, text, why):
    path = tmp_path / "keys.json"
    path.write_text(text, encoding="utf-8")
    status, said = service.verify("{}", "--jwks", str(path))
    assert status == 2 and said.startswith(f"cohelm: {path}: {why}")
    assert service.command("verify", "--jwks", "no/such.json", str(path), check=False).returncode == 2
    for arguments in (["--jwks"], ["--jwks", str(path)], ["--keys", str(path), str(path)]):
        answer = service.command("verify", *arguments, check=False)
        assert answer.returncode == 2 and "usage: cohelm verify [--jwks FILE]" in answer.stderr
