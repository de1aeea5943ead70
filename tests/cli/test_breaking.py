"""`sluice breaking`: what a side may be, which rules run, how it is told, exit statuses."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import tap
from program import expect, sluice
from tables import limits

FOLDER = Path(tempfile.mkdtemp(prefix="sluice-breaking-"))
OLD = '''syntax = "proto3";
package shop.v1;
import "shop/v1/money.proto";
message Order {
  string id = 1;
  int32 quantity = 2;
  map<string, string> notes = 3;
  Money total = 4;
}
service Shop { rpc Place(Order) returns (Order); }
'''
MONEY = 'syntax = "proto3";\npackage shop.v1;\nmessage Money { int64 units = 1; }\n'
NEW = OLD.replace("int32 quantity", "string quantity").replace("notes", "remarks")


def write(root, files):
    for name, text in files.items():
        path = FOLDER / root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return FOLDER / root


def tree(root, order, money=MONEY):
    return write(root, {"shop/v1/order.proto": order, "shop/v1/money.proto": money})


def git(*words):
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", FOLDER / "repository", "-c", "user.name=t", "-c", "user.email=t@example.com", *words],
                   check=True, capture_output=True, env=environment)


def repository():
    """proto/ and a file beside it in one commit, tagged; then proto/ as it is in NEW, not committed."""
    if (FOLDER / "repository").exists():
        return FOLDER / "repository"
    root = write("repository", {"proto/shop/v1/order.proto": OLD, "proto/shop/v1/money.proto": MONEY,
                                "proto/.hidden/bad.proto": "no schema", "readme.md": "text"})
    if not shutil.which("git"):
        tap.skip("git is not there", "SLUICE_REQUIRE_TOOLS")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    git("tag", "v1")
    (root / "proto/shop/v1/order.proto").write_text(NEW)
    return root


def rules(*arguments, status=1):
    ran = expect(sluice("breaking", *arguments, "--format", "json"), status)
    return sorted(json.loads(line)["rule"] for line in ran.out.splitlines())


# One a cause. All rules that object, as buf would have it, with --use:
CHANGED = ["FIELD_CONTRACT_COMPATIBLE_TYPE", "FIELD_SAME_NAME"]
CHANGED_JSON = ["FIELD_SAME_JSON_NAME", "FIELD_SAME_NAME", "FIELD_WIRE_JSON_COMPATIBLE_TYPE", "FIELD_WIRE_JSON_COMPATIBLE_TYPE"]


@tap.case
def folders_are_compared_file_by_file():
    old, new = tree("old", OLD), tree("new", NEW)
    tap.equal(rules(new, "--against", old), CHANGED, "rules")
    tap.equal(rules(old, "--against", old, status=0), [], "rules of no change")
    fewer = tree("fewer", OLD.replace("  Money total = 4;\n", "  reserved 4; reserved \"total\";\n"), MONEY.replace("Money", "Cash"))
    tap.equal(rules(fewer, "--against", old, status=0), [], "a part that goes with its field")
    lost = write("lost", {"shop/v1/money.proto": MONEY.replace("Money", "Cash")})
    alone = write("alone", {"shop/v1/money.proto": MONEY})
    tap.equal(rules(lost, "--against", alone), ["PAYLOAD_MESSAGE_NO_DELETE"], "a payload of any file of the tree")


@tap.case
def sets_and_files_are_sides_too():
    old, new = tree("old", OLD), tree("new", NEW)
    for root in (old, new):
        expect(sluice("compile", root, "--include-source-info", "-o", f"{root}.binpb"), 0)
    tap.equal(rules(f"{new}.binpb", "--against", f"{old}.binpb"), CHANGED, "rules of sets")
    tap.equal(rules(new / "shop/v1/order.proto", "-I", new, "--against", f"{old}.binpb"), CHANGED, "rules of a file")


@tap.case
def a_revision_is_read_from_its_objects():
    root = repository()
    proto = root / "proto"
    for against in ("git:HEAD", "git:v1", "git:HEAD:proto", "git:v1:proto/"):
        tap.equal(rules(proto, "--against", against), CHANGED, against)
    ran = expect(sluice("breaking", proto, "--against", "git:HEAD"), 1, "was: git:HEAD:shop/v1/order.proto:6:3")
    tap.check(f"{proto}/shop/v1/order.proto:6:3: " in ran.out, f"no name on disk: {ran.out}")
    for against, said in {"git:nowhere": "no revision", "git:HEAD:docs": "there is no folder"}.items():
        expect(sluice("breaking", proto, "--against", against), 3, err=said)
    outside = tree("outside", OLD)
    expect(sluice("breaking", outside, "--against", "git:HEAD"), 3, err="no git repository")
    git("commit", "-q", "--allow-empty", "-m", "two")
    write("repository", {"empty/readme.md": "text"})
    git("add", "empty")
    git("commit", "-qm", "three")
    expect(sluice("breaking", proto, "--against", "git:HEAD:empty"), 3, err="no .proto file")


@tap.case
def names_are_never_commands_of_git():
    root = repository()
    (root / "stolen").unlink(missing_ok=True)
    for against in ("git:--output=stolen", "git:$(touch stolen)", "git:HEAD:--help", "git:HEAD;touch stolen"):
        expect(sluice("breaking", root / "proto", "--against", against), 3)
    tap.check(not (root / "stolen").exists(), "a name was run")


@tap.case
def rules_are_chosen_by_id_and_set():
    old, new = tree("old", OLD), tree("new", NEW)
    tap.equal(rules(new, "--against", old, "--use", "WIRE_JSON"), CHANGED_JSON, "WIRE_JSON")
    tap.equal(rules(new, "--against", old, "--use", "WIRE"), ["FIELD_WIRE_COMPATIBLE_TYPE"] * 2, "WIRE")
    tap.equal(rules(new, "--against", old, "--use", "FIELD_SAME_NAME", "--use", "FIELD_SAME_JSON_NAME"),
              ["FIELD_SAME_JSON_NAME", "FIELD_SAME_NAME"], "two rules")
    tap.equal(rules(new, "--against", old, "--except", "FIELD_SAME_NAME", status=1),
              ["FIELD_CONTRACT_COMPATIBLE_TYPE", "FIELD_SAME_JSON_NAME"], "but one: another rule tells the cause")
    expect(sluice("breaking", new, "--against", old, "--use", "WIER"), 2, err="did you mean 'WIRE'?")
    expect(sluice("breaking", new, "--against", old, "--except", "x"), 2, err="'x' is no rule and no set of rules")


@tap.case
def one_direction_may_be_asked_for():
    old = tree("old", OLD)
    required = 'syntax = "proto2";\npackage a;\nmessage M { optional int32 x = 1; %s int32 y = 2; }\n'
    was, now = (write(name, {"a.proto": required % label}) for name, label in (("was", "optional"), ("now", "required")))
    tap.check(rules(now, "--against", was, "--direction", "backward") != [], "a new reader refuses old data")
    tap.equal(rules(now, "--against", was, "--direction", "forward", status=0), [], "old readers read new data")
    expect(sluice("breaking", old, "--against", old, "--direction", "sideways"), 2)


@tap.case
def protobufs_own_files_are_compared_on_demand():
    used = 'syntax = "proto3";\nimport "google/protobuf/empty.proto";\nmessage M { google.protobuf.Empty e = 1; int32 x = 2; }\n'
    gone = 'syntax = "proto3";\nmessage M { reserved 1; reserved "e"; int32 x = 2; }\n'
    was, now = write("used", {"a.proto": used}), write("gone", {"a.proto": gone})
    tap.check("FILE_NO_DELETE" not in rules(now, "--against", was, "--use", "FILE"), "an import is no file of the author")
    tap.check("FILE_NO_DELETE" in rules(now, "--against", was, "--use", "FILE", "--with-imports"), "as buf")


@tap.case
def findings_of_one_cause_are_told_as_one():
    old, new = tree("old", OLD), tree("new", NEW)
    ran = expect(sluice("breaking", new, "--against", old, "--use", "WIRE_JSON"), 1)
    tap.equal([ran.out.count(f"[{rule}]") for rule in sorted(set(CHANGED_JSON))], [1, 1, 2], "each rule is named")
    tap.equal(ran.out.count("    why: "), 2, "two causes are explained")
    tap.equal(ran.out.count("    also: "), 2, "the others stand below theirs")


def with_many_types(name, differing, last):
    """A message with fields of type X, whose last field decides, and one of a type that is only called otherwise."""
    fields = "".join(f"  int32 f{number} = {number};\n" for number in range(1, 10000))
    users = "".join(f"  X{name} u{number} = {number};\n" for number in range(1, differing + 1))
    return (f'syntax = "proto3";\nmessage X{name} {{\n{fields}  {last} last = 10000;\n}}\n'
            f"message Small{name} {{ int32 x = 1; }}\n"
            f"message Order {{\n{users}  Small{name} small = 20000;\n}}\n")


@tap.case
def looking_for_types_that_are_alike_ends():
    for questions, is_told in ((10, False), (limits.ALIKE_STEPS // 10000 + 2, True)):
        was = write(f"alike-{questions}-was", {"a.proto": with_many_types("A", questions, "string")})
        now = write(f"alike-{questions}-now", {"a.proto": with_many_types("B", questions, "bytes")})
        ran = expect(sluice("breaking", now, "--against", was, "--use", "FIELD_CONTRACT_COMPATIBLE_TYPE", "--format", "json"), 1)
        tap.equal(len(ran.out.splitlines()), questions + is_told, f"findings of {questions} questions")


@tap.case
def a_set_has_its_limit():
    large = FOLDER / "large.binpb"
    with open(large, "wb") as file:
        file.truncate(limits.TREE_SET_BYTES + 1)  # a hole: it takes no space
    expect(sluice("breaking", large, "--against", large), 3, err=f"more than {limits.TREE_SET_BYTES} bytes")


@tap.case
def what_is_no_schema_is_told():
    old, bad = tree("old", OLD), tree("bad", OLD.replace("int32", "nothing"))
    expect(sluice("breaking", bad, "--against", old), 1, "'nothing'")
    expect(sluice("breaking", old, "--against", bad), 3, err="nothing to compare with")
    expect(sluice("breaking", old, "--against", FOLDER / "absent"), 3, err="cannot read")
    expect(sluice("breaking", old), 2, err="--against")
    expect(sluice("breaking", "--against", old), 2)
    expect(sluice("breaking", old, old, "--against", old), 2)


try:
    tap.main()
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
