"""Schemas that come as .proto text: registered, checked, found again, read back; over HTTP and by the command line."""

import subprocess
import tempfile
from pathlib import Path

import node
import tap
from node import PROTOBUF, TYPE, Node, example

TEXT = "text/x-protobuf"
MONEY = '// what things cost\nsyntax = "proto3";\npackage m;\nmessage Money {\n  int64 units = 1; // in cents\n}\n'
ORDER = ('syntax = "proto3"; package o; import "money.proto"; import "google/protobuf/timestamp.proto";\n'
         "message Order { m.Money price = 1; google.protobuf.Timestamp at = 2; }\n")
SOURCE = (node.ORDERS / "v1" / "orders" / "v1" / "order.proto").read_text(encoding="utf-8")


def sources(server, subject, main, files, status=201, **more):
    return server.post(f"/v1/subjects/{subject}/versions", {"main": main, "files": files, **more}).expect(status)


def text_of(server, subject, version=1, query=""):
    answer = server.get(f"/v1/subjects/{subject}/versions/{version}/source{query}").expect(200)
    tap.equal(answer.headers["Content-Type"], "text/x-protobuf; charset=utf-8", "media type")
    return answer.body.decode("utf-8")


@tap.case
def text_and_descriptor_set_are_one_schema():
    with Node() as server:
        # examples/orders/v1.binpb is what protoc made of this very text.
        first = server.register().expect(201).json
        again = sources(server, "orders.placed-value", "orders/v1/order.proto", {"orders/v1/order.proto": SOURCE}, 200).json
        tap.equal((again["id"], again["version"], again["guid"]), (first["id"], first["version"], first["guid"]), "schema")


@tap.case
def one_file_is_registered_as_it_is_and_comes_back_as_it_was():
    with Node() as server:
        path = "/v1/subjects/money.proto/versions"
        answer = server.post(path, MONEY.encode(), TEXT).expect(201).json
        tap.equal((answer["main"], answer["messages"]), ("money.proto", ["m.Money"]), "main file")
        tap.equal(text_of(server, "money.proto"), MONEY, "as it was sent")
        canonical = text_of(server, "money.proto", query="?form=canonical")
        tap.equal(canonical, 'syntax = "proto3";\n\npackage m;\n\nmessage Money {\n  int64 units = 1;\n}\n', "canonical")
        pretty = text_of(server, "money.proto", query="?form=pretty")
        tap.check("// what things cost" in pretty and "// in cents" in pretty, pretty)
        server.get("/v1/subjects/money.proto/versions/1/source?form=none").problem(400, "bad-request")
        named = server.post(path + "?main=a/money.proto", MONEY.encode(), TEXT).expect(201).json
        tap.equal(named["main"], "a/money.proto", "by the query")


@tap.case
def a_descriptor_set_is_printed_with_its_comments():
    with Node() as server:
        server.register().expect(201)
        printed = text_of(server, "orders.placed-value")
        for comment in [line.strip() for line in SOURCE.splitlines() if line.strip().startswith("//")]:
            tap.check(comment in printed, f"{comment!r} is not in: {printed}")
        # What was printed is the same schema.
        again = sources(server, "orders.placed-value", "orders/v1/order.proto", {"orders/v1/order.proto": printed}, 200)
        tap.equal(again.json["version"], 1, "version")


@tap.case
def imports_come_from_the_request_the_subjects_and_the_built_in_files():
    with Node() as server:
        problem = server.post("/v1/subjects/o/versions", {"main": "o.proto", "files": {"o.proto": ORDER}})
        finding = problem.problem(422, "not-a-schema")["findings"][0]
        tap.equal((finding["rule"], finding["file"], finding["line"]), ("IMPORT_NOT_FOUND", "o.proto", 1), "finding")
        together = sources(server, "o", "o.proto", {"o.proto": ORDER, "money.proto": MONEY}).json
        tap.equal(together["references"], [{"name": "money.proto", "subject": "money.proto", "version": 1}], "references")
        tap.equal(text_of(server, "money.proto"), MONEY, "the import's text is kept as well")
        alone = sources(server, "o", "o.proto", {"o.proto": ORDER}, 200).json
        tap.equal(alone["version"], together["version"], "the import was found by its name")


@tap.case
def references_name_versions():
    with Node() as server:
        newer = MONEY.replace("units = 1;", "units = 1; string currency = 2;")
        uses = ORDER.replace("m.Money price = 1;", "m.Money price = 1; string note = 3;")
        server.post("/v1/subjects/shared.money/versions?main=money.proto", MONEY.encode(), TEXT).expect(201)
        server.post("/v1/subjects/shared.money/versions?main=money.proto", newer.encode(), TEXT).expect(201)
        first = {"name": "money.proto", "subject": "shared.money", "version": 1}
        latest = {"name": "money.proto", "subject": "shared.money"}
        answer = sources(server, "o", "o.proto", {"o.proto": ORDER}, references=[first]).json
        tap.equal(answer["references"], [first], "version 1")
        answer = sources(server, "o", "o.proto", {"o.proto": uses}, references=[latest]).json
        tap.equal(answer["references"], [{**latest, "version": 2}], "the latest")
        tap.equal(len(server.get("/v1/subjects/shared.money/versions").json["versions"]), 2, "nothing new there")
        for reference, status, slug in [
                ({**first, "version": 9}, 404, "no-such-version"), ({**first, "subject": "none"}, 404, "no-such-subject"),
                ({**first, "name": "other.proto"}, 422, "invalid-request"), ({"name": "x"}, 422, "invalid-request"),
                ({**first, "version": 0}, 422, "invalid-request"), (5, 422, "invalid-request")]:
            body = {"main": "o.proto", "files": {"o.proto": ORDER}, "references": [reference]}
            server.post("/v1/subjects/o/versions", body).problem(status, slug)
        body = {"descriptor_set": node.in_base64(example("v1.binpb")), "references": [first]}
        server.post("/v1/subjects/o/versions", body).problem(422, "invalid-request")


@tap.case
def findings_say_where_and_what_to_do():
    with Node() as server:
        text = 'syntax = "proto3";\nmessage A {\n  int32 a = 1;\n  strng b = 1;\n}\n'
        problem = server.post("/v1/subjects/s/versions", text.encode(), TEXT).problem(422, "not-a-schema")
        places = {(finding["line"], finding["column"], finding["length"]) for finding in problem["findings"]}
        tap.check((4, 3, len("strng")) in places, f"type that is not there: {problem['findings']}")
        checked = server.post("/v1/check", {"subject": "s", "files": {"s.proto": text}}).expect(200).json
        tap.equal(checked["compatible"], False, "check")
        tap.equal([f["rule"] for f in checked["findings"]], [f["rule"] for f in problem["findings"]], "the same findings")
        unused = 'syntax = "proto3";\nimport "google/protobuf/any.proto";\nmessage A {}\n'
        warned = server.post("/v1/subjects/s/versions", unused.encode(), TEXT).expect(201).json
        tap.equal([f["severity"] for f in warned["findings"]], ["warning"], "a warning is told, and the schema stored")


@tap.case
def a_check_of_text_is_what_registering_meets():
    with Node() as server:
        server.register().expect(201)
        breaking = (node.ORDERS / "v2-breaking" / "orders" / "v1" / "order.proto").read_text(encoding="utf-8")
        files = {"files": {"orders/v1/order.proto": breaking}}
        checked = server.post("/v1/check", {"subject": "orders.placed-value", **files}).expect(200).json
        refused = server.post("/v1/subjects/orders.placed-value/versions", files).problem(409, "incompatible")
        tap.check(checked["findings"] and not checked["compatible"], "findings")
        tap.equal(checked["findings"], refused["findings"], "the same findings")


@tap.case
def what_is_not_said_is_asked_for():
    files = {"a.proto": 'syntax = "proto3"; message A {}', "b.proto": 'syntax = "proto3"; message B {}'}
    with Node() as server:
        path = "/v1/subjects/s/versions"
        tap.check("main" in server.post(path, {"files": files}).problem(422, "invalid-request")["detail"], "which?")
        tap.equal(server.post(path, {"files": files, "message_type": "B"}).expect(201).json["main"], "b.proto", "by type")
        server.post(path, {"files": files, "message_type": "C"}).problem(422, "no-such-message-type")
        other = server.post(path, {"files": files, "main": "google/protobuf/any.proto"}).problem(422, "invalid-request")
        tap.check("not among the files" in other["detail"], other["detail"])
        server.post(path, {"files": {}}).problem(422, "invalid-request")
        server.post(path, {"files": {"a.proto": 5}}).problem(422, "invalid-request")
        server.post(path, {"files": [], "main": "a"}).problem(422, "invalid-request")
        server.post(path, {"main": "a"}).problem(422, "invalid-request")
        server.post(path, {"files": files, "descriptor_set": ""}).problem(422, "invalid-request")
        many = {f"f{i}.proto": "" for i in range(2001)}
        tap.check("REGISTER_FILES" in server.post(path, {"files": many}).problem(422, "limit")["detail"], "limit is named")


def sluice(server, *arguments):
    return subprocess.run([node.program(), *arguments, "--server", f"http://127.0.0.1:{server.port}"], capture_output=True, text=True, timeout=120,
                          env={"SLUICE_TOKEN": node.ADMIN, "LC_ALL": "C.UTF-8"})


@tap.case
def the_command_line_takes_text():
    with Node() as server, tempfile.TemporaryDirectory(prefix="sluice-test-") as folder:
        root = Path(folder)
        (root / "money.proto").write_text(MONEY)
        (root / "o.proto").write_text(ORDER)
        ran = sluice(server, "register", "--subject", "o-value", "-I", folder, str(root / "o.proto"))
        tap.equal((ran.returncode, ran.stdout), (0, "o-value version 1, id 2: o.Order\n"), f"register: {ran.stderr}")
        tap.equal(text_of(server, "money.proto"), MONEY, "its import went along")
        ran = sluice(server, "check", "--subject", "o-value", "-I", folder, str(root / "o.proto"))
        tap.equal((ran.returncode, ran.stdout), (0, "o-value: compatible\n"), f"check: {ran.stderr}")
        ran = sluice(server, "register", "--subject", "all", "--message", "o.Order", folder)
        tap.equal(ran.returncode, 0, f"of a folder: {ran.stderr}")
        (root / "o.proto").write_text(ORDER.replace("m.Money price", "m.Mony price"))
        ran = sluice(server, "register", "--subject", "o-value", "-I", folder, str(root / "o.proto"))
        tap.equal(ran.returncode, 1, "a bad file")
        tap.check("o.proto:2:17" in ran.stderr, ran.stderr)


@tap.case
def the_command_line_judges_by_text_without_a_server():
    ran = subprocess.run([node.program(), "validate", "--schema", str(node.ORDERS / "v1/orders/v1/order.proto"), "-I",
                          str(node.ORDERS / "v1"), "--message", TYPE, str(node.ORDERS / "good.bin"),
                          str(node.ORDERS / "bad.bin")], capture_output=True, text=True, timeout=120)
    tap.equal(ran.returncode, 1, ran.stderr)
    tap.check("string.utf8" in ran.stdout, ran.stdout)


tap.main()
