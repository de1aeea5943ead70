"""A real `sluice serve` on a port of the system's choice, and HTTP to it, for the tests of this folder.

    with node.Node() as server:
        answer = server.post("/v1/producers", {"name": "checkout"})
        tap.equal(answer.status, 201, "status")

Without a `token` a call is made as the administrator; token=None makes it as nobody.
"""

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import tap

ADMIN = "admin-token-of-the-tests-0123456789abcdef"
ORDERS = Path(tap.source_root()) / "examples" / "orders"
TYPE = "orders.v1.OrderPlaced"
TIMEOUT_S = 120

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
DELIMITED = "application/vnd.sluice.delimited"
PROBLEM = "application/problem+json"


def program():
    return str(Path(tap.build_root()) / "cli" / "sluice")


def example(name):
    return (ORDERS / name).read_bytes()


class Answer:
    """Status, headers and body of one answer."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:600]!r}"

    def expect(self, status):
        tap.check(self.status == status, f"expected {status}, got {self!r}")
        return self

    def problem(self, status, slug):
        """It is this problem, whole and of the right media type."""
        self.expect(status)
        tap.equal(self.headers["Content-Type"], PROBLEM, "media type")
        problem = self.json
        tap.equal(problem["type"], "/problems/" + slug, "type")
        tap.equal(problem["status"], status, "status in the body")
        tap.check(problem["title"], "no title")
        tap.check(self.headers["X-Request-Id"], "no request id")
        tap.equal(problem.get("request_id"), self.headers["X-Request-Id"], "request id in the body")
        return problem


class Node:
    def __init__(self, *arguments, store="memory:", **environment):
        self.folder, self.is_stopping = None, False
        if store is None:
            self.folder = tempfile.TemporaryDirectory(prefix="sluice-test-")
            store = f"sqlite:{self.folder.name}/sluice.db"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        self.process = subprocess.Popen(
            [program(), "serve", "--listen", "127.0.0.1:0", "--store", store, *arguments],
            env=dict(kept, SLUICE_ADMIN_TOKEN=ADMIN, **environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        match = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not match:
            self.process.kill()
            raise tap.Failed(f"first line {line!r}, and {self.process.communicate()[1]!r}")
        self.port = int(match[1])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        status, errors = self.stop()
        if kind is None:
            tap.equal(status, 0, f"exit status (standard error: {errors[-3000:]})")

    def terminate(self):
        """SIGTERM, once: a second one ends it without further ado."""
        if self.process.poll() is None and not self.is_stopping:
            self.process.send_signal(signal.SIGTERM)
        self.is_stopping = True

    def stop(self):
        """SIGTERM, and what came of it. Sanitizers report at the end."""
        self.terminate()
        _, errors = self.process.communicate(timeout=TIMEOUT_S)
        if self.folder:
            self.folder.cleanup()
        return self.process.returncode, errors

    # --- calls ---------------------------------------------------------------------------------

    def connect(self):
        """A raw socket, for what no client would send."""
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_S)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return raw

    def call(self, method, path, body=None, content_type=None, token=ADMIN, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, (dict, list)):
            body, content_type = json.dumps(body), content_type or JSON
        if content_type:
            headers["Content-Type"] = content_type
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body=None, content_type=None, **options):
        return self.call("POST", path, body, content_type, **options)

    def validate(self, payload, topic="orders.placed", query="", token=ADMIN, content_type=PROTOBUF):
        return self.post(f"/v1/topics/{topic}/validate{query}", payload, content_type, token=token)

    def metrics(self):
        """Every sample of /metrics: {'name{labels}': number}."""
        samples = {}
        for line in self.get("/metrics", token=None).expect(200).body.decode().splitlines():
            if not line.startswith("#"):
                name, _, number = line.rpartition(" ")
                tap.check(name not in samples, f"{name} comes twice")
                samples[name] = float(number)
        return samples

    # --- usual state ---------------------------------------------------------------------------

    def producer(self, name="checkout", team="payments", chat="#payments"):
        """A producer, and a token of it."""
        self.post("/v1/producers", {"name": name, "team": team, "chat": chat}).expect(201)
        return self.post(f"/v1/producers/{name}/tokens", {"name": "test"}).expect(201).json["token"]

    def register(self, name="v1.binpb", subject="orders.placed-value", **options):
        return self.post(f"/v1/subjects/{quote(subject, safe='')}/versions", example(name), PROTOBUF, **options)

    def claim(self, topic="orders.placed", producer="checkout", **members):
        return self.call("PUT", f"/v1/topics/{topic}/contract",
                         {"producer": producer, "message_type": TYPE, **members})

    def with_contract(self, **members):
        """Producer, schema and contract of the examples; gives the producer's token."""
        token = self.producer()
        self.register().expect(201)
        self.claim(**members).expect(201)
        return token


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def delimited(payloads):
    return b"".join(varint(len(payload)) + payload for payload in payloads)


def in_base64(data):
    return base64.b64encode(data).decode()


def files_of(descriptor_set):
    """The serialized files of a FileDescriptorSet."""
    files, at = [], 0
    while at < len(descriptor_set):
        at += 1  # the tag of field 1
        length = shift = 0
        while True:
            byte = descriptor_set[at]
            length, shift, at = length | (byte & 127) << shift, shift + 7, at + 1
            if byte < 128:
                break
        files.append(descriptor_set[at:at + length])
        at += length
    return files


def field(number, data):
    """A length-delimited field: tag, length, content."""
    return varint(number << 3 | 2) + varint(len(data)) + data
