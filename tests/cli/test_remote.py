"""What the command line sends to a server, and what it makes of the answers, against a server of canned ones."""

import json
import os
import stat
import tempfile

import program
import tap
from fake_server import Answer, FakeServer, problem
from program import EXAMPLES, expect, sluice

OWNER = {"producer": "checkout", "team": "payments", "chat": "#payments", "contact": "payments@example.com"}
FINDING = {"rule": "FIELD_NO_DELETE", "severity": "error", "file": "a/b.proto", "line": 9, "column": 1,
           "previous": {"file": "a/b.proto", "line": 14, "column": 3}, "message": "field 4 was deleted", "why": "old data",
           "fix": "reserved 4;"}
CONTRACT = {"topic": "orders.placed", "message_type": "orders.v1.OrderPlaced", "state": "active", "mode": "enforce",
            "json": False, "generation": 3, "owner": OWNER}


def ask(answers, *arguments, **options):
    """Run against canned answers; gives the run and the requests."""
    with FakeServer(*answers) as server:
        ran = sluice(*arguments, "--server", server.url, **options)
        return ran, server.requests


@tap.case
def register_posts_the_set_as_it_is():
    answer = Answer(201, {"subject": "s", "version": 2, "id": 7, "messages": ["a.B", "a.C"]})
    ran, [sent] = ask([answer], "register", "--subject", "s", "--message", "a.B", "v1.binpb")
    tap.equal(expect(ran, 0).out, "s version 2, id 7: a.B, a.C\n", "said")
    tap.equal([sent.method, sent.path], ["POST", "/v1/subjects/s/versions?message=a.B"], "request")
    tap.equal(sent.headers["Content-Type"], "application/x-protobuf", "content type")
    tap.equal(sent.body, (EXAMPLES / "v1.binpb").read_bytes(), "body")
    tap.check(sent.headers["Authorization"] is None, "no token was given, and none is sent")


@tap.case
def known_schema_is_said_to_be_known():
    ran, _ = ask([Answer(200, {"subject": "s", "version": 1, "id": 1, "messages": []})], "register", "--subject", "s",
                 "v1.binpb")
    tap.equal(expect(ran, 0).out, "s version 1, id 1 (known already)\n", "said")


@tap.case
def names_are_percent_encoded():
    ran, [sent] = ask([Answer(200, CONTRACT)], "contract", "show", "a/b ü?#%")
    expect(ran, 0)
    tap.equal(sent.path, "/v1/topics/a%2Fb%20%C3%BC%3F%23%25/contract", "path")


@tap.case
def findings_of_a_refusal_are_told_a_line_each():
    refusal = problem(409, title="Readers would break", detail="one finding", findings=[FINDING], owner=OWNER)
    ran, _ = ask([refusal], "register", "--subject", "s", "v1.binpb")
    expect(ran, 1)
    tap.equal(ran.err, "sluice: Readers would break: one finding\n"
                       "a/b.proto:9:1: field 4 was deleted [FIELD_NO_DELETE]\n"
                       "    why: old data\n"
                       "    was: a/b.proto:14:3\n"
                       "    fix: reserved 4;\n"
                       "  owner: checkout (team payments); ask in #payments or payments@example.com\n", "said")
    tap.equal(ran.out, "", "stdout")


@tap.case
def what_a_server_says_cannot_move_the_cursor():
    refusal = problem(409, title="t\x1b[2J", detail="d\nsluice: all is well", owner={"producer": "p\r"})
    ran, _ = ask([refusal], "contract", "claim", "t")
    tap.equal(expect(ran, 1).err, "sluice: t\\x1b[2J: d\\x0asluice: all is well\n  owner: p\\x0d\n", "said")


# (claim, answer, exit status, part of what is said)
REFUSED = [
    ("conflict", problem(409, title="Taken"), 1, "sluice: Taken\n"),
    ("stale", problem(412, title="Stale"), 1, "sluice: Stale\n"),
    ("unprocessable", problem(422, title="Not a schema"), 1, "sluice: Not a schema\n"),
    ("unauthenticated", problem(401, title="Say who you are", detail="no token"), 3, "Say who you are: no token\n"),
    ("forbidden", problem(403, title="No"), 3, "sluice: No\n"),
    ("not_found", problem(404, title="No such topic"), 3, "sluice: No such topic\n"),
    ("unavailable", problem(503, title="Later"), 3, "sluice: Later\n"),
    ("page_of_a_proxy", Answer(502, b"<html>bad gateway", "text/html"), 3, "answered 502 and did not say why"),
    ("empty_error", Answer(500), 3, "answered 500 and did not say why"),
    ("redirect", Answer(302, headers={"Location": "http://127.0.0.1:9/"}), 3, "answered 302: it has moved"),
    ("page_of_something_else", Answer(200, b"<html>welcome", "text/html"), 3, "something other than JSON"),
]


def refused(answer, status, part):
    return lambda: expect(ask([answer], "contract", "show", "t")[0], status, "", part)


for claim, answer, status, part in REFUSED:
    tap.add(f"answer_of_{claim}_ends_in_{status}", refused(answer, status, part))


@tap.case
def json_format_passes_the_answer_on():
    ran, _ = ask([Answer(200, CONTRACT)], "contract", "show", "t", "--format", "json")
    tap.equal(json.loads(expect(ran, 0).out), CONTRACT, "answer")
    ran, _ = ask([problem(409, title="Taken")], "contract", "claim", "t", "--format", "json")
    tap.equal(json.loads(expect(ran, 1).out)["title"], "Taken", "problem")


@tap.case
def nobody_there_says_how_to_start_one():
    ran = sluice("contract", "list", "--server", "http://127.0.0.1:1")
    expect(ran, 3, "", "no answer from http://127.0.0.1:1/v1/topics")
    tap.contains(ran.err, "`sluice serve` runs a server")


@tap.case
def server_comes_from_the_environment_and_the_flag_wins():
    with FakeServer(Answer(200, CONTRACT)) as server:
        expect(sluice("contract", "show", "t", env={"SLUICE_SERVER": server.url + "/"}), 0, "orders.placed")
        tap.equal(server.requests[0].path, "/v1/topics/t/contract", "path")
    with FakeServer(Answer(200, CONTRACT)) as server:
        env = {"SLUICE_SERVER": "http://127.0.0.1:1"}
        expect(sluice("contract", "show", "t", "--server", server.url, env=env), 0, "orders.placed")


@tap.case
def proxy_of_the_environment_is_not_asked_for_the_loopback():
    ran, _ = ask([Answer(200, CONTRACT)], "contract", "show", "t", env={"http_proxy": "http://127.0.0.1:1"})
    expect(ran, 0)


@tap.case
def token_comes_from_a_file_or_the_environment():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "token")
        for content, want in (("sl_abc\n", 0), ("\n", 2), ("", 2), ("x" * 300, 3)):
            with open(path, "w") as file:
                file.write(content)
            ran, requests = ask([Answer(200, CONTRACT)] if want == 0 else [], "contract", "show", "t", "--token-file", path)
            expect(ran, want)
            if want == 0:
                tap.equal(requests[0].headers["Authorization"], "Bearer sl_abc", "header")
    ran, [sent] = ask([Answer(200, CONTRACT)], "contract", "show", "t", env={"SLUICE_TOKEN": "sl_env"})
    tap.equal(sent.headers["Authorization"], "Bearer sl_env", "header")
    expect(ask([], "contract", "show", "t", "--token-file", "/nonexistent")[0], 3, "", "cannot read '/nonexistent'")


@tap.case
def token_cannot_add_a_header():
    ran, requests = ask([], "contract", "show", "t", env={"SLUICE_TOKEN": "a\r\nX-Evil: 1"})
    expect(ran, 2, "", "cannot stand in an HTTP header")
    tap.equal(requests, [], "requests")


@tap.case
def claim_sends_what_was_said_and_no_more():
    ran, [sent] = ask([Answer(201, CONTRACT)], "contract", "claim", "orders.placed")
    expect(ran, 0)
    tap.equal([sent.method, sent.path, json.loads(sent.body)], ["PUT", "/v1/topics/orders.placed/contract", {}], "request")
    ran, [sent] = ask([Answer(201, CONTRACT)], "contract", "claim", "t", "--producer", "p", "--subject", "s", "--message", "a.B",
                      "--mode", "warn", "--unknown-fields", "allow", "--tombstones", "reject",
                      "--versions", "live", "--compatibility", "FULL", "--co-producer", "x", "--co-producer", "y",
                      "--max-payload-bytes", "100", "--draft")
    tap.equal(json.loads(sent.body), {
        "producer": "p", "subject": "s", "message_type": "a.B", "mode": "warn", "unknown_fields": "allow",
        "tombstones": "reject", "versions": "live", "compatibility": "FULL", "co_producers": ["x", "y"],
        "max_payload_bytes": 100, "state": "draft"}, "body")


@tap.case
def contract_is_told_in_rows():
    ran, _ = ask([Answer(200, CONTRACT)], "contract", "show", "orders.placed")
    tap.contains(ran.out, "message type      orders.v1.OrderPlaced\n")
    tap.contains(ran.out, "  owner: checkout (team payments); ask in #payments")


@tap.case
def amend_is_guarded_by_the_etag_that_was_read():
    answers = [Answer(200, CONTRACT, headers={"ETag": '"3"'}), Answer(200, CONTRACT)]
    ran, [read, sent] = ask(answers, "contract", "amend", "t", "--mode", "observe")
    expect(ran, 0)
    tap.equal([read.method, sent.method, sent.headers["If-Match"]], ["GET", "PATCH", '"3"'], "requests")
    tap.equal(json.loads(sent.body), {"mode": "observe"}, "body")


# (verb, arguments, body)
STEPS = [
    ("activate", [], {}),
    ("offer", ["--to", "billing"], {"to": "billing"}),
    ("accept", [], {}),
    ("deprecate", [], {}),
    ("retire", [], {}),
    ("block", ["--reason", "flood"], {"reason": "flood"}),
    ("unblock", [], {}),
]


def step(verb, arguments, body):
    def case():
        ran, [sent] = ask([Answer(200, CONTRACT)], "contract", verb, "t", *arguments)
        expect(ran, 0, "orders.placed")
        tap.equal([sent.method, sent.path, json.loads(sent.body)], ["POST", f"/v1/topics/t/contract/{verb}", body], "request")
        tap.check(sent.headers["If-Match"] is None, "no generation was given")
        _, [sent] = ask([Answer(200, CONTRACT)], "contract", verb, "t", *arguments, "--generation", "4")
        tap.equal(sent.headers["If-Match"], '"4"', "If-Match")
    return case


for verb, arguments, body in STEPS:
    tap.add(f"contract_{verb}_is_a_post", step(verb, arguments, body))


@tap.case
def lists_are_read_to_their_last_page():
    pages = [Answer(200, {"topics": [{"topic": "a", "message_type": "x.A"}], "next_cursor": "a&b"}),
             Answer(200, {"topics": [{"topic": "c", "message_type": "x.C", "blocked": True}]})]
    ran, [_, second] = ask(pages, "contract", "list", "--query", "q", "--state", "active")
    lines = expect(ran, 0).out.splitlines()
    tap.check(lines[0].startswith("a ") and lines[0].endswith("x.A"), ran.out)
    tap.check(lines[1].startswith("c ") and lines[1].endswith("x.C  BLOCKED"), ran.out)
    tap.equal(second.path, "/v1/topics?q=q&state=active&cursor=a%26b", "path")


@tap.case
def token_goes_to_standard_output_alone():
    ran, [sent] = ask([Answer(201, {"id": "t1", "token": "sl_secret"})], "token", "create", "--producer", "p", "--name", "n",
                      "--expires-in-days", "9")
    tap.equal(expect(ran, 0).out, "sl_secret\n", "stdout")
    tap.equal([sent.path, json.loads(sent.body)], ["/v1/producers/p/tokens", {"name": "n", "expires_in_days": 9}], "request")


@tap.case
def token_file_is_new_and_for_its_owner_only():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "p.token")
        answer = Answer(201, {"id": "t1", "token": "sl_secret"})
        ran, _ = ask([answer], "token", "create", "--producer", "p", "--out", path)
        tap.equal(expect(ran, 0).out, "", "stdout")
        tap.equal(open(path).read(), "sl_secret\n", "file")
        tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
        ran, requests = ask([], "token", "create", "--producer", "p", "--out", path)
        expect(ran, 3, "", "File exists")
        tap.equal(requests, [], "no token is made that could not be kept")
        other = os.path.join(folder, "q.token")
        ran, _ = ask([problem(404, title="No such producer")], "token", "create", "--producer", "q", "--out", other)
        expect(ran, 3)
        tap.check(not os.path.exists(other), "a refused token leaves no file")


@tap.case
def revoke_deletes():
    ran, [sent] = ask([Answer(204)], "token", "revoke", "--producer", "p", "t1")
    expect(ran, 0, "revoked")
    tap.equal([sent.method, sent.path], ["DELETE", "/v1/producers/p/tokens/t1"], "request")


VALID = {"valid": True, "allowed": True, "topic": "t", "schema_id": 1}
REFUSAL = {"valid": False, "allowed": False, "topic": "t", "step": "decode", "owner": OWNER, "new_member": 1.5, "violations": [
    {"path": "items[2].sku", "rule": "string.utf8", "offset": 125, "message": "bytes"}]}
OBSERVED = {**REFUSAL, "allowed": True, "mode": "observe"}


@tap.case
def verdicts_of_a_server_are_told():
    answers = [Answer(200, VALID), Answer(422, REFUSAL), Answer(200, OBSERVED)]
    ran, [first, *_] = ask(answers, "validate", "--topic", "t", "good.bin", "bad.bin", "bad.bin")
    expect(ran, 1)
    tap.equal(ran.out, "good.bin: valid\n"
                       "bad.bin: not valid\n"
                       "  items[2].sku: bytes [string.utf8] at byte 125\n"
                       "  owner: checkout (team payments); ask in #payments or payments@example.com\n"
                       "bad.bin: not valid; it may go out, since the contract does not enforce\n"
                       "  items[2].sku: bytes [string.utf8] at byte 125\n"
                       "  owner: checkout (team payments); ask in #payments or payments@example.com\n", "said")
    tap.equal([first.path, first.headers["Content-Type"]], ["/v1/topics/t/validate", "application/x-protobuf"], "request")
    tap.equal(first.body, (EXAMPLES / "good.bin").read_bytes(), "body")


@tap.case
def verdict_in_json_is_the_servers_with_the_input():
    ran, _ = ask([Answer(422, REFUSAL)], "validate", "--topic", "t", "--format", "json", "bad.bin")
    tap.equal(json.loads(expect(ran, 1).out), {"input": "bad.bin", **REFUSAL}, "verdict")


@tap.case
def refusal_of_one_input_leaves_the_others():
    answers = [problem(413, title="Too large"), Answer(200, VALID)]
    ran, _ = ask(answers, "validate", "--topic", "t", "bad.bin", "good.bin")
    expect(ran, 3, "good.bin: valid\n", "Too large")


@tap.case
def framed_input_and_version_go_along():
    _, [sent] = ask([Answer(200, VALID)], "validate", "--topic", "t", "--input", "framed", "good.bin")
    tap.equal(sent.headers["Content-Type"], "application/vnd.kafka.protobuf", "content type")
    _, [sent] = ask([Answer(200, VALID)], "validate", "--topic", "t", "--version", "3", "good.bin")
    tap.equal(sent.path, "/v1/topics/t/validate?version=3", "path")


@tap.case
def long_stream_is_cut_into_batches():
    """10,001 payloads of one byte: two batches, and places count on."""
    stream = b"\x01\x00" * 10001
    answers = [Answer(200, {"verdicts": [VALID] * 10000}), Answer(422, {"verdicts": [{**REFUSAL, "index": 0}]})]
    ran, [first, second] = ask(answers, "validate", "--topic", "t", "--input", "delimited", stdin=stream)
    expect(ran, 1, "stdin[10000]: not valid\n  items[2].sku")
    tap.contains(ran.out, "stdin: 10001 payloads, 10000 valid, 1 refused\n")
    tap.equal([len(first.body), len(second.body)], [20000, 2], "bodies")
    tap.equal([first.path, first.headers["Content-Type"]],
              ["/v1/topics/t/validate:batch", "application/vnd.sluice.delimited"], "request")


@tap.case
def batch_that_is_not_judged_whole_is_no_answer():
    ran, _ = ask([Answer(200, {"verdicts": []})], "validate", "--topic", "t", "--input", "delimited", stdin=b"\x01\x00")
    expect(ran, 3, "", "did not judge each payload")


@tap.case
def check_sends_the_set_and_ends_by_its_findings():
    answers = [Answer(200, {"compatible": False, "findings": [FINDING]})]
    ran, [sent] = ask(answers, "check", "--topic", "t", "--message", "a.B", "v1.binpb")
    expect(ran, 1, "a/b.proto:9:1: field 4 was deleted [FIELD_NO_DELETE]")
    tap.contains(ran.out, "t: not compatible\n")
    body = json.loads(sent.body)
    tap.equal([sent.method, sent.path, body["topic"], body["message_type"]], ["POST", "/v1/check", "t", "a.B"], "request")
    import base64
    tap.equal(base64.b64decode(body["descriptor_set"]), (EXAMPLES / "v1.binpb").read_bytes(), "set")
    warning = {**FINDING, "severity": "warning"}
    ran, _ = ask([Answer(200, {"compatible": True, "findings": [warning]})], "check", "--subject", "s", "v1.binpb")
    tap.contains(expect(ran, 0, "s: compatible\n").out, "a/b.proto:9:1: warning: field 4")


@tap.case
def producer_is_made_with_its_particulars():
    ran, [sent] = ask([Answer(201, {"name": "p", "team": "x", "chat": "#x"})], "producer", "create", "p", "--team", "x", "--chat",
                      "#x")
    expect(ran, 0, "producer          p\n")
    tap.equal(json.loads(sent.body), {"name": "p", "team": "x", "chat": "#x"}, "body")


tap.main()
