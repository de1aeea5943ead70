"""What only a raw socket can send, and what many clients do at once, to the real server."""

import socket
import threading
import time

import node
import tap
from node import PROTOBUF, Node, delimited, example

VALIDATE = "/v1/topics/orders.placed/validate"


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


def head(length, token, path=VALIDATE, more=""):
    return (f"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: {PROTOBUF}\r\nAuthorization: Bearer {token}\r\n"
            f"{more}Content-Length: {length}\r\n\r\n").encode()


@tap.case
def a_thousand_pipelined_payloads_get_their_own_verdicts():
    with Node() as server:
        token = server.with_contract()
        good, bad = example("good.bin"), example("bad.bin")
        with server.connect() as raw, raw.makefile("rb") as stream:
            sent = b"".join(head(len(bad if i % 7 == 0 else good), token) + (bad if i % 7 == 0 else good)
                            for i in range(1000))
            writer = threading.Thread(target=raw.sendall, args=(sent,))
            writer.start()
            for i in range(1000):
                status, body = read_answer(stream)
                tap.equal(status, 422 if i % 7 == 0 else 200, f"answer {i}")
                tap.contains(body, b'"valid":false' if i % 7 == 0 else b'"valid":true', f"answer {i}")
            writer.join()
        tap.equal(server.metrics()['sluice_http_requests_total{route="validate",status="200"}'], 857, "counted")


@tap.case
def a_payload_in_single_bytes():
    with Node() as server:
        token = server.with_contract()
        with server.connect() as raw, raw.makefile("rb") as stream:
            for byte in head(193, token) + example("good.bin"):
                raw.send(bytes([byte]))
            tap.equal(read_answer(stream)[0], 200, "status")


@tap.case
def a_chunked_payload():
    with Node() as server:
        token = server.with_contract()
        good = example("good.bin")
        with server.connect() as raw, raw.makefile("rb") as stream:
            raw.sendall(f"POST {VALIDATE} HTTP/1.1\r\nHost: t\r\nContent-Type: {PROTOBUF}\r\nAuthorization: Bearer {token}\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n".encode())
            for at in range(0, len(good), 50):
                part = good[at:at + 50]
                raw.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            raw.sendall(b"0\r\n\r\n")
            tap.equal(read_answer(stream)[0], 200, "status")


@tap.case
def a_body_of_one_gibibyte_is_refused_before_it_comes():
    with Node() as server:
        token = server.with_contract()
        with server.connect() as raw, raw.makefile("rb") as stream:
            raw.sendall(head(1 << 30, token))
            status, body = read_answer(stream)
            tap.equal(status, 413, "status")
            tap.contains(body, b'"limit":67108864', "problem")
            tap.equal(read_answer(stream), None, "the connection after it")


@tap.case
def bounds_are_settings():
    with Node("--max-payload", "1KiB", "--max-batch", "2KiB", "--max-body", "3KiB") as server:
        server.producer()
        server.register().problem(413, "too-large")
        server.post(VALIDATE, b"x" * 1025, PROTOBUF).problem(413, "too-large")
        server.post(VALIDATE, b"x" * 1024, PROTOBUF).problem(404, "no-contract")
        server.post(VALIDATE + ":batch", b"\0" * 2049, node.DELIMITED).problem(413, "too-large")
        tap.equal(server.get("/v1").json["limits"]["payload_bytes"], 1024, "limit told")


@tap.case
def headers_that_are_too_large():
    with Node() as server:
        with server.connect() as raw, raw.makefile("rb") as stream:
            raw.sendall(b"GET /livez HTTP/1.1\r\nHost: t\r\nX: " + b"x" * 13000 + b"\r\n\r\n")
            status, body = read_answer(stream)
            tap.equal(status, 431, "status")
            tap.contains(body, b"/problems/headers-too-large", "problem")
        server.get("/v1/topics?q=" + "x" * 9000).problem(414, "target-too-long")


def nothing_is_left_of(server, request, times=20):
    """Send it on connections of its own; give the statuses of the answers."""
    statuses = []
    for _ in range(times):
        with server.connect() as raw, raw.makefile("rb") as stream:
            raw.sendall(request)
            answer = read_answer(stream)
            statuses.append(answer and answer[0])
    deadline = time.monotonic() + 30
    while server.metrics()["sluice_http_requests_in_flight"] > 1:
        tap.check(time.monotonic() < deadline, "exchanges leak")
    return statuses


@tap.case
def a_query_of_many_small_arguments():
    """libmicrohttpd would split it before we see it, and lose the request when its memory does not suffice."""
    with Node() as server:
        answers = nothing_is_left_of(server, b"GET /v1/topics?" + b"&" * 600 + b" HTTP/1.1\r\nHost: t\r\n\r\n")
        tap.check(set(answers) <= {200, 400}, f"got {answers}")
        answers = nothing_is_left_of(server, b"GET /v1/topics?" + b"&" * 9000 + b" HTTP/1.1\r\nHost: t\r\n\r\n")
        tap.equal(set(answers), {414}, "too long")


@tap.case
def requests_that_use_up_the_library_leave_nothing_behind():
    """It may drop them without a word, but the exchange must come back, or stopping waits for it."""
    with Node() as server:
        for more in (b"a:\r\n" * 900, b"Cookie: " + b"a;" * 3000 + b"\r\n", b"a:" + b"x" * 60000 + b"\r\n"):
            nothing_is_left_of(server, b"GET /v1/topics?" + b"&" * 600 + b" HTTP/1.1\r\nHost: t\r\n" + more + b"\r\n")
            nothing_is_left_of(server, b"GET /v1/topics HTTP/1.1\r\nHost: t\r\n" + more + b"\r\n")


def refused_framing(name, method, headers, body, status, slug=""):
    """Where a body ends must be said in one way (RFC 9112 §6.1, §6.3); whatever follows is not read as a request."""
    def run():
        with Node() as server:
            with server.connect() as raw, raw.makefile("rb") as stream:
                raw.sendall(f"{method} /v1/producers HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n".encode()
                            + headers + b"\r\n" + body + b"GET /livez HTTP/1.1\r\nHost: t\r\n\r\n")
                try:
                    answer = read_answer(stream)
                    tap.equal(answer and answer[0], status, "status")
                    tap.contains(answer[1] if answer else b"", slug.encode(), "problem")
                    tap.equal(read_answer(stream), None, "the connection after it")
                except ConnectionResetError:
                    tap.equal(status, None, "it hung up")
            tap.equal(server.get("/livez", token=None).status, 200, "it serves on")
    tap.add(name, run)


FRAMING, CODING = "bad-framing", "unknown-transfer-coding"
CHUNKED, NO_CHUNKS = b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"
refused_framing("a_coding_that_is_unknown", "POST", b"Transfer-Encoding: gzip\r\n", b"", 501, CODING)
refused_framing("a_coding_on_top_of_chunks", "POST", b"Transfer-Encoding: gzip, chunked\r\n", NO_CHUNKS, 501, CODING)
refused_framing("a_coding_of_no_name", "PUT", b"Transfer-Encoding:\r\n", b"", 501, CODING)
refused_framing("a_coding_where_no_early_answer_can_go_out", "GET", b"Transfer-Encoding: gzip\r\n", b"", None)
refused_framing("chunks_and_a_length", "POST", CHUNKED + b"Content-Length: 5\r\n", NO_CHUNKS, 400, FRAMING)
refused_framing("a_length_and_chunks", "POST", b"Content-Length: 5\r\n" + CHUNKED, NO_CHUNKS, 400, FRAMING)
refused_framing("chunks_twice", "POST", CHUNKED * 2, NO_CHUNKS, 400, FRAMING)
refused_framing("two_lengths", "POST", b"Content-Length: 2\r\nContent-Length: 5\r\n", b"{}", 400, FRAMING)
refused_framing("two_lengths_of_a_get", "GET", b"Content-Length: 2\r\nContent-Length: 5\r\n", b"{}", 400, FRAMING)


@tap.case
def slow_clients_are_dropped_and_others_served():
    with Node("--idle-timeout", "1", "--header-timeout", "0", "--body-timeout", "1") as server:
        token = server.with_contract()
        slow = [server.connect() for _ in range(20)]
        for i, raw in enumerate(slow):
            raw.sendall(head(193, token)[:40] if i % 2 else head(193, token) + b"abc")
        server.validate(example("good.bin"), token=token).expect(200)
        for raw in slow:
            while raw.recv(4096):
                pass
            raw.close()
        server.validate(example("good.bin"), token=token).expect(200)


@tap.case
def clients_that_hang_up_leave_nothing_behind():
    with Node() as server:
        token = server.with_contract()
        batch = delimited([example("good.bin")] * 3000)
        for i in range(30):
            with server.connect() as raw:
                whole = head(len(batch), token, VALIDATE + ":batch").replace(PROTOBUF.encode(), node.DELIMITED.encode()) + batch
                raw.sendall(whole[:len(whole) * (i + 1) // 30])
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        server.validate(example("good.bin"), token=token).expect(200)
        while server.metrics()["sluice_http_requests_in_flight"] > 1:
            pass
        tap.equal(server.metrics()["sluice_http_bodies_in_flight_bytes"], 0, "bodies in flight")


@tap.case
def many_clients_while_contracts_change():
    """Verdicts stay right, and nobody waits for ever, while the contract changes under them."""
    with Node(store=None) as server:
        token = server.with_contract()
        good, bad, wrong = example("good.bin"), example("bad.bin"), []
        done = threading.Event()

        def publish():
            while not done.is_set():
                verdict = server.validate(good, token=token)
                if verdict.status != 200 or not verdict.json["valid"]:
                    wrong.append(repr(verdict))
                verdict = server.validate(bad, token=token)
                if verdict.json["valid"] or verdict.json["allowed"] != (verdict.json["mode"] != "enforce"):
                    wrong.append(repr(verdict))

        publishers = [threading.Thread(target=publish) for _ in range(4)]
        for thread in publishers:
            thread.start()
        try:
            for i in range(30):
                mode = ("warn", "enforce")[i % 2]
                server.call("PATCH", "/v1/topics/orders.placed/contract", {"mode": mode}, If_Match="*").expect(200)
            server.register("v2-compatible.binpb", token=token).expect(201)
        finally:
            done.set()
            for thread in publishers:
                thread.join(60)
        tap.equal(wrong[:3], [], "wrong answers")


@tap.case
def stopping_finishes_what_runs():
    with Node() as server:
        token = server.with_contract()
        with server.connect() as raw, raw.makefile("rb") as stream:
            raw.sendall(head(193, token) + example("good.bin")[:100])
            while server.metrics()["sluice_http_requests_in_flight"] < 2:
                pass
            server.terminate()
            # It refuses new connections while it waits for this one.
            while True:
                try:
                    server.connect().close()
                except OSError:
                    break
            raw.sendall(example("good.bin")[100:])
            tap.equal(read_answer(stream)[0], 200, "status")


tap.main()
