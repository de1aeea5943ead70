"""Schemas as text, sent by somebody who means harm or does not look: what is printed again says what was registered, and the server stays up."""

import subprocess
import tempfile
import threading
from pathlib import Path

import node
import tap
from node import PROTOBUF, Node
from tables import limits

TEXT = "text/x-protobuf"
MONEY = ('// what things cost\nsyntax = "proto3";\npackage m;\n// ten thousand times\nmessage Money {\n'
         "  int64 units = 1; // never in cents at all\n}\n")
SLUICE = str(Path(tap.build_root()) / "cli" / "sluice")


def compiled(text):
    """A set with source info."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "money.proto").write_text(text)
        subprocess.run([SLUICE, "compile", "-I", root, "--include_source_info", "-o", root / "set", root / "money.proto"], check=True)
        return (root / "set").read_bytes()


def source(server, subject, form):
    return server.get(f"/v1/subjects/{subject}/versions/1/source?form={form}").expect(200).body


def comes_back(server, subject, first):
    """Both forms of the text are the schema that is registered."""
    for form in ("canonical", "pretty"):
        text = source(server, subject, form)
        again = server.post(f"/v1/subjects/again.{form}.{subject}/versions?main=money.proto", text, TEXT).expect(201).json
        tap.equal(again["id"], first["id"], f"{form} of {subject}: {text.decode()}")


@tap.case
def comments_cannot_say_more_than_comments():
    with Node() as server:
        plain = compiled(MONEY)
        for number, hostile in enumerate([b"*/ message X {} /*", b"\nmessage X {}\n//x\n", b"\rmessage X {}\r//x", b"\\\nmessage X {}; //",
                                          b"\0\0\0/*\0\0\0", b"\xe2\x80\xa8message X {}//"]):
            for comment in (b" what things cost\n", b" ten thousand times\n", b" never in cents at all\n"):
                tap.check(comment in plain, comment)
                changed = plain.replace(comment, hostile.ljust(len(comment), b"x")[:len(comment)])
                subject = f"comment{number}.{len(comment)}"
                answer = server.post(f"/v1/subjects/{subject}/versions", changed, PROTOBUF)
                if answer.status == 201:
                    comes_back(server, subject, answer.json)
                else:
                    tap.equal(answer.status, 422, answer.body)


@tap.case
def texts_of_options_and_names_are_quoted():
    with Node() as server:
        for number, value in enumerate(['\\"; message X {} option java_package = \\"', "\\\\", "\\n//", "\\0\\377", "*/", "'", "\\u2028"]):
            text = (f'syntax = "proto2"; package m; option java_package = "{value}"; message Money {{\n'
                    f'optional bytes b = 1 [default = "{value}"]; optional string s = 2 [json_name = "j{number}", default = "x"]; }}')
            subject = f"option{number}"
            answer = server.post(f"/v1/subjects/{subject}/versions?main=money.proto", text.encode(), TEXT)
            if answer.status == 201:
                comes_back(server, subject, answer.json)
            else:
                tap.equal(answer.status, 422, answer.body)


@tap.case
def one_text_from_many_sides_is_one_version():
    enough = 12
    with Node() as server:
        answers = [None] * enough
        start = threading.Barrier(enough)

        def register(index):
            subject = "same" if index % 2 else f"other{index}"
            start.wait()
            answers[index] = server.post(f"/v1/subjects/{subject}/versions?main=money.proto", MONEY.encode(), TEXT)

        threads = [threading.Thread(target=register, args=(index,)) for index in range(enough)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tap.equal({answer.json["id"] for answer in answers}, {answers[0].json["id"]}, "ids")
        same = sorted(answer.status for index, answer in enumerate(answers) if index % 2)
        tap.equal(same, [200] * (enough // 2 - 1) + [201], "one is new")
        tap.equal({answer.json["version"] for answer in answers}, {1}, "versions")


@tap.case
def descriptor_proto_may_be_anything():
    uses = ('syntax = "proto2"; import "google/protobuf/descriptor.proto"; option java_package = "x";\n'
            "message M { optional int32 a = 1 [deprecated = true]; }")
    with Node() as server:
        for number, wrong in enumerate(["message FileOptions {}", "", "message FileOptions { optional FileOptions java_package = 1; }",
                                        "message FieldOptions { optional string deprecated = 3; }",
                                        "message FileOptions { required bytes java_package = 7; }", "enum FileOptions { A = 0; }",
                                        'import "google/protobuf/descriptor.proto";',
                                        "message FileOptions { oneof x { string java_package = 1; } }"]):
            files = {"m.proto": uses, "google/protobuf/descriptor.proto": f'syntax = "proto2"; package google.protobuf; {wrong}'}
            answer = server.post(f"/v1/subjects/wrong{number}/versions", {"main": "m.proto", "files": files})
            tap.check(answer.status in (201, 422), f"{wrong}: {answer.status} {answer.body}")
        server.get("/v1/subjects").expect(200)


@tap.case
def paths_of_files_are_import_paths():
    with Node() as server:
        for path in ("../money.proto", "/etc/passwd", "a//money.proto", "a/./money.proto", "a\\money.proto", "", "a\u0000b.proto",
                     "x" * 5000 + ".proto", "a/../../b.proto", ".", ".."):
            answer = server.post("/v1/subjects/paths/versions", {"main": path, "files": {path: MONEY}})
            tap.check(answer.status in (400, 422), f"{path[:40]!r}: {answer.status} {answer.body[:200]}")
            tap.check(answer.json.get("detail") or answer.json.get("findings"), f"{path[:40]!r}: {answer.body[:200]}")
        server.get("/v1/subjects").expect(200)


@tap.case
def a_request_has_so_many_files():
    with Node() as server:
        files = {f"f{number}.proto": 'syntax = "proto3";' for number in range(limits.REGISTER_FILES + 1)}
        imports = "".join(f'import "{path}";' for path in files)
        answer = server.post("/v1/subjects/many/versions", {"main": "m.proto", "files": {"m.proto": f'syntax = "proto3"; {imports}', **files}})
        tap.check(400 <= answer.status < 500, f"{answer.status} {answer.body[:300]}")
        tap.contains(answer.body.decode(), str(limits.REGISTER_FILES), "the limit")


tap.main()
