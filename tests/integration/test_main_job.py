"""The main job over HTTP, from an empty store to a refused change, ending in what the metrics say of it."""

import node
import tap
from node import DELIMITED, PROTOBUF, TYPE, Node, example


@tap.case
def the_main_job():
    with Node(store=None) as server:
        tap.equal(server.get("/livez", token=None).expect(200).json, {"status": "ok"}, "livez")
        tap.equal(server.get("/readyz", token=None).expect(200).json, {"status": "ok"}, "readyz")

        # 1. A schema author registers.
        answer = server.register().expect(201).json
        tap.equal((answer["subject"], answer["version"], answer["id"]), ("orders.placed-value", 1, 1), "version")
        tap.equal(answer["messages"][0], TYPE, "first message")
        again = server.register().expect(200).json
        tap.equal((again["version"], again["id"], again["guid"]), (1, 1, answer["guid"]), "known again")

        # 2. A service claims the topic; whoever comes second is told who owns it.
        token = server.producer()
        contract = server.claim(mode="enforce").expect(201)
        tap.equal(contract.headers["ETag"], '"1"', "ETag")
        tap.equal(contract.json["owner"], {"producer": "checkout", "team": "payments", "chat": "#payments"}, "owner")
        server.claim().expect(200)
        server.producer("billing", "money", "#money")
        taken = server.claim(producer="billing").problem(409, "topic-taken")
        tap.equal(taken["owner"]["producer"], "checkout", "owner of the topic")
        taken = server.claim(topic="orders.other", producer="billing", subject="orders.placed-value")
        tap.equal(taken.problem(409, "message-type-taken")["owner"]["chat"], "#payments", "owner of the type")

        # 3. A publisher asks.
        verdict = server.validate(example("good.bin"), token=token).expect(200).json
        tap.equal((verdict["valid"], verdict["allowed"], verdict["violations"]), (True, True, []), "good")
        tap.equal((verdict["schema_id"], verdict["version"], verdict["mode"]), (1, 1, "enforce"), "judged by")
        verdict = server.validate(example("bad.bin"), token=token).expect(422).json
        tap.equal((verdict["valid"], verdict["allowed"], verdict["step"]), (False, False, "decode"), "bad")
        tap.equal(len(verdict["violations"]), 1, "violations")
        violation = verdict["violations"][0]
        tap.equal((violation["path"], violation["rule"], violation["offset"]), ("items[2].sku", "string.utf8", 125),
                  "violation")
        batch = server.post("/v1/topics/orders.placed/validate:batch", example("batch.delimited"), DELIMITED,
                            token=token).expect(422).json
        tap.equal((batch["allowed"], batch["refused"]), (1, 2), "batch")
        tap.equal([item["valid"] for item in batch["verdicts"]], [True, False, False], "verdicts in order")

        # 4. A change that breaks readers is refused, and nothing is stored.
        problem = server.register("v2-breaking.binpb").problem(409, "incompatible")
        rules = {finding["rule"] for finding in problem["findings"]}
        tap.check("FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED" in rules, f"findings: {rules}")
        tap.equal(len(server.get("/v1/subjects/orders.placed-value/versions").json["versions"]), 1, "versions")
        tap.equal(server.register("v2-compatible.binpb").expect(201).json["version"], 2, "compatible change")
        server.validate(example("unknown-field.bin"), token=token).expect(200)

        metrics = server.metrics()
        of = 'topic="orders.placed",producer="checkout",result='
        for name, want in {
            f'sluice_validations_total{{{of}"valid"}}': 3,
            f'sluice_validations_total{{{of}"allowed"}}': 0,
            f'sluice_validations_total{{{of}"refused"}}': 3,
            'sluice_violations_total{topic="orders.placed",rule="string.utf8"}': 2,
            'sluice_violations_total{topic="orders.placed",rule="field.unknown"}': 1,
            'sluice_http_requests_total{route="validate",status="200"}': 2,
            'sluice_http_requests_total{route="validate",status="422"}': 1,
            'sluice_http_requests_total{route="version_register",status="409"}': 1,
            'sluice_http_request_duration_seconds_count{route="validate"}': 3,
            "sluice_contracts": 1,
            "sluice_http_bodies_in_flight_bytes": 0,
        }.items():
            tap.equal(metrics.get(name), want, name)
        tap.check(metrics["sluice_store_write_jobs_total"] >= metrics["sluice_store_write_transactions_total"] > 0,
                  "write jobs and transactions")
        tap.check(metrics["process_resident_memory_bytes"] > 1 << 20, "resident memory")


@tap.case
def what_was_answered_is_there_after_a_restart():
    import tempfile
    with tempfile.TemporaryDirectory(prefix="sluice-test-") as folder:
        store = f"sqlite:{folder}/sluice.db"
        with Node(store=store) as server:
            token = server.with_contract()
        with Node(store=store) as server:
            server.validate(example("good.bin"), token=token).expect(200)
            tap.equal(server.register("v1.binpb", token=token).expect(200).json["id"], 1, "id")


@tap.case
def checking_is_registering_without_storing():
    with Node() as server:
        server.with_contract()
        for name, want in (("v2-compatible.binpb", True), ("v2-breaking.binpb", False)):
            for place in ({"subject": "orders.placed-value"}, {"topic": "orders.placed"}):
                body = {**place, "descriptor_set": node.in_base64(example(name))}
                answer = server.post("/v1/check", body, token=None).expect(200).json
                tap.equal(answer["compatible"], want, f"{name} by {place}")
                tap.equal(bool(answer["findings"]), not want, f"findings of {name}")
        tap.equal(len(server.get("/v1/subjects/orders.placed-value/versions").json["versions"]), 1, "versions")


@tap.case
def a_schema_comes_as_json_too():
    with Node() as server:
        body = {"descriptor_set": node.in_base64(example("v1.binpb")), "message_type": TYPE}
        answer = server.post("/v1/subjects/s/versions", body).expect(201).json
        tap.equal(answer["main"], "orders/v1/order.proto", "main file")


@tap.case
def a_descriptor_comes_back_as_it_went_in():
    with Node() as server:
        server.register().expect(201)
        answer = server.get("/v1/subjects/orders.placed-value/versions/1/descriptor").expect(200)
        tap.equal(answer.headers["Content-Type"], PROTOBUF, "media type")
        tap.check("immutable" in answer.headers["Cache-Control"], "Cache-Control")
        # Comments of imported files are not kept; the main file comes back byte for byte.
        got, sent = node.files_of(answer.body), node.files_of(example("v1.binpb"))
        tap.equal(len(got), len(sent), "files")
        tap.check(got[-1] == sent[-1], "the main file is not as it was sent")
        known = server.get("/v1/subjects/orders.placed-value/versions/1/descriptor",
                           If_None_Match=answer.headers["ETag"])
        known.expect(304)
        tap.equal(known.body, b"", "body of 304")
        latest = server.get("/v1/subjects/orders.placed-value/versions/latest").expect(200)
        tap.check("Cache-Control" not in latest.headers, "latest is not immutable")
        tap.equal(latest.json["version"], 1, "latest")


tap.main()
