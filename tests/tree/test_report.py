"""scripts/report_tests.py counts what the tests said, and ends in the line that is promised."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

REPORT = Path(tap.source_root()) / "scripts" / "report_tests.py"


def report(*entries, more=()):
    """Exit status and lines of a report on one run of (name, result, stdout)."""
    with tempfile.TemporaryDirectory(prefix="sluice-report-") as folder:
        log = Path(folder) / "testlog.json"
        log.write_text("".join(json.dumps({"name": f"sluice:unit / {name}", "result": result, "stdout": text,
                                           "returncode": 0 if result == "OK" else 1}) + "\n"
                               for name, result, text in entries), encoding="utf-8")
        done = subprocess.run([sys.executable, str(REPORT), "--run", f"gcc={log}", *more],
                              capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.splitlines()


def expect(got, status, last, *parts):
    tap.equal(got[1][-1], last, "last line")
    tap.equal(got[0], status, "exit status")
    for part in parts:
        tap.contains("\n".join(got[1]), part)


@tap.case
def every_case_of_a_test_counts():
    expect(report(("a", "OK", "1..2\nok 1 - x\nok 2 - y\n"), ("b", "OK", "")), 0, "3 passed, 0 failed, 0 skipped")


@tap.case
def failed_case_fails_and_is_named():
    expect(report(("a", "FAIL", "ok 1 - x\nnot ok 2 - t.c:y: Assertion\n1..2\n")), 1, "1 passed, 1 failed, 0 skipped",
           "failed: gcc: a: t.c:y: Assertion")


@tap.case
def death_after_good_cases_is_a_failure():
    expect(report(("a", "ERROR", "ok 1 - x\nok 2 - y\n")), 1, "2 passed, 1 failed, 0 skipped", "failed: gcc: a: error")


@tap.case
def death_after_a_failed_case_is_one_more():
    expect(report(("a", "ERROR", "not ok 1 - x\nok 2 - y\n"), ("b", "ERROR", "1..3\nnot ok 1 - x\n")), 1,
           "1 passed, 4 failed, 0 skipped")


@tap.case
def timeout_is_a_failure():
    expect(report(("a", "TIMEOUT", "")), 1, "0 passed, 1 failed, 0 skipped", "a: timeout")


@tap.case
def skipped_test_says_why():
    expect(report(("a", "SKIP", "1..0 # SKIP no corpora; get them\n"), ("b", "OK", "ok 1\n")), 0,
           "1 passed, 0 failed, 1 skipped", "skipped: no corpora; get them", "    gcc: a")


@tap.case
def skipped_case_says_why():
    expect(report(("a", "OK", "ok 1 - x\nok 2 - y # SKIP no protoc\n1..2\n")), 0, "1 passed, 0 failed, 1 skipped",
           "skipped: no protoc", "    gcc: a: y")


@tap.case
def skip_by_exit_status_says_why():
    expect(report(("a", "SKIP", "SKIP: no clang-format\n"), ("b", "OK", "ok 1\n")), 0, "1 passed, 0 failed, 1 skipped",
           "skipped: no clang-format")


@tap.case
def other_output_is_not_counted():
    expect(report(("a", "OK", "okay then\n# ok 3\n    ok 1 - nested\nok 1 - x\n1..1\n")), 0,
           "1 passed, 0 failed, 0 skipped")


@tap.case
def broken_build_fails_and_missing_run_is_told():
    expect(report(("a", "OK", "ok 1\n"), more=("--failed", "clang: does not build", "--skipped", "tsan: no such thing")),
           1, "1 passed, 1 failed, 1 skipped", "failed: clang: does not build", "skipped: no such thing")


@tap.case
def nothing_passed_is_not_success():
    expect(report(), 1, "0 passed, 0 failed, 0 skipped")


@tap.case
def missing_log_is_a_failure():
    expect(report(more=("--run", "asan=/nonexistent/testlog.json")), 1, "0 passed, 1 failed, 0 skipped")


tap.main()
