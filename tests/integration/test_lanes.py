"""Heavy requests do not hold up quick ones: /readyz, reads and small writes are answered while checks of a large schema wait.

Nothing is timed. More checks than there are threads for heavy work are sent whole; then everything quick is asked and answered; and then
checks must still be waiting. Had the quick ones stood in the same queue, none would.
"""

import json
import select

import node
import tap
from node import Node, field, in_base64, varint

MESSAGES, FIELDS, CHECKS = 1500, 30, 24

server = Node("--control-threads", "1", "--heavy-threads", "2", store=None)
server.with_contract()


def large_set():
    """One proto2 file of many messages, by descriptor.proto: file name 1, package 2, message_type 4; in it name 1, field 2."""
    fields = b"".join(
        field(2, field(1, b"field_%d" % n) + b"\x18" + varint(n) + b"\x20\x01\x28\x05") for n in range(1, FIELDS + 1))
    messages = b"".join(field(4, field(1, b"M%d" % n) + fields) for n in range(MESSAGES))
    return field(1, field(1, b"large.proto") + field(2, b"large") + messages)


BODY = json.dumps({"subject": "large-value", "descriptor_set": in_base64(large_set())}).encode()
HEAD = (b"POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer " +
        node.ADMIN.encode() + b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY))


def status_of(raw):
    data = b""
    while part := raw.recv(65536):
        data += part
    return int(data.split(b" ", 2)[1])


@tap.case
def quick_requests_pass_heavy_ones():
    checks = [server.connect() for _ in range(CHECKS)]
    for raw in checks:
        raw.sendall(HEAD + BODY)
    server.get("/readyz", token=None).expect(200)
    server.post("/v1/producers", {"name": "billing", "team": "money"}).expect(201)
    server.get("/v1/producers/billing").expect(200)
    server.get("/v1/topics/orders.placed/contract").expect(200)
    server.validate(node.example("good.bin")).expect(200)
    answered, _, _ = select.select(checks, [], [], 0)
    tap.check(len(answered) < CHECKS, "all checks were answered before the quick requests")
    tap.equal([status_of(raw) for raw in checks], [200] * CHECKS, "every check is answered in the end")
    for raw in checks:
        raw.close()
    status, errors = server.stop()
    tap.equal(status, 0, f"exit status (standard error: {errors[-3000:]})")


tap.main()
