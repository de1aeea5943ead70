"""validate:batch in its three forms: one verdict an item, in order, the same whatever the form."""

import node
import tap
from node import DELIMITED, JSON, PROTOBUF, Node, delimited, example, field, in_base64, varint

BATCH = "/v1/topics/orders.placed/validate:batch"

server = Node()
token = server.with_contract()
GOOD, BAD, UNKNOWN = example("good.bin"), example("bad.bin"), example("unknown-field.bin")


def read_fields(data):
    """A message as [(number, value)]; values are numbers or bytes. Only what verdicts need."""
    fields, at = [], 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
            if byte < 128:
                return value

    while at < len(data):
        tag = number()
        if tag & 7 == 0:
            fields.append((tag >> 3, number()))
        else:
            tap.equal(tag & 7, 2, "wire type")
            length = number()
            fields.append((tag >> 3, data[at:at + length]))
            at += length
    return fields


def as_delimited(payloads, query=""):
    return server.post(BATCH + query, delimited(payloads), DELIMITED, token=token)


def as_json(payloads, query=""):
    return server.post(BATCH + query, {"payloads": [in_base64(payload) for payload in payloads]}, JSON, token=token)


def as_protobuf(payloads, query="", more=b"", **headers):
    body = b"".join(field(1, payload) for payload in payloads) + more
    return server.post(BATCH + query, body, PROTOBUF, token=token, **headers)


def short(verdicts):
    return [(item["valid"], item["allowed"], [violation["rule"] for violation in item.get("violations", [])])
            for item in verdicts]


MIXED = [GOOD, BAD, b"", UNKNOWN, GOOD]
WANTED = [(True, True, []), (False, False, ["string.utf8"]), (True, True, []), (False, False, ["field.unknown"]),
          (True, True, [])]


def form(name, post):
    def mixed():
        answer = post(MIXED).expect(422).json
        tap.equal((answer["allowed"], answer["refused"]), (3, 2), "totals")
        tap.equal(short(answer["verdicts"]), WANTED, "verdicts")
        tap.equal(answer["owner"]["chat"], "#payments", "owner")
        tap.equal(answer["verdicts"][1]["violations"][0]["path"], "items[2].sku", "path")
        tap.check("index" not in answer["verdicts"][0], "an index where the place says it")

    def all_good():
        answer = post([GOOD] * 3).expect(200).json
        tap.equal((answer["allowed"], answer["refused"], len(answer["verdicts"])), (3, 0, 3), "answer")

    def nothing():
        answer = post([]).expect(200).json
        tap.equal((answer["allowed"], answer["refused"], answer["verdicts"]), (0, 0, []), "answer")
        nowhere = server.post(BATCH.replace("orders.placed", "no.such.topic"), b"", DELIMITED, token=token)
        nowhere.problem(404, "no-contract")

    def only_refused():
        answer = post(MIXED, "?only=refused").expect(422).json
        tap.equal((answer["allowed"], answer["refused"]), (3, 2), "totals")
        tap.equal([item["index"] for item in answer["verdicts"]], [1, 3], "places")

    def framed():
        answer = post([b"\0\0\0\0\x01\0" + GOOD, GOOD], "?framed=true").expect(422).json
        tap.equal([item["valid"] for item in answer["verdicts"]], [True, False], "verdicts")

    def of_a_version():
        answer = post([GOOD], "?version=9").expect(422).json
        tap.equal(short(answer["verdicts"]), [(False, False, ["schema.version"])], "verdicts")

    def long():
        """Longer than what a worker judges itself, and more than one buffer's growth."""
        payloads = [GOOD if i % 100 else BAD for i in range(5000)]
        answer = post(payloads).expect(422).json
        tap.equal((answer["allowed"], answer["refused"]), (4950, 50), "totals")
        tap.equal([i for i, item in enumerate(answer["verdicts"]) if not item["valid"]], list(range(0, 5000, 100)),
                  "places")

    for case in (mixed, all_good, nothing, only_refused, framed, of_a_version, long):
        tap.add(f"{name}_{case.__name__}", case)


form("delimited", as_delimited)
form("json", as_json)
form("protobuf_with_json_answer", lambda payloads, query="": as_protobuf(payloads, query, Accept=JSON))


@tap.case
def protobuf_is_answered_in_protobuf():
    answer = as_protobuf(MIXED).expect(422)
    tap.equal(answer.headers["Content-Type"], PROTOBUF, "media type")
    fields = read_fields(answer.body)
    head = {number: value for number, value in fields if number != 7}
    tap.equal((head[1], head[2], head[3]), (b"orders.placed", node.TYPE.encode(), b"enforce"), "topic, type and mode")
    tap.equal((head[5], head[6]), (3, 2), "totals")
    tap.equal(dict(read_fields(head[4]))[3], b"#payments", "chat room of the owner")
    verdicts = [read_fields(value) for number, value in fields if number == 7]
    tap.equal([dict(verdict).get(1, 0) for verdict in verdicts], [0, 1, 2, 3, 4], "places")
    tap.equal([dict(verdict).get(2, 0) for verdict in verdicts], [1, 0, 1, 0, 1], "valid")
    bad = dict(verdicts[1])
    tap.equal(bad[6], b"decode", "step")
    violation = dict(read_fields(bad[7]))
    tap.equal((violation[1], violation[2], violation[4]), (b"items[2].sku", b"string.utf8", 125), "violation")


@tap.case
def the_message_can_say_what_the_query_says():
    framed, version, only_refused = b"\x10\x01", b"\x18" + varint(1), b"\x20\x01"
    answer = as_protobuf([b"\0\0\0\0\x01\0" + GOOD, BAD], more=framed + only_refused, Accept=JSON).expect(422).json
    tap.equal([(item["index"], item["step"]) for item in answer["verdicts"]], [(1, "schema")], "refused")
    answer = as_protobuf([GOOD], more=version, Accept=JSON).expect(200).json
    tap.equal(answer["verdicts"][0]["version"], 1, "version")
    as_protobuf([GOOD], more=b"\x18" + varint(5), Accept=JSON).expect(422)


@tap.case
def json_can_be_answered_in_protobuf():
    answer = server.post(BATCH, {"payloads": [in_base64(GOOD)]}, JSON, token=token, Accept=PROTOBUF).expect(200)
    tap.equal(answer.headers["Content-Type"], PROTOBUF, "media type")


@tap.case
def unknown_fields_of_the_message_are_passed_over():
    as_protobuf([GOOD], more=field(99, b"later") + b"\x28\x07").expect(200)


@tap.case
def a_mode_that_lets_out_is_counted_as_allowed():
    answer = server.call("PATCH", "/v1/topics/orders.placed/contract", {"mode": "observe"}, If_Match="*").expect(200)
    try:
        answer = as_delimited(MIXED).expect(200).json
        tap.equal((answer["allowed"], answer["refused"], answer["mode"]), (5, 0, "observe"), "answer")
        tap.equal([item["valid"] for item in answer["verdicts"]], [True, False, True, False, True], "valid")
    finally:
        server.call("PATCH", "/v1/topics/orders.placed/contract", {"mode": "enforce"}, If_Match="*").expect(200)


@tap.case
def metrics_count_every_item():
    metrics = server.metrics()
    of = 'sluice_validations_total{topic="orders.placed",producer="checkout",result='
    tap.equal(metrics[of + '"allowed"}'], 2, "allowed")
    tap.check(metrics[of + '"valid"}'] > 3 * 4950, "valid")
    tap.equal(metrics["sluice_http_bodies_in_flight_bytes"], 0, "bodies in flight")
    status, errors = server.stop()
    tap.equal(status, 0, f"exit status (standard error: {errors[-3000:]})")


tap.main()
