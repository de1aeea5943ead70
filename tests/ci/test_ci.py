"""The files for CI do what they say: the script that all of them call, the steps of the action, the job of GitLab, the hooks of pre-commit.

Their shell is taken out of the files as they are and run in real git repositories, a clone and its origin, with the variables that the CI would set.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

SOURCE = Path(tap.source_root())
sys.path.insert(0, str(SOURCE / "tests" / "cli"))
from program import PROGRAM  # noqa: E402

FOLDER = Path(tempfile.mkdtemp(prefix="sluice-ci-"))
OLD = 'syntax = "proto3";\npackage shop.v1;\nmessage Order {\n  string id = 1;\n  int32 quantity = 2;\n}\n'
BREAKS = OLD.replace("int32 quantity", "string quantity")
LINTS = OLD.replace("quantity", "theQuantity").replace("int32 theQuantity = 2", "int32 quantity = 2;\n  int32 theNote = 3")
ADDS = OLD.replace("}\n", "  string note = 3;\n}\n")
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("SLUICE_", "GITHUB_", "GITLAB_", "CI", "GIT_", "RUNNER_"))}
PLAIN |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
          "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com"}


def git(folder, *words):
    return subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True, text=True, env=PLAIN).stdout


def repositories(name, changed):
    """A clone, as shallow as CI makes it, of an origin whose branch main has OLD; in the clone stands a branch with `changed`."""
    origin, clone = FOLDER / name / "origin", FOLDER / name / "clone"
    (origin / "proto/shop/v1").mkdir(parents=True)
    git(origin, "init", "-q", "-b", "main")
    file = "proto/shop/v1/order.proto"
    (origin / file).write_text(OLD)
    git(origin, "add", ".")
    git(origin, "commit", "-q", "-m", "old")
    git(origin, "switch", "-q", "-c", "change")
    (origin / file).write_text(changed)
    git(origin, "commit", "-q", "--allow-empty", "-a", "-m", "change")
    git(origin, "switch", "-q", "main")
    subprocess.run(["git", "clone", "-q", "--depth=1", "--branch=change", f"file://{origin}", clone], check=True, capture_output=True, env=PLAIN)
    return clone


def run(command, folder, **env):
    done = subprocess.run(command, cwd=folder, env={**PLAIN, "SLUICE": PROGRAM, **env}, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def check(folder, *words, **env):
    return run([SOURCE / "ci/check", *words], folder, SLUICE_PROTO="proto", **env)


# --- the script ---------------------------------------------------------------------------------


@tap.case
def a_change_is_judged_against_the_branch_it_goes_to():
    for name, changed, what, want, rule in (("breaks", BREAKS, "breaking", 1, '"quantity" of shop.v1.Order'), ("adds", ADDS, "breaking", 0, ""),
                                            ("lints", LINTS, "lint", 1, "FIELD_LOWER_SNAKE_CASE"), ("clean", OLD, "lint", 0, "")):
        clone = repositories(name, changed)
        git(clone, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
        status, out, err = check(clone, what)
        tap.equal(status, want, f"{name}: {out}{err}")
        tap.contains(out, rule, name)
        tap.equal(git(clone, "status", "--porcelain"), "", "the working tree afterwards")


@tap.case
def both_are_asked_and_the_worse_one_counts():
    clone = repositories("both", BREAKS.replace("string id", "string theId"))
    git(clone, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    status, out, _ = check(clone, SLUICE_REPORT="findings", SLUICE_FORMAT="json", SLUICE_USE="WIRE FIELD_SAME_NAME", SLUICE_LINT="BASIC")
    tap.equal(status, 1, out)
    rules = {finding["rule"] for finding in map(json.loads, out.splitlines())}
    tap.equal(rules, {"FIELD_WIRE_COMPATIBLE_TYPE", "FIELD_SAME_NAME", "FIELD_LOWER_SNAKE_CASE"}, "rules")
    kept = (clone / "findings/breaking.jsonl").read_text() + (clone / "findings/lint.jsonl").read_text()
    tap.equal(kept, out, "what is kept")
    status, out, _ = check(clone, SLUICE_USE="WIRE", SLUICE_EXCEPT="FIELD_WIRE_COMPATIBLE_TYPE", SLUICE_LINT="BASIC",
                           SLUICE_LINT_EXCEPT="FIELD_LOWER_SNAKE_CASE")
    tap.equal((status, out), (0, ""), "without those rules")


@tap.case
def what_cannot_be_judged_is_told():
    clone = repositories("bad", OLD)
    for words, env, want, text in ((["breaking"], {"SLUICE_BASE": "nowhere"}, 3, "no revision 'nowhere'"), (["breaking"], {}, 3, "SLUICE_BASE"),
                                   (["lint"], {"SLUICE_FORMAT": "xml"}, 3, "none of text"), (["linting"], {}, 2, "ci/check"),
                                   (["lint"], {"SLUICE": "/nowhere/sluice"}, 3, "no program"), (["lint"], {"SLUICE_LINT": "NOTHING"}, 2, "NOTHING")):
        status, out, err = check(clone, *words, **env)
        tap.equal(status, want, f"{words} {env}: {out}{err}")
        tap.contains(err, text, f"{words} {env}")
    status, _, err = run([SOURCE / "ci/check", "lint"], clone, SLUICE_PROTO="absent")
    tap.equal(status, 3, err)


@tap.case
def the_format_is_that_of_where_it_runs():
    clone = repositories("formats", LINTS)
    for env, begin in (({"GITHUB_ACTIONS": "true"}, "::error "), ({"GITLAB_CI": "true"}, "["), ({}, "proto/")):
        _, out, _ = check(clone, "lint", **env)
        tap.check(out.startswith(begin), f"{env}: {out[:60]}")


# --- the files ----------------------------------------------------------------------------------


def blocks(text, key):
    """The literal blocks `key: |` of a YAML file, without their indent."""
    found = []
    for match in re.finditer(rf"^( *){key}: \|\n((?:\1  .*\n|\n)+)", text, re.MULTILINE):
        found.append(re.sub(rf"^{match[1]}  ", "", match[2], flags=re.MULTILINE))
    return found


@tap.case
def the_action_annotates_what_breaks():
    clone = repositories("action", BREAKS)
    text = (SOURCE / "action.yml").read_text()
    build, fetch, ask = blocks(text, "run")
    tap.contains(build, "ci/install", "the first step")
    variables = FOLDER / "github_env"
    variables.write_text("")
    status, out, err = run(["bash", "-e", "-c", fetch], clone, BASE="main", GITHUB_ENV=str(variables))
    tap.equal(status, 0, out + err)
    env = dict(line.split("=", 1) for line in variables.read_text().splitlines())
    tap.equal(env, {"SLUICE_BASE": "origin/sluice-base"}, "variables for the next step")
    status, out, err = run(["bash", "-e", "-c", ask], clone, GITHUB_ACTION_PATH=str(SOURCE), CHECKS="breaking lint", SLUICE_PROTO="proto",
                           SLUICE_FORMAT="github", SLUICE_USE="", SLUICE_LINT="", SLUICE_EXCEPT="", SLUICE_LINT_EXCEPT="", SLUICE_REPORT="", **env)
    tap.equal(status, 1, out + err)
    tap.check(out.startswith("::error "), out)
    tap.contains(out, "file=proto/shop/v1/order.proto,line=5", "the annotation")
    for name in re.findall(r"inputs\.([\w-]+)", text):
        tap.check(re.search(rf"^  {name}:$", text, re.MULTILINE), f"inputs.{name} is not declared")
    declared = re.findall(r"^  ([\w-]+):$", text.split("\nruns:")[0], re.MULTILINE)
    for name in declared:
        tap.contains(text, f"inputs.{name}", "inputs that are used")


@tap.case
def the_job_of_gitlab_reports_both():
    clone = repositories("gitlab", BREAKS)
    text = (SOURCE / "ci/gitlab.yml").read_text()
    script = re.search(r"^  script:\n((?:    - .*\n)+)", text, re.MULTILINE)[1]
    lines = [line.strip()[2:] for line in script.splitlines()]
    path = FOLDER / "path"
    path.mkdir()
    (path / "sluice").symlink_to(PROGRAM)
    status, out, err = run(["bash", "-e", "-c", "\n".join(lines)], clone, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main", SLUICE_PROTO="proto",
                           PATH=f"{path}:{PLAIN['PATH']}")
    tap.equal(status, 1, out + err)
    found = json.loads((clone / "breaking.json").read_text())
    tap.equal(found[0]["location"]["path"], "proto/shop/v1/order.proto", "where")
    tap.equal(json.loads((clone / "lint.json").read_text()), [], "lint")
    for name in re.findall(r"- (\w+\.json)$", text, re.MULTILINE):
        tap.check((clone / name).is_file(), f"the report {name} is not written")


@tap.case
def hooks_of_pre_commit_are_scripts_that_run():
    clone = repositories("hooks", BREAKS)
    git(clone, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    text = (SOURCE / ".pre-commit-hooks.yaml").read_text()
    entries = re.findall(r"^  entry: (.*)$", text, re.MULTILINE)
    tap.equal(len(entries), len(re.findall(r"^- id: ", text, re.MULTILINE)), "a hook, an entry")
    got = []
    for entry in entries:
        script, *words = entry.split()
        got.append(run([SOURCE / script, *words], clone, SLUICE_PROTO="proto")[0])
    tap.equal(got, [1, 0], "exit statuses")


try:
    tap.main()
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
