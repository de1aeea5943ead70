"""Every lint rule objects to its failing cases and lets the others pass, and comments and options do what they say."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import tap

sys.path.insert(0, str(Path(tap.source_root()) / "tests" / "cli"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import cases  # noqa: E402  (beside this file)
from program import expect, sluice  # noqa: E402
from tables import limits  # noqa: E402

FOLDER = Path(tempfile.mkdtemp(prefix="sluice-lint-"))


def found(folder, *options, status):
    ran = expect(sluice("lint", folder, "--format", "json", *options), status)
    return [json.loads(line) for line in ran.out.splitlines()]


def judge(case):
    def test():
        fails = case.kind == "fail"
        findings = found(case.write(FOLDER), "--use", case.rule, *case.options, status=1 if fails else 0)
        tap.equal({finding["rule"] for finding in findings}, {case.rule} if fails else set(), "rules")
        for finding in findings:
            tap.check(finding["message"] and finding["file"], f"a finding without words or file: {finding}")
    return test


ALL = cases.read_cases()
for one in ALL:
    tap.add(str(one).replace(" ", "_"), judge(one))


@tap.case
def every_rule_has_a_failing_and_a_passing_case():
    for rule in cases.rules():
        kinds = {case.kind for case in ALL if case.rule == rule}
        tap.equal(kinds, {"fail", "pass"}, f"cases of {rule}")


@tap.case
def our_comment_wants_the_rule_and_a_reason():
    head = 'syntax = "proto3";\npackage acme.v1;\nmessage Order {\n'
    for comment, passes in {
        "// sluice:ignore FIELD_LOWER_SNAKE_CASE older clients read it": True,
        "//sluice:ignore  FIELD_LOWER_SNAKE_CASE  x": True,
        "// sluice:ignore FIELD_LOWER_SNAKE_CASE": False,
        "// sluice:ignore FIELD_LOWER_SNAKE older clients read it": False,
        "// sluice:ignored FIELD_LOWER_SNAKE_CASE older clients read it": False,
        "// see sluice:ignore FIELD_LOWER_SNAKE_CASE older clients read it": False,
    }.items():
        root = FOLDER / "ours"
        (root / "acme/v1").mkdir(parents=True, exist_ok=True)
        (root / "acme/v1/order.proto").write_text(f"{head}  {comment}\n  string theId = 1;\n}}\n")
        findings = found(root, "--use", "FIELD_LOWER_SNAKE_CASE", status=0 if passes else 1)
        tap.equal(len(findings), 0 if passes else 1, comment)


@tap.case
def rules_are_chosen_by_id_and_set():
    root = FOLDER / "sets"
    (root / "acme/v1").mkdir(parents=True, exist_ok=True)
    (root / "acme/v1/order.proto").write_text('syntax = "proto3";\npackage acme.v1;\nmessage order { string theId = 1; }\n')
    names = {finding["rule"] for finding in found(root, status=1)}
    tap.equal(names, {"MESSAGE_PASCAL_CASE", "FIELD_LOWER_SNAKE_CASE"}, "STANDARD")
    tap.equal(found(root, "--use", "minimal", status=0), [], "MINIMAL")
    tap.equal(found(root, "--except", "MESSAGE_PASCAL_CASE", "--except", "FIELD_LOWER_SNAKE_CASE", status=0), [], "but two")
    tap.equal({finding["fix"] for finding in found(root, "--use", "DEFAULT", status=1)}, {"Order", "the_id"}, "names to use")
    expect(sluice("lint", root, "--use", "STANDART"), 2, err="did you mean 'STANDARD'?")


@tap.case
def findings_behind_the_bound_are_counted():
    most, root = limits.TREE_FINDINGS, FOLDER / "many"
    root.mkdir()
    values = "".join(f"  V{number} = {number};\n" for number in range(most + 17))
    (root / "many.proto").write_text(f'syntax = "proto3";\nenum State {{\n{values}}}\n')
    ran = expect(sluice("lint", root, "--use", "ENUM_VALUE_PREFIX"), 1, "and 17 more")
    tap.equal(ran.out.count("[ENUM_VALUE_PREFIX]"), most, "findings")
    tap.check(ran.out.count(" | ") > most, "lines are shown")


@tap.case
def what_does_not_compile_is_told():
    root = FOLDER / "bad"
    root.mkdir()
    (root / "bad.proto").write_text('syntax = "proto3";\nmessage A { Nowhere x = 1; }\n')
    expect(sluice("lint", root), 1, "'Nowhere'")
    expect(sluice("lint", FOLDER / "absent"), 3, err="cannot read")
    expect(sluice("lint"), 2)


try:
    tap.main()
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
