"""Bad input, over HTTP: each gets a clear answer, and the server serves on."""

import json

import node
import tap
from node import DELIMITED, JSON, PROTOBUF, TYPE, Node, example, field, varint

VERSIONS = "/v1/subjects/orders.placed-value/versions"
VALIDATE = "/v1/topics/orders.placed/validate"
BATCH = VALIDATE + ":batch"
CONTRACT = "/v1/topics/orders.placed/contract"

server = Node()
token = server.with_contract()
other = server.producer("billing", "money", "#money")


def descriptor_set_without(name):
    """The set of the examples, without one of its files."""
    kept = [data for data in node.files_of(example("v1.binpb")) if name.encode() not in data[:60]]
    return b"".join(field(1, data) for data in kept)


def nested_descriptor(depth):
    """A FileDescriptorSet whose only file has messages in messages in messages."""
    message = field(1, b"M")
    for _ in range(depth):
        message = field(1, b"M") + field(3, message)
    return field(1, field(1, b"a.proto") + field(4, message))


def post(name, path, body, content_type, status, slug, part="", **options):
    """A row: a POST, and the problem that it meets."""
    def run():
        problem = server.post(path, body, content_type, **options).problem(status, slug)
        text = json.dumps(problem, ensure_ascii=False)
        tap.contains(text, part, "problem")
    tap.add(name, run)


# --- schemas ------------------------------------------------------------------------------------

post("a_descriptor_set_that_is_none", VERSIONS, b"\xff\xff\xff", PROTOBUF, 422, "not-a-schema", "DESCRIPTOR_SET_MALFORMED")
post("text_is_no_descriptor_set", VERSIONS, b'syntax = "proto3";\n', PROTOBUF, 422, "not-a-schema")
post("an_empty_descriptor_set", VERSIONS, b"", PROTOBUF, 422, "not-a-schema")
post("a_truncated_descriptor_set", VERSIONS, example("v1.binpb")[:-1], PROTOBUF, 422, "not-a-schema")
post("a_missing_import", VERSIONS, descriptor_set_without("timestamp.proto"), PROTOBUF, 422, "not-a-schema", "timestamp.proto")
post("ten_thousand_levels_of_messages", VERSIONS, nested_descriptor(10000), PROTOBUF, 422, "limit", "DESCRIPTOR_DEPTH")
post("a_type_that_is_not_in_the_schema", VERSIONS + "?message=orders.v1.Nothing", example("v1.binpb"), PROTOBUF, 422,
     "no-such-message-type", "orders.v1.Nothing")
post("a_descriptor_set_in_bad_base64", VERSIONS, {"descriptor_set": "?"}, None, 400, "malformed", "base64")
post("a_json_without_descriptor_set", VERSIONS, {"main": "a.proto"}, None, 422, "invalid-request", "descriptor_set")
post("sources_and_a_set", "/v1/check", {"subject": "s", "files": {"a": ""}, "descriptor_set": ""}, None, 422, "invalid-request",
     "either 'files'")
post("text_that_is_no_schema", VERSIONS, b"syntax", "text/x-protobuf", 422, "not-a-schema", "expected")
post("a_check_of_nothing", "/v1/check", {"descriptor_set": ""}, None, 422, "invalid-request", "either 'subject' or 'topic'")
post("a_check_of_an_unknown_topic", "/v1/check", {"topic": "t", "descriptor_set": node.in_base64(example("v1.binpb"))},
     None, 404, "no-contract")

# --- JSON ---------------------------------------------------------------------------------------

post("json_that_is_none", "/v1/producers", b'{"name": ', JSON, 400, "malformed", "line 1")
post("json_that_is_no_object", "/v1/producers", b"[1]", JSON, 422, "invalid-request", "expected an object")
post("json_nested_too_deep", "/v1/producers", b"[" * 10000 + b"]" * 10000, JSON, 422, "limit", "JSON_DEPTH")
post("json_with_a_misspelt_field", "/v1/producers", {"nme": "x"}, None, 422, "invalid-request", "'nme'")
post("json_with_a_wrong_kind", "/v1/producers", {"name": 5}, None, 422, "invalid-request", "name")
post("json_without_a_needed_field", "/v1/producers", {"team": "x"}, None, 422, "invalid-request", "name")
post("json_with_a_field_twice", "/v1/producers", b'{"name": "a", "name": "b"}', JSON, 400, "malformed")
post("json_that_is_not_utf8", "/v1/producers", b'{"name": "\xff"}', JSON, 400, "malformed")
post("a_name_that_is_none", "/v1/producers", {"name": "a b"}, None, 422, "invalid-request", "a b")
post("json_larger_than_small", "/v1/producers", b" " * 70000, JSON, 413, "too-large", '"limit": 65536')

# --- who calls ----------------------------------------------------------------------------------

post("no_token", VERSIONS, example("v1.binpb"), PROTOBUF, 401, "unauthenticated", "Bearer", token=None)
post("a_token_that_nobody_has", VERSIONS, example("v1.binpb"), PROTOBUF, 401, "unauthenticated", token="sl_wrong")
post("a_bad_token_where_none_is_needed", VALIDATE, example("good.bin"), PROTOBUF, 401, "unauthenticated", token="sl_wrong")
post("somebody_elses_token_registers", VERSIONS, example("v2-compatible.binpb"), PROTOBUF, 403, "forbidden", "#payments",
     token=other)
post("a_producer_makes_a_producer", "/v1/producers", {"name": "x"}, None, 403, "forbidden", token=other)
post("a_producer_makes_anothers_token", "/v1/producers/checkout/tokens", {}, None, 403, "forbidden", token=other)


@tap.case
def a_challenge_comes_with_401():
    answer = server.post(VERSIONS, b"", PROTOBUF, token=None).expect(401)
    tap.check(answer.headers["WWW-Authenticate"].startswith("Bearer"), "WWW-Authenticate")
    answer = server.post(VERSIONS, b"", PROTOBUF, token="sl_wrong").expect(401)
    tap.contains(answer.headers["WWW-Authenticate"], "invalid_token", "WWW-Authenticate")
    answer = server.post(VERSIONS, b"", PROTOBUF, token=None, Authorization="Basic YTpi").expect(401)
    tap.check(answer.headers["WWW-Authenticate"].startswith("Bearer"), "WWW-Authenticate")


@tap.case
def somebody_elses_token_publishes():
    verdict = server.validate(example("good.bin"), token=other).expect(422).json
    tap.equal((verdict["valid"], verdict["step"]), (False, "identity"), "verdict")
    tap.equal(verdict["violations"][0]["rule"], "identity.producer", "rule")
    tap.equal(verdict["owner"]["chat"], "#payments", "whom to ask")


@tap.case
def somebody_elses_token_claims_the_topic():
    answer = server.call("PUT", CONTRACT, {"message_type": TYPE, "mode": "off"}, token=other)
    tap.equal(answer.problem(409, "topic-taken")["owner"]["producer"], "checkout", "owner")


# --- contracts ----------------------------------------------------------------------------------

def put(name, topic, body, status, slug, part=""):
    def run():
        problem = server.call("PUT", f"/v1/topics/{topic}/contract", body).problem(status, slug)
        tap.contains(json.dumps(problem, ensure_ascii=False), part, "problem")
    tap.add(name, run)


put("a_claim_of_an_unknown_type", "t", {"producer": "checkout", "subject": "orders.placed-value", "message_type": "a.B"}, 422,
    "no-such-message-type", "a.B")
put("a_claim_in_an_unknown_subject", "t", {"producer": "checkout", "message_type": TYPE}, 404, "no-such-subject", "t-value")
put("a_claim_by_an_unknown_producer", "t", {"producer": "nobody", "subject": "orders.placed-value", "message_type": TYPE}, 404,
    "no-such-producer", "nobody")
put("a_second_contract_for_the_type", "t", {"producer": "checkout", "subject": "orders.placed-value", "message_type": TYPE}, 409,
    "message-type-taken", "orders.placed")
put("a_mode_that_is_none", "t", {"mode": "strict"}, 422, "invalid-request", "off, observe, warn, enforce")
put("versions_that_are_none", "t", {"versions": "newest"}, 422, "invalid-request", "latest")
put("a_level_that_is_none", "t", {"compatibility": "SOME"}, 422, "invalid-request", "BACKWARD")
put("co_producers_that_are_no_list", "t", {"co_producers": "x"}, 422, "invalid-request", "co_producers")
put("a_negative_size", "t", {"max_payload_bytes": -1}, 422, "invalid-request", "max_payload_bytes")


@tap.case
def an_amendment_without_a_generation():
    server.call("PATCH", CONTRACT, {"mode": "warn"}).problem(428, "precondition-required")


@tap.case
def an_amendment_of_an_old_generation():
    server.call("PATCH", CONTRACT, {"mode": "warn"}, If_Match='"99"').problem(412, "stale")
    server.call("PATCH", CONTRACT, {"mode": "warn"}, If_Match="nonsense").problem(412, "stale")


post("a_step_that_no_contract_knows", CONTRACT + "/frobnicate", {}, None, 404, "no-such-path", "deprecate")
post("an_offer_to_an_unknown_producer", CONTRACT + "/offer", {"to": "nobody"}, None, 404, "no-such-producer")
post("an_acceptance_of_nothing", CONTRACT + "/accept", {}, None, 403, "forbidden", "not offered", token=other)

# --- payloads -----------------------------------------------------------------------------------

post("an_unknown_topic", "/v1/topics/nothing/validate", b"", PROTOBUF, 404, "no-contract", "nothing")
post("a_batch_to_an_unknown_topic", "/v1/topics/nothing/validate:batch", b"\0", DELIMITED, 404, "no-contract")
post("a_json_payload", VALIDATE, {}, None, 415, "unsupported-media-type", PROTOBUF)
post("a_version_that_is_no_number", VALIDATE + "?version=x", b"", PROTOBUF, 400, "bad-request", "version")
post("framed_that_is_no_bool", VALIDATE + "?framed=1", b"", PROTOBUF, 400, "bad-request", "true or false")
post("a_parameter_that_is_unknown", VALIDATE + "?verison=1", b"", PROTOBUF, 400, "bad-request", "verison")


def payload(name, body, rule, step="decode", query=""):
    """A row: a payload, and a rule that it breaks."""
    def run():
        verdict = server.validate(body, query=query, token=token).expect(422).json
        tap.equal(verdict["valid"], False, "valid")
        tap.equal(verdict["step"], step, "step")
        tap.contains([violation["rule"] for violation in verdict["violations"]], rule, "rules")
    tap.add(name, run)


payload("a_truncated_payload", example("truncated.bin"), "wire.length")
payload("a_payload_of_one_byte", b"\x0a", "wire.truncated")
payload("a_length_of_one_gibibyte", b"\x0a" + varint(1 << 30) + b"abc", "wire.length")
payload("a_length_of_2_to_the_63", b"\x0a" + varint(1 << 63) + b"abc", "wire.length")
payload("ten_thousand_groups", b"\x7b" * 10000, "wire.depth")
payload("field_number_zero", b"\x00\x00", "wire.tag")
payload("a_varint_without_end", b"\x30" + b"\xff" * 11, "wire.varint")
payload("an_envelope_that_is_none", example("good.bin"), "envelope.malformed", "schema", "?framed=true")
payload("an_envelope_of_another_schema", b"\0\0\0\0\x63\0" + example("good.bin"), "envelope.schema_id", "schema", "?framed=true")
payload("an_envelope_of_another_message", b"\0\0\0\0\x01\x02\x02" + example("good.bin"), "envelope.message_type", "schema",
        "?framed=true")
payload("a_version_that_is_not_there", example("good.bin"), "schema.version", "schema", "?version=7")


@tap.case
def a_good_envelope():
    framed = b"\0\0\0\0\x01\0" + example("good.bin")
    server.validate(framed, query="?framed=true", token=token).expect(200)
    server.validate(framed, token=token, content_type="application/vnd.kafka.protobuf").expect(200)


@tap.case
def ten_thousand_levels_of_a_recursive_message():
    """FileDescriptorSet judges itself: a message type that nests in itself, by a payload that does so too often."""
    import subprocess
    set_bytes = subprocess.run(["protoc", "--include_imports", "-o/dev/stdout", "google/protobuf/descriptor.proto"],
                               capture_output=True, check=True).stdout
    server.post("/v1/subjects/sets-value/versions", set_bytes, PROTOBUF).expect(201)
    server.claim("sets", message_type="google.protobuf.FileDescriptorSet").expect(201)
    verdict = server.validate(nested_descriptor(10000), topic="sets").expect(422).json
    tap.equal(verdict["violations"][0]["rule"], "wire.depth", "rule")
    server.validate(nested_descriptor(90), topic="sets").expect(200)


# --- batches ------------------------------------------------------------------------------------

post("a_batch_whose_length_lies", BATCH, b"\x05abc", DELIMITED, 400, "malformed", "payload 0, at byte 0")
post("a_batch_that_breaks_off", BATCH, node.delimited([b"", b""]) + b"\x80", DELIMITED, 400, "malformed", "payload 2, at byte 2")
post("a_batch_of_json_without_payloads", BATCH, {}, None, 422, "invalid-request", "payloads")
post("a_batch_of_json_that_is_no_list", BATCH, {"payloads": "x"}, None, 422, "invalid-request", "list")
post("a_batch_of_json_with_a_number", BATCH, {"payloads": ["", 1]}, None, 400, "malformed", "payload 1")
post("a_batch_of_json_with_bad_base64", BATCH, {"payloads": ["a"]}, None, 400, "malformed", "payload 0 is not base64")
post("a_batch_that_is_no_message", BATCH, b"\x0a\x05abc", PROTOBUF, 400, "malformed", "BatchRequest")
post("a_batch_of_groups", BATCH, b"\x0b" * 10000, PROTOBUF, 400, "malformed", "BatchRequest")
post("a_batch_of_a_wrong_type", BATCH, b"", "text/plain", 415, "unsupported-media-type", "vnd.sluice.delimited")
post("a_batch_of_no_type", BATCH, b"\0", None, 415, "unsupported-media-type")
post("only_something_else", BATCH + "?only=valid", b"", DELIMITED, 400, "bad-request", "refused")
post("a_million_and_one_payloads", BATCH, b"\0" * 1000001, DELIMITED, 422, "limit", "BATCH_ITEMS")

# --- HTTP ---------------------------------------------------------------------------------------

post("an_unknown_path", "/v2/anything", b"", PROTOBUF, 404, "no-such-path", "openapi.json")
post("a_bad_escape", "/v1/topics/%zz/validate", b"", PROTOBUF, 400, "bad-request", "percent-escape")
post("a_form", "/v1/producers", b"name=x", "application/x-www-form-urlencoded", 415, "unsupported-media-type", JSON)
post("an_answer_that_nobody_has", VALIDATE, b"", PROTOBUF, 406, "not-acceptable", JSON, Accept="text/html")


@tap.case
def a_wrong_method():
    answer = server.call("DELETE", CONTRACT)
    answer.problem(405, "method-not-allowed")
    tap.equal(answer.headers["Allow"], "GET, HEAD, PUT, PATCH, OPTIONS", "Allow")
    tap.equal(server.call("OPTIONS", CONTRACT).expect(204).headers["Allow"], "GET, HEAD, PUT, PATCH, OPTIONS", "Allow")


@tap.case
def head_is_get_without_a_body():
    whole = server.get(CONTRACT).expect(200)
    head = server.call("HEAD", CONTRACT).expect(200)
    tap.equal(head.body, b"", "body")
    tap.equal(head.headers["Content-Length"], str(len(whole.body)), "Content-Length")
    tap.equal(head.headers["ETag"], whole.headers["ETag"], "ETag")


@tap.case
def an_id_of_the_client_is_told_again():
    problem = server.get("/v1/subjects/none", X_Request_Id="job-17").problem(404, "no-such-subject")
    tap.equal(problem["request_id"], "job-17", "request id")


@tap.case
def pages_that_are_none():
    server.get("/v1/topics?limit=1001").problem(400, "bad-request")
    server.get("/v1/topics?limit=-1").problem(400, "bad-request")
    server.get("/v1/topics?state=gone").problem(400, "bad-request")
    server.get("/v1/subjects/orders.placed-value/versions/0").problem(400, "bad-request")
    server.get("/v1/subjects/orders.placed-value/versions/9").problem(404, "no-such-version")


@tap.case
def the_server_serves_on_and_counted_it_all():
    server.validate(example("good.bin"), token=token).expect(200)
    metrics = server.metrics()
    for name in ('sluice_http_requests_total{route="validate",status="401"}',
                 'sluice_http_requests_total{route="validate",status="404"}',
                 'sluice_http_requests_total{route="validate_batch",status="400"}',
                 'sluice_http_requests_total{route="",status="404"}',
                 'sluice_violations_total{topic="orders.placed",rule="wire.length"}',
                 'sluice_violations_total{topic="orders.placed",rule="identity.producer"}'):
        tap.check(metrics.get(name, 0) > 0, f"{name} did not count")
    tap.equal(metrics["sluice_http_bodies_in_flight_bytes"], 0, "bodies in flight")
    tap.equal([name for name in metrics if 'status="500"' in name], [], "answers of 500")
    status, errors = server.stop()
    tap.equal(status, 0, f"exit status (standard error: {errors[-3000:]})")


tap.main()
