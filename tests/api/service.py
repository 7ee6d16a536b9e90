# SPDX-License-Identifier: Apache-2.0
"""The real binary as a process: its settings, its tokens, its databases, its end."""

import contextlib
import json
import os
import pathlib
import secrets
import socket
import subprocess
import time

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import contract
from client import Client

ROOT = pathlib.Path(__file__).parents[2]
BINARY = ROOT / os.environ.get("COHELM", "build/cohelm")
# As compiled; a test of the matrix compares it with what is served.
DOCUMENT = json.loads((BINARY.parent / "gen" / "openapi.json").read_text())
START_SECONDS = 20  # generous: sanitizer builds on a busy machine
STOP_SECONDS = 20
# The same for all instances, as behind a balancer: it is also the issuer of their tokens.
PUBLIC_URL = "https://cohelm.example"


class Database:
    """A copy of the migrated database, for one run of a suite or one service."""

    def __init__(self, name=None, template="cohelm"):
        self.name = name or f"t_{secrets.token_hex(6)}"
        cluster("createdb", self.name, template)
        self.owner_url = cluster("url", "owner", self.name)
        self.service_url = cluster("url", "service", self.name)

    def drop(self):
        cluster("dropdb", self.name)


def cluster(command, *arguments):
    """tests/cluster on the cluster that tests/run started."""
    if "CLUSTER" not in os.environ:
        raise RuntimeError("no cluster: start the tests with tests/run")
    return subprocess.run([ROOT / "tests" / "cluster", command, os.environ["CLUSTER"], *arguments],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def make_key(path):
    """A private ES256 key as the built-in issuer wants it: PKCS 8 in PEM, for its owner's eyes only."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.touch(0o600)
    path.write_bytes(pem)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """`build/cohelm serve` on free ports. `settings` are environment variables; None takes one away.

    `notes`: directory for what was seen. `rehearse`: whether requests are accompanied by those of rehearsal.py."""

    def __init__(self, directory, database_url, notes=None, rehearse=False, **settings):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.address = ("127.0.0.1", free_port())
        self.admin_address = ("127.0.0.1", free_port())
        self.url = "http://%s:%d" % self.address
        self.key_file = pathlib.Path(settings.pop("COHELM_KEY_FILE", self.directory / "key.pem"))
        if not self.key_file.exists():
            make_key(self.key_file)
        self.log_file = self.directory / "service.log"
        inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME") or name.endswith("SAN_OPTIONS")}
        settings = {
            "COHELM_LISTEN": "%s:%d" % self.address,
            "COHELM_ADMIN_LISTEN": "%s:%d" % self.admin_address,
            "COHELM_PUBLIC_URL": PUBLIC_URL,
            "COHELM_KEY_FILE": str(self.key_file),
            "DATABASE_URL": database_url,
            **settings,
        }
        self.environment = inherited | {name: value for name, value in settings.items() if value is not None}
        self.public_url = self.environment.get("COHELM_PUBLIC_URL", PUBLIC_URL)
        self.notes = notes
        self.rehearse = rehearse
        self.process = None
        self.token_template = None
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False, limits=httpx.Limits(max_connections=None))
        self.admin = httpx.Client(base_url="http://%s:%d" % self.admin_address, timeout=10, trust_env=False)

    # ---- process ----

    def start(self):
        """Returns when it is ready. The process does not outlive this one, however this one ends."""
        started = time.monotonic()
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", BINARY, "serve"], env=self.environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, start_new_session=True)
        self.await_ready()
        self.ready_seconds = time.monotonic() - started
        self.contract = contract.Contract(DOCUMENT, self.notes)
        return self

    def await_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"cohelm serve ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            with contextlib.suppress(httpx.TransportError):
                if self.admin.get("/ready").status_code == 200:
                    return
            time.sleep(0.005)
        raise RuntimeError(f"cohelm serve is not ready:\n{self.log()[-3000:]}")

    def stop(self):
        """Ends it as an operator would; it must end by itself, cleanly and in time."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"cohelm serve did not end within {STOP_SECONDS} s of SIGTERM:\n{self.log()[-3000:]}") from None
        finally:
            self.process = None
        assert status == 0, f"cohelm serve ended with {status}:\n{self.log()[-3000:]}"

    def kill(self):
        """As a crash or a power cut would."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def close(self):
        try:
            self.stop()
        finally:
            self.http.close()
            self.admin.close()

    def log(self):
        return self.log_file.read_text(errors="replace")

    def command(self, *arguments, check=True, **settings):
        """Another command of the binary with the same settings."""
        return subprocess.run([BINARY, *arguments], env=self.environment | settings, cwd=ROOT, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=check)

    def tally(self, *arguments, input):
        """`cohelm tally` of what stands in `input`; its last argument is `-`."""
        return subprocess.run([BINARY, "tally", *arguments], env=self.environment, cwd=ROOT, input=input, capture_output=True, text=True,
                              timeout=60, check=False)

    def verify(self, text, *options):
        """`cohelm verify -` with that text; (exit status, what it printed)."""
        answer = subprocess.run([BINARY, "verify", *options, "-"], env=self.environment, cwd=ROOT, input=text, capture_output=True, text=True,
                                timeout=60, check=False)
        return answer.returncode, answer.stdout + answer.stderr

    # ---- tokens and callers ----

    def token(self, subject, ttl=3600, **claims):
        """A token as `cohelm token` prints it, signed here because a process for each would be slow. A claim None is left out."""
        if self.token_template is None:
            printed = self.command("token", "--subject", "template").stdout.strip()
            self.token_template = (jwt.get_unverified_header(printed), jwt.decode(printed, options={"verify_signature": False}))
        header, template = self.token_template
        now = int(time.time())
        claims = template | {"sub": subject, "iat": now, "exp": now + ttl} | claims
        if "nbf" in template:
            claims.setdefault("nbf", now)
        if "jti" in template:
            claims["jti"] = secrets.token_hex(16)
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.key_file.read_bytes(), header["alg"], {name: header[name] for name in header if name != "alg"})

    def client(self, subject=None, **claims):
        """A caller; with a fresh subject unless one is given."""
        subject = subject or f"subject-{secrets.token_hex(8)}"
        return Client(self, self.token(subject, **claims), subject)

    def anonymous(self):
        return Client(self)

    # ---- what an operator sees ----

    def metrics(self):
        return self.admin.get("/metrics").text
