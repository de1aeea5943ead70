"""GET …/diff: what changed between two versions, as findings and as text that `patch` takes."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import tap
from node import Node

OLD = 'syntax = "proto3";\npackage m;\n// what things cost\nmessage Money {\n  int64 units = 1;\n  string currency = 2;\n}\n'
NEW = 'syntax = "proto3";\npackage m;\nmessage Money {\n  int64 units = 1;\n  int32 currency = 2;\n  string note = 3;\n}\n'
PATH = "/v1/subjects/money/diff"


def filled(server):
    for text in (OLD, NEW):
        server.post("/v1/subjects/money/versions?main=money.proto", text.encode(), "text/x-protobuf").expect(201)


def rules(answer):
    return {finding["rule"] for finding in answer["findings"]}


@tap.case
def a_change_is_told_as_findings_and_as_text():
    with Node("--default-compatibility", "NONE") as server:
        filled(server)
        answer = server.get(f"{PATH}?from=1&to=latest").expect(200).json
        tap.equal((answer["subject"], answer["from"], answer["to"]), ("money", 1, 2), "versions")
        tap.check("FIELD_SAME_TYPE" in rules(answer), f"type of a field: {answer['findings']}")
        tap.equal(answer["diff"], "--- money@1\n+++ money@2\n@@ -4,5 +4,6 @@\n \n message Money {\n   int64 units = 1;\n"
                  "-  string currency = 2;\n+  int32 currency = 2;\n+  string note = 3;\n }\n", "canonical text")
        back = server.get(f"{PATH}?from=2&to=1").expect(200).json
        tap.check("FIELD_NO_DELETE" in rules(back), "the other way round, a field is gone")
        same = server.get(f"{PATH}?from=2&to=2").expect(200).json
        tap.equal((same["findings"], same["diff"]), ([], ""), "a version and itself")


@tap.case
def use_and_direction_choose_the_rules():
    with Node("--default-compatibility", "NONE") as server:
        filled(server)
        wire = rules(server.get(f"{PATH}?from=1&to=2&use=WIRE").expect(200).json)
        tap.equal(wire, {"FIELD_WIRE_COMPATIBLE_TYPE"}, "those of a category")
        one = rules(server.get(f"{PATH}?from=2&to=1&use=FIELD_NO_DELETE,WIRE&direction=both").expect(200).json)
        tap.check("FIELD_NO_DELETE" in one and "FIELD_SAME_TYPE" not in one, f"one and a category: {one}")
        both, ways = rules(server.get(f"{PATH}?from=2&to=1").json), set()
        for direction in ("backward", "forward"):
            ways |= rules(server.get(f"{PATH}?from=2&to=1&direction={direction}").expect(200).json)
        tap.equal(ways, both, "both directions are one and the other")


@tap.case
def the_text_as_sent_is_what_patch_takes():
    with Node("--default-compatibility", "NONE") as server, tempfile.TemporaryDirectory(prefix="sluice-test-") as folder:
        filled(server)
        diff = server.get(f"{PATH}?from=1&to=2&form=sent").expect(200).json["diff"]
        tap.check("-// what things cost" in diff, f"comments are part of it: {diff}")
        if not shutil.which("patch"):
            tap.skip("patch is not installed")
        path = Path(folder) / "money.proto"
        path.write_text(OLD, encoding="utf-8")
        ran = subprocess.run(["patch", "--batch", str(path)], input=diff, capture_output=True, text=True, timeout=60)
        tap.equal(ran.returncode, 0, ran.stdout + ran.stderr)
        tap.equal(path.read_text(encoding="utf-8"), NEW, "the new text")


@tap.case
def bad_questions_are_refused():
    with Node("--default-compatibility", "NONE") as server:
        filled(server)
        for query in ("", "?from=1", "?to=1", "?from=0&to=1", "?from=1&to=x", "?from=1&to=2&use=NONE_SUCH", "?from=1&to=2&use=",
                      "?from=1&to=2&direction=up", "?from=1&to=2&form=none", "?from=1&to=99999999999", "?from=1&to=2&x=1"):
            server.get(PATH + query).problem(400, "bad-request")
        server.get(f"{PATH}?from=1&to=3").problem(404, "no-such-version")
        server.get("/v1/subjects/none/diff?from=1&to=2").problem(404, "no-such-subject")


@tap.case
def a_text_of_too_many_lines_is_refused():
    with Node("--default-compatibility", "NONE") as server:
        text = 'syntax = "proto3";\n' + "\n" * 100000
        server.post("/v1/subjects/long/versions?main=l.proto", text.encode(), "text/x-protobuf").expect(201)
        refused = server.get("/v1/subjects/long/diff?from=1&to=1&form=sent").problem(422, "limit")
        tap.check("DIFF_LINES" in refused["detail"] and "100000" in refused["detail"], refused["detail"])


tap.main()
