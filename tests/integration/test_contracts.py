"""The life of a contract, its owner and its producers, over HTTP."""

import json

import tap
from node import DELIMITED, PROTOBUF, TYPE, Node, delimited, example

CONTRACT = "/v1/topics/orders.placed/contract"


def act(server, action, body=None, **options):
    return server.post(f"{CONTRACT}/{action}", body or {}, **options)


@tap.case
def an_amendment_changes_what_it_names():
    with Node() as server:
        token = server.with_contract()
        before = server.get(CONTRACT).expect(200)
        tap.equal(before.headers["ETag"], '"1"', "ETag")
        after = server.call("PATCH", CONTRACT, {"mode": "warn", "unknown_fields": "allow"}, token=token, If_Match='"1"')
        after.expect(200)
        tap.equal(after.headers["ETag"], '"2"', "ETag")
        want = {**before.json, "mode": "warn", "unknown_fields": "allow", "generation": 2, "updated": after.json["updated"]}
        tap.equal(after.json, want, "contract")
        server.validate(example("unknown-field.bin"), token=token).expect(200)
        verdict = server.validate(example("bad.bin"), token=token).expect(200).json
        tap.equal((verdict["valid"], verdict["allowed"], verdict["mode"]), (False, True, "warn"), "verdict")
        server.call("PATCH", CONTRACT, {"mode": "off"}, token=token, If_Match='"1"').problem(412, "stale")


@tap.case
def put_with_a_generation_says_the_whole_contract():
    with Node() as server:
        token = server.with_contract(mode="observe", tombstones="reject")
        body = {"message_type": "orders.v1.OrderPlaced", "versions": 1, "max_payload_bytes": 1000}
        answer = server.call("PUT", CONTRACT, body, token=token, If_Match='"1"').expect(200).json
        tap.equal((answer["mode"], answer["tombstones"], answer["versions"], answer["max_payload_bytes"]),
                  ("enforce", "allow", 1, 1000), "contract")
        verdict = server.validate(b"\x0a" + b"\xff\x0f" + b"x" * 2047, token=token).expect(422).json
        tap.equal(verdict["violations"][0]["rule"], "payload.too_large", "rule")


@tap.case
def if_match_of_anything_asks_for_a_contract_that_is_there():
    with Node() as server:
        server.producer()
        server.register().expect(201)
        body = {"producer": "checkout", "message_type": TYPE}
        path = "/v1/topics/orders.placed/contract"
        server.call("PUT", path, body, If_Match="*").problem(412, "stale")
        server.get(path).problem(404, "no-contract")
        server.claim().expect(201)


@tap.case
def payloads_written_as_json_are_refused_in_clear_words():
    with Node() as server:
        token = server.producer()
        server.register().expect(201)
        body = {"message_type": "orders.v1.OrderPlaced"}
        problem = server.call("PUT", CONTRACT, {**body, "json": True}, token=token).problem(422, "invalid-request")
        tap.contains(problem["detail"], "this build judges binary payloads", "detail")
        server.call("PUT", CONTRACT, {**body, "json": False}, token=token).expect(201)
        server.call("PATCH", CONTRACT, {"json": True}, token=token, If_Match='"1"').problem(422, "invalid-request")
        server.validate(b"{}", token=token, content_type="application/json").problem(415, "unsupported-media-type")


@tap.case
def max_payload_holds_for_each_payload_of_a_batch():
    with Node("--max-payload", "16") as server:
        token = server.with_contract()
        large = b"\x0a\x0f" + 15 * b"x"
        answer = server.post("/v1/topics/orders.placed/validate:batch", delimited([b"\x0a\x01x", large]), DELIMITED, token=token)
        verdicts = answer.expect(422).json["verdicts"]
        tap.equal(verdicts[1]["violations"][0]["rule"], "payload.too_large", "rule")
        tap.check(verdicts[0].get("step") != "contract", "the small one is refused for its size")


@tap.case
def a_topic_changes_its_owner_by_offer_and_acceptance():
    with Node() as server:
        old = server.with_contract()
        new = server.producer("billing", "money", "#money")
        server.validate(example("good.bin"), token=new).expect(422)
        act(server, "accept", token=new).expect(403)
        tap.equal(act(server, "offer", {"to": "billing"}, token=old).expect(200).json["offered_to"], "billing", "offer")
        answer = act(server, "accept", token=new).expect(200).json
        tap.equal((answer["producer"], answer["owner"]["chat"]), ("billing", "#money"), "owner")
        server.validate(example("good.bin"), token=new).expect(200)
        verdict = server.validate(example("good.bin"), token=old).expect(422).json
        tap.equal(verdict["owner"]["producer"], "billing", "owner in the verdict")
        # The prepared answer of the valid payload says the new owner, too.
        for _ in range(3):
            tap.equal(server.validate(example("good.bin"), token=new).expect(200).json["owner"]["team"], "money", "owner")


@tap.case
def a_contract_ends_and_frees_its_topic():
    with Node() as server:
        token = server.with_contract(state="draft")
        tap.equal(server.get(CONTRACT).json["state"], "draft", "state")
        server.validate(example("bad.bin"), token=token).expect(200)
        for action, state in (("activate", "active"), ("deprecate", "deprecated")):
            tap.equal(act(server, action, token=token).expect(200).json["state"], state, "state")
        act(server, "activate", token=token).problem(409, "wrong-state")
        tap.equal(act(server, "retire", token=token).expect(200).json["state"], "retired", "state")
        server.validate(example("good.bin"), token=token).problem(404, "no-contract")
        server.producer("billing")
        server.claim(producer="billing").expect(201)


@tap.case
def a_block_stops_at_once_and_says_why():
    with Node() as server:
        token = server.with_contract()
        act(server, "block", {"reason": "leaking card numbers"}).expect(200)
        verdict = server.validate(example("good.bin"), token=token).expect(422).json
        tap.equal((verdict["step"], verdict["violations"][0]["rule"]), ("contract", "contract.blocked"), "verdict")
        tap.contains(json.dumps(verdict), "leaking card numbers", "verdict")
        act(server, "unblock").expect(200)
        server.validate(example("good.bin"), token=token).expect(200)

        server.post("/v1/producers/checkout/block", {"reason": "stolen token"}).expect(200)
        verdict = server.validate(example("good.bin"), token=token).expect(422).json
        tap.equal(verdict["violations"][0]["rule"], "identity.blocked", "rule")
        server.register("v2-compatible.binpb", token=token).problem(403, "forbidden")
        server.post("/v1/producers/checkout/unblock", {}).expect(200)
        server.validate(example("good.bin"), token=token).expect(200)


@tap.case
def a_revoked_token_ends_at_once():
    with Node() as server:
        token = server.with_contract()
        tokens = server.get("/v1/producers/checkout/tokens").expect(200).json["tokens"]
        tap.equal([item["name"] for item in tokens], ["test"], "tokens")
        tap.check("token" not in tokens[0], "the secret is told again")
        server.validate(example("good.bin"), token=token).expect(200)
        server.call("DELETE", f"/v1/producers/checkout/tokens/{tokens[0]['id']}", token=token).expect(204)
        server.validate(example("good.bin"), token=token).problem(401, "unauthenticated")
        server.call("DELETE", "/v1/producers/checkout/tokens/none").problem(404, "no-such-token")


@tap.case
def producers_are_amended_and_told_apart():
    with Node() as server:
        server.post("/v1/producers", {"name": "a", "team": "x"}).expect(201)
        server.post("/v1/producers", {"name": "a", "team": "x"}).expect(200)
        server.post("/v1/producers", {"name": "a", "team": "y"}).problem(409, "producer-exists")
        answer = server.call("PATCH", "/v1/producers/a", {"chat": "#a"}).expect(200)
        tap.equal((answer.json["team"], answer.json["chat"], answer.headers["ETag"]), ("x", "#a", '"2"'), "producer")
        server.call("PATCH", "/v1/producers/a", {"chat": "#b"}, If_Match='"1"').problem(412, "stale")
        server.call("PATCH", "/v1/producers/a", {"name": "b"}).problem(422, "invalid-request")


@tap.case
def lists_are_paged():
    with Node() as server:
        names = [f"p{i:03}" for i in range(25)]
        for name in names:
            server.post("/v1/producers", {"name": name}).expect(201)
        got, cursor = [], ""
        for _ in range(10):
            page = server.get(f"/v1/producers?limit=10{cursor}").expect(200).json
            got += [item["name"] for item in page["producers"]]
            if "next_cursor" not in page:
                break
            cursor = "&cursor=" + page["next_cursor"]
        tap.equal(got, names, "names")
        server.register(subject="a/b-value").expect(201)
        server.register(subject="a-value").expect(201)
        listed = server.get("/v1/subjects?prefix=a/").expect(200).json["subjects"]
        tap.equal([item["subject"] for item in listed], ["a/b-value"], "subjects")
        tap.equal(server.get("/v1/subjects/a%2Fb-value").expect(200).json["latest_version"], 1, "subject")
        server.get("/v1/subjects/a/b-value").expect(404)


@tap.case
def the_catalogue_is_searched():
    with Node() as server:
        server.with_contract()
        for query, want in (("", 1), ("?q=placed", 1), ("?q=OrderPlaced", 1), ("?q=nothing", 0), ("?owner=checkout", 1),
                            ("?owner=billing", 0), ("?state=active", 1), ("?state=retired", 0)):
            tap.equal(len(server.get("/v1/topics" + query, token=None).expect(200).json["topics"]), want, query)


@tap.case
def a_level_tightens_freely_and_loosens_by_an_administrator():
    with Node() as server:
        token = server.with_contract()
        subject = "/v1/subjects/orders.placed-value"
        server.call("PATCH", subject, {"compatibility": "FULL_TRANSITIVE"}, token=token).expect(200)
        server.call("PATCH", subject, {"compatibility": "NONE"}, token=token).problem(403, "forbidden")
        tap.equal(server.call("PATCH", subject, {"compatibility": "NONE"}).expect(200).json["compatibility"], "NONE", "level")
        server.register("v2-breaking.binpb", token=token).expect(201)


@tap.case
def require_auth_asks_of_everyone():
    with Node("--require-auth") as server:
        server.get("/metrics", token=None).problem(401, "unauthenticated")
        server.get("/metrics").expect(200)
        token = server.with_contract()
        for path in ("/v1/topics", "/v1/subjects", "/v1/producers", CONTRACT, "/v1/changes"):
            server.get(path, token=None).problem(401, "unauthenticated")
            server.get(path, token=token).expect(200)
        server.validate(example("good.bin"), token=None).problem(401, "unauthenticated")
        server.validate(example("good.bin"), token=token).expect(200)
        server.post("/v1/check", {}, token=None).problem(401, "unauthenticated")
        answer = server.get("/v1/subjects/orders.placed-value/versions/1", token=token).expect(200)
        tap.check(answer.headers["Cache-Control"].startswith("private"), "a shared cache may keep it")
        for path in ("/livez", "/readyz", "/openapi.json", "/v1"):
            server.get(path, token=None).expect(200)


@tap.case
def who_did_what_is_told_in_order():
    with Node() as server:
        token = server.with_contract()
        act(server, "deprecate", token=token).expect(200)
        changes = server.get("/v1/changes").expect(200).json
        tap.equal([change["seq"] for change in changes["changes"]], list(range(1, len(changes["changes"]) + 1)), "numbers")
        last = changes["changes"][-1]
        tap.equal((last["action"], last["actor"], last["object"]), ("contract.deprecate", "checkout", "topic:orders.placed"),
                  "last change")
        tap.equal(changes["last_seq"], last["seq"], "last_seq")
        one = server.get(f"/v1/changes?after={last['seq'] - 1}&limit=5").expect(200).json
        tap.equal([change["action"] for change in one["changes"]], ["contract.deprecate"], "after")
        tap.equal(server.get(f"/v1/changes?after={last['seq']}").expect(200).json["changes"], [], "nothing new")


@tap.case
def a_long_poll_ends_with_the_news():
    import threading
    with Node("--control-threads", "1") as server:
        server.with_contract()
        after = server.get("/v1/changes").json["last_seq"]
        answers = []

        def wait():
            answers.append(server.get(f"/v1/changes?after={after}&wait=60").json["changes"])

        waiting = [threading.Thread(target=wait) for _ in range(8)]
        for thread in waiting:
            thread.start()
        # With one control thread and eight waiting, everything else is answered all the same.
        while server.metrics()["sluice_http_requests_parked"] < 8:
            pass
        server.get("/v1/topics").expect(200)
        server.post("/v1/producers", {"name": "news"}).expect(201)
        for thread in waiting:
            thread.join(60)
        tap.equal([[change["action"] for change in answer] for answer in answers], [["producer.create"]] * 8, "answers")


@tap.case
def a_long_poll_without_news_ends_in_time():
    with Node() as server:
        after = server.get("/v1/changes").json["last_seq"]
        tap.equal(server.get(f"/v1/changes?after={after}&wait=1").expect(200).json,
                  {"changes": [], "last_seq": after}, "answer")


@tap.case
def problems_and_routes_describe_themselves():
    with Node() as server:
        problem = server.get("/v1/subjects/none").problem(404, "no-such-subject")
        tap.equal(server.get(problem["type"]).expect(200).json["title"], problem["title"], "title")
        server.get("/problems/none-such").problem(404, "no-such-path")
        paths = server.get("/openapi.json").expect(200).json["paths"]
        tap.check("post" in paths["/v1/topics/{topic}/validate"], "validate is not described")
        about = server.get("/v1").expect(200).json
        tap.equal((about["name"], about["store"]["kind"]), ("sluice", "memory"), "about")


@tap.case
def null_in_a_patch_takes_away():
    """RFC 7396: what is null goes, what is not named stays; what cannot go is refused."""
    with Node() as server:
        token = server.with_contract(mode="warn", unknown_fields="allow", tombstones="reject", versions=1,
                                     max_payload_bytes=1000, co_producers=[])
        server.post("/v1/producers", {"name": "billing"}).expect(201)
        one = server.call("PATCH", CONTRACT, {"co_producers": ["billing"]}, token=token, If_Match="*").expect(200).json
        tap.equal((one["co_producers"], one["mode"]), (["billing"], "warn"), "before")
        for name in ("topic", "subject", "message_type", "producer", "compatibility", "state"):
            refused = server.call("PATCH", CONTRACT, {name: None}, token=token, If_Match="*")
            tap.equal(refused.status, 422, f"{name} cannot be taken away")
        two = server.call("PATCH", CONTRACT, {"mode": None, "versions": None, "co_producers": None}, token=token,
                          If_Match="*").expect(200).json
        tap.equal((two["mode"], two["versions"], two.get("co_producers")), ("enforce", "latest", None), "taken away")
        tap.equal((two["unknown_fields"], two["tombstones"], two["max_payload_bytes"]), ("allow", "reject", 1000), "kept")
        three = server.call("PATCH", CONTRACT, {"unknown_fields": None, "tombstones": None, "max_payload_bytes": None,
                                                "json": None}, token=token, If_Match="*").expect(200).json
        tap.equal((three["unknown_fields"], three["tombstones"], three.get("max_payload_bytes"), three["json"]),
                  ("reject", "allow", None, False), "the rest")
        server.call("PATCH", "/v1/subjects/orders.placed-value", {"compatibility": None}).problem(422, "invalid-request")
        before = server.get("/v1/producers/checkout").json
        after = server.call("PATCH", "/v1/producers/checkout", {"chat": None}).expect(200).json
        tap.equal((before["chat"], "chat" in after, after["team"]), ("#payments", False, "payments"), "producer")


@tap.case
def versions_and_tokens_come_in_pages():
    with Node() as server:
        server.producer()
        for name in ("v1.binpb", "v2-compatible.binpb"):
            server.register(name).expect(201)
        for _ in range(5):
            server.post("/v1/producers/checkout/tokens", {}).expect(201)
        for path, items, of in (("/v1/subjects/orders.placed-value/versions", "versions", "version"),
                                ("/v1/producers/checkout/tokens", "tokens", "id")):
            whole = [item[of] for item in server.get(path).expect(200).json[items]]
            tap.equal(sorted(whole), whole, "order")
            pages, cursor = [], ""
            while cursor is not None:
                page = server.get(f"{path}?limit=1{cursor}").expect(200).json
                tap.equal(len(page[items]), 1, "items of a page")
                pages += [item[of] for item in page[items]]
                cursor = "&cursor=" + page["next_cursor"] if "next_cursor" in page else None
            tap.equal(pages, whole, items)
        server.get("/v1/subjects/orders.placed-value/versions?cursor=x").problem(400, "bad-request")


tap.main()
