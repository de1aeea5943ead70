"""The limits of HTTP, met over real sockets: what a limit allows goes through, one more is refused, and the refusal says which
limit it was and its value.

The registry's are in tests/registry/test_limits.c, those on waiting requests in tests/server/test_waiting.c.
"""

import json

import node
import tap
from node import DELIMITED, JSON, PROTOBUF, Node
from tables import limits

VALIDATE = "/v1/topics/orders.placed/validate"

server = Node()
token = server.with_contract()


def read_answer(stream):
    """Status and body of one answer; None at the end."""
    line = stream.readline()
    if not line:
        return None
    status, length = int(line.split()[1]), 0
    while (header := stream.readline()) not in (b"\r\n", b""):
        if header.lower().startswith(b"content-length:"):
            length = int(header.split(b":")[1])
    return status, stream.read(length)


def send(request, answers=1):
    """Raw bytes, and so many answers to them (None: the connection ended)."""
    with server.connect() as raw, raw.makefile("rb") as stream:
        raw.sendall(request)
        return [read_answer(stream) for _ in range(answers)]


def names_limit(body, slug, name):
    problem = json.loads(body)
    tap.equal(problem["type"], "/problems/" + slug, "type")
    tap.contains(problem["detail"], f"limit {name}", "detail")
    tap.contains(problem["detail"], str(getattr(limits, name)), "detail")


def padded(before, after, size):
    """before + x… + after, of so many bytes."""
    return before + b"x" * (size - len(before) - len(after)) + after


@tap.case
def the_head_of_a_request():
    before, after = b"GET /livez HTTP/1.1\r\nHost: t\r\nX: ", b"\r\n\r\n"
    [(status, _)] = send(padded(before, after, limits.HTTP_HEAD_BYTES))
    tap.equal(status, 200, "status at the limit")
    [(status, body)] = send(padded(before, after, limits.HTTP_HEAD_BYTES + 1))
    tap.equal(status, 431, "status above it")
    names_limit(body, "headers-too-large", "HTTP_HEAD_BYTES")


@tap.case
def the_target_of_a_request():
    target = padded(b"/v1/topics?q=", b"", limits.HTTP_TARGET_BYTES)
    [(status, _)] = send(b"GET " + target + b" HTTP/1.1\r\nHost: t\r\n\r\n")
    tap.equal(status, 200, "status at the limit")
    [(status, body)] = send(b"GET " + target + b"x HTTP/1.1\r\nHost: t\r\n\r\n")
    tap.equal(status, 414, "status above it")
    names_limit(body, "target-too-long", "HTTP_TARGET_BYTES")


@tap.case
def the_parameters_of_a_query():
    query = "&".join(f"p{number}=" for number in range(limits.HTTP_QUERY_PARAMS))
    problem = server.get("/v1/topics?" + query).problem(400, "bad-request")
    tap.contains(problem["detail"], "'p0'", "as many as may be are read")
    names_limit(server.get("/v1/topics?" + query + "&q=").expect(400).body, "bad-request", "HTTP_QUERY_PARAMS")


@tap.case
def a_small_body():
    space = limits.HTTP_SMALL_BODY_BYTES
    server.post("/v1/producers", b'{"name": "large"}'.ljust(space), JSON).expect(201)
    problem = server.post("/v1/producers", b'{"name": "large"}'.ljust(space + 1), JSON).problem(413, "too-large")
    tap.equal(problem["limit"], space, "limit")
    tap.contains(problem["detail"], str(space), "detail")


@tap.case
def a_refused_body_is_read_so_far():
    """Behind it the connection lives; behind a longer one it is closed, and the answer has come."""
    def refused(length):
        head = f"POST /nowhere HTTP/1.1\r\nHost: t\r\nContent-Type: {PROTOBUF}\r\nContent-Length: {length}\r\n\r\n"
        return head.encode() + b"x" * limits.HTTP_DISCARD_BYTES

    again = b"GET /livez HTTP/1.1\r\nHost: t\r\n\r\n"
    first, second = send(refused(limits.HTTP_DISCARD_BYTES) + again, 2)
    tap.equal((first[0], second[0]), (404, 200), "statuses")
    with server.connect() as raw, raw.makefile("rb") as stream:
        raw.sendall(refused(limits.HTTP_DISCARD_BYTES + 1)[:200])
        tap.equal(read_answer(stream)[0], 404, "status")
        tap.equal(read_answer(stream), None, "the connection after it")


@tap.case
def the_payloads_of_a_batch():
    items = limits.BATCH_ITEMS
    answer = server.post(VALIDATE + ":batch?only=refused", b"\0" * items, DELIMITED, token=token).expect(200)
    tap.equal(answer.json["allowed"], items, "allowed")
    names_limit(server.post(VALIDATE + ":batch?only=refused", b"\0" * (items + 1), DELIMITED, token=token).expect(422).body,
                "limit", "BATCH_ITEMS")


@tap.case
def the_answer_to_a_batch():
    """Each payload has as many violations as are told of one, each of some two hundred bytes."""
    payload = b"\x00\x00" + b"\xf8\x07\x01" * (2 * limits.VIOLATIONS)
    verdict = server.validate(payload[2:], token=token).expect(422)
    tap.equal(len(verdict.json["violations"]), limits.VIOLATIONS, "violations told")
    count = limits.BATCH_ANSWER_BYTES // len(verdict.body) * 5 // 4
    body = node.delimited([payload[2:]]) * count
    names_limit(server.post(VALIDATE + ":batch", body, DELIMITED, token=token).expect(422).body, "limit", "BATCH_ANSWER_BYTES")
    answer = server.post(VALIDATE + ":batch?only=refused", node.delimited([payload[2:]]) * 10, DELIMITED, token=token)
    tap.equal(answer.expect(422).json["refused"], 10, "the server serves on")


@tap.case
def one_wait_for_a_change():
    most = limits.CHANGES_WAIT_MS // 1000
    tap.contains(server.get(f"/v1/changes?wait={most + 1}").problem(400, "bad-request")["detail"], str(most), "detail")
    server.get(f"/v1/changes?wait={most}").expect(200)


@tap.case
def a_page_of_any_list():
    for path in ("/v1/topics", "/v1/subjects", "/v1/producers", "/v1/changes"):
        server.get(f"{path}?limit={limits.PAGE_ITEMS}").expect(200)
        problem = server.get(f"{path}?limit={limits.PAGE_ITEMS + 1}").problem(400, "bad-request")
        tap.contains(problem["detail"], str(limits.PAGE_ITEMS), "detail")


@tap.case
def nothing_was_the_servers_fault():
    tap.equal([name for name in server.metrics() if 'status="500"' in name], [], "answers of 500")
    status, errors = server.stop()
    tap.equal(status, 0, f"exit status (standard error: {errors[-3000:]})")


tap.main()
