"""`sluice compile`: arguments, what is written, what is told and how, exit statuses.

Descriptor sets are held against those of protoc with the same arguments, where it is there (scripts/corpora).
"""

import json
import os
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

import program
import tap
from program import expect, sluice

FOLDER = Path(tempfile.mkdtemp(prefix="sluice-compile-"))
PROTO = FOLDER / "proto"

FILES = {
    "proto/shop/v1/order.proto": 'syntax = "proto3";\npackage shop.v1;\nimport "shop/v1/money.proto";\n'
                                 'import "google/protobuf/timestamp.proto";\n// An order.\nmessage Order {\n'
                                 "  Money total = 1;\n  google.protobuf.Timestamp at = 2;\n}\n",
    "proto/shop/v1/money.proto": 'syntax = "proto3";\npackage shop.v1;\nmessage Money { int64 units = 1; }\n',
    "proto/.hidden/no.proto": "this is no schema",
    "other/shop/v1/money.proto": 'syntax = "proto3";\npackage shop.v1;\nmessage Money { string text = 1; }\n',
    "bad/a.proto": 'syntax = "proto3";\nimport "b.proto";\nmessage A {\n\tNowhere é = 1;\n}\n',
    "bad/b.proto": 'syntax = "proto3";\nmessage B {\n  int32 x = 1;\n  int32 y = 1;\n}\n',
    "warned/w.proto": "message W {}\n",
    "empty/read.me": "nothing",
    "words.txt": f"-I{PROTO}\nshop/v1/order.proto\n",
}

for name, text in FILES.items():
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
BAD_A, BAD_B = FOLDER / "bad" / "a.proto", FOLDER / "bad" / "b.proto"
# With the accent gone a.proto parses, and both files have something for the linker to find.
BAD_LINK = FOLDER / "bad-link"
shutil.copytree(FOLDER / "bad", BAD_LINK)
(BAD_LINK / "a.proto").write_text(FILES["bad/a.proto"].replace("é", "e"), encoding="utf-8")


def compiled(*arguments):
    """The bytes of the set."""
    out = FOLDER / "out.binpb"
    out.unlink(missing_ok=True)
    ran = sluice("compile", *arguments, "-o", out)
    tap.equal((ran.status, ran.out, ran.err), (0, "", ""), "status and what was said")
    return out.read_bytes()


def protoc(*arguments):
    found = subprocess.run([program.SOURCE / "scripts" / "corpora", "--print-protoc"], capture_output=True, text=True)
    if found.returncode != 0:
        tap.skip("protoc is not there; run scripts/corpora", "SLUICE_REQUIRE_CORPORA")
    out = FOLDER / "protoc.binpb"
    subprocess.run([found.stdout.strip(), *map(str, arguments), "-o", str(out)], check=True, capture_output=True)
    return out.read_bytes()


@tap.case
def a_folder_is_compiled_whole_and_is_its_own_root():
    names = [b"shop/v1/money.proto", b"google/protobuf/timestamp.proto", b"shop/v1/order.proto"]
    found = compiled(PROTO)
    tap.check(all(name in found for name in names), "a file is missing")
    tap.check(b"hidden" not in found, "a hidden file was compiled")


@tap.case
def links_to_files_and_folders_are_followed():
    tree = FOLDER / "links"
    tree.mkdir()
    (tree / "shop").symlink_to(PROTO / "shop")
    (tree / "again").symlink_to(tree)
    tap.equal(compiled(tree), compiled(PROTO), "the set")


@tap.case
def a_file_is_named_by_its_path_or_by_its_import_path():
    by_path = compiled("-I", PROTO, PROTO / "shop/v1/order.proto")
    tap.equal(compiled("-I", PROTO, "shop/v1/order.proto"), by_path, "the set")
    tap.equal(compiled(f"-I{PROTO}", f"{PROTO}/./shop//v1/order.proto"), by_path, "the set")
    tap.equal(compiled(f"--proto_path={FOLDER / 'empty'}:{PROTO}", "shop/v1/order.proto"), by_path, "the set")
    tap.equal(compiled(f"@{FOLDER / 'words.txt'}"), by_path, "the set")


@tap.case
def without_imports_there_are_the_named_files_only():
    found = compiled("-I", PROTO, "--exclude-imports", "shop/v1/order.proto")
    tap.check(b"shop/v1/order.proto" in found and b"Money\x12" not in found, "an import is in the set")


def same_set_as_protoc(ours, theirs):
    def case():
        tap.equal(compiled("-I", PROTO, *ours), protoc("-I", PROTO, *theirs), "the set")
    return case


MONEY, ORDER = "shop/v1/money.proto", "shop/v1/order.proto"
tap.add("set_of_one_file_is_protocs", same_set_as_protoc(["--exclude-imports", MONEY], [MONEY]))
tap.add("set_with_source_info_is_protocs",
        same_set_as_protoc(["--exclude_imports", "--include_source_info", ORDER, MONEY],
                           ["--include_source_info", ORDER, MONEY]))


@tap.case
def set_goes_to_standard_output_and_findings_aside():
    expect(sluice("compile", "-I", FOLDER / "warned", "w.proto", "-o", "-"), 0, "w.proto", "SYNTAX_MISSING")


@tap.case
def nothing_is_written_when_a_file_is_refused():
    out = FOLDER / "refused.binpb"
    expect(sluice("compile", BAD_LINK, "-o", out), 1, "TYPE_NOT_FOUND")
    tap.check(not out.exists(), "a set was written")


@tap.case
def set_that_cannot_be_written_is_no_answer():
    expect(sluice("compile", "-I", PROTO, MONEY, "-o", FOLDER / "nowhere" / "x"), 3, "", "cannot write")


@tap.case
def warnings_let_a_file_through_unless_they_are_fatal():
    expect(sluice("compile", FOLDER / "warned"), 0, "warning: the file does not say its syntax")
    expect(sluice("compile", FOLDER / "warned", "--fatal_warnings"), 1, "SYNTAX_MISSING")


# --- findings ---

@tap.case
def text_shows_the_line_and_a_mark_below_it():
    ran = expect(sluice("compile", BAD_LINK), 1)
    tap.contains(ran.out, f"{BAD_LINK}/a.proto:4:9: field 'A.e' has type 'Nowhere'")
    tap.contains(ran.out, "\n    4 |         Nowhere e = 1;\n      |         ^~~~~~~\n")
    tap.contains(ran.out, f"{BAD_LINK}/b.proto:4:13: ")
    tap.contains(ran.out, f"    was: {BAD_LINK}/b.proto:3:13\n")


@tap.case
def bytes_that_are_not_text_are_shown_by_their_value():
    ran = expect(sluice("compile", FOLDER / "bad"), 1, "INVALID_CHARACTER")
    tap.contains(ran.out, 'found "\\xc3"')


@tap.case
def json_is_one_finding_a_line():
    ran = expect(sluice("compile", BAD_LINK, "--format", "json"), 1)
    first, second = (json.loads(line) for line in ran.out.splitlines())
    tap.equal((first["rule"], first["file"], first["line"], first["column"], first["length"]),
              ("TYPE_NOT_FOUND", f"{BAD_LINK}/a.proto", 4, 9, 7), "the first finding")
    tap.equal(second["previous"]["line"], 3, "the line of the other field")


@tap.case
def github_gets_workflow_commands():
    ran = expect(sluice("compile", BAD_LINK, "--format=github"), 1)
    tap.contains(ran.out, f"::error title=TYPE_NOT_FOUND,file={BAD_LINK}/a.proto,line=4,col=9,endColumn=16::field")


@tap.case
def gitlab_gets_a_code_quality_report():
    report = json.loads(sluice("compile", BAD_LINK, "--format=gitlab").out)
    tap.equal([row["check_name"] for row in report], ["TYPE_NOT_FOUND", "FIELD_NUMBER_DUPLICATE"], "checks")
    tap.equal(report[1]["location"], {"path": f"{BAD_LINK}/b.proto", "lines": {"begin": 4}}, "location")
    tap.check(report[0]["fingerprint"] != report[1]["fingerprint"], "one fingerprint for two findings")
    tap.equal(json.loads(sluice("compile", PROTO, "--format=gitlab").out), [], "the report without findings")


@tap.case
def sarif_has_a_result_for_each_finding():
    report = json.loads(sluice("compile", BAD_LINK, "--format=sarif").out)
    results = report["runs"][0]["results"]
    tap.equal((report["version"], len(results)), ("2.1.0", 2), "version and results")
    region = results[0]["locations"][0]["physicalLocation"]["region"]
    tap.equal(region, {"startLine": 4, "startColumn": 9, "endColumn": 16}, "region")


@tap.case
def junit_has_a_failure_for_each_finding():
    suites = xml.fromstring(sluice("compile", BAD_LINK, "--format=junit").out)
    tap.equal(len(suites.findall(".//failure")), 2, "failures")
    suites = xml.fromstring(sluice("compile", PROTO, "--format=junit").out)
    tap.equal((len(suites.findall(".//testcase")), len(suites.findall(".//failure"))), (1, 0), "without findings")


@tap.case
def import_that_is_a_folder_is_not_found_and_a_pipe_is_not_waited_for():
    (FOLDER / "odd" / "folder.proto").mkdir(parents=True)
    os.mkfifo(FOLDER / "odd" / "pipe.proto")
    (FOLDER / "odd" / "a.proto").write_text('syntax = "proto3";\nimport "folder.proto";\n', encoding="utf-8")
    (FOLDER / "odd" / "b.proto").write_text('syntax = "proto3";\nimport "pipe.proto";\n', encoding="utf-8")
    expect(sluice("compile", "-I", FOLDER / "odd", "a.proto"), 1, "IMPORT_NOT_FOUND")
    expect(sluice("compile", "-I", FOLDER / "odd", "b.proto"), 3, "", "pipe.proto is not a file")


# --- misuse ---

# (claim, arguments, exit status, where it is said, what)
MISUSED = [
    ("no_file", [], 2, "err", "an argument is missing"),
    ("file_below_no_root", ["-I", FOLDER / "empty", PROTO / MONEY], 2, "err", "lies below none of the folders"),
    ("file_above_the_root", ["-I", ".", "../orders/v1/orders/v1/order.proto"], 2, "err", "lies below none"),
    ("file_that_another_root_hides", ["-I", FOLDER / "other", "-I", PROTO, PROTO / MONEY], 2, "err", "is hidden"),
    ("folder_without_schemas", [FOLDER / "empty"], 2, "err", "there is no .proto file below"),
    ("file_that_is_not_there", ["-I", PROTO, "shop/v1/oder.proto"], 1, "out", 'did you mean "shop/v1/order.proto"?'),
    ("root_that_is_not_there", ["-I", FOLDER / "gone", "-I", PROTO, MONEY], 0, "err", "is no folder"),
    ("both_ways_with_imports", ["--include-imports", "--exclude-imports", "x"], 2, "err", "give either"),
    ("unknown_format", ["--format", "xml", "x"], 2, "err", "takes one of text|json"),
    ("word_file_that_is_not_there", [f"@{FOLDER / 'gone.txt'}"], 3, "err", "cannot read"),
]


def misused(arguments, status, where, text):
    def case():
        expect(sluice("compile", *arguments), status, **{where: text})
    return case


for row in MISUSED:
    tap.add(f"{row[0]}_is_told", misused(*row[1:]))

try:
    tap.main()
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
