#!/usr/bin/env python3
"""What several runs of the test suite came to, in one count.

    scripts/report_tests.py [--run NAME=TESTLOG.json]… [--failed TEXT]… [--skipped TEXT]…

A run is meson's testlog.json: one JSON object a line, with what the test wrote. Cases are counted from that (TAP), so a
test of forty cases counts forty; a test that died before its end counts as one more failure. --failed and
--skipped add what happened outside of meson: a build that broke, a run that could not be.

Prints a line a run, each failure, each reason for skipping with what it kept from running, and last, alone on its line:

    N passed, N failed, N skipped

Exits 1 if anything failed, or if nothing passed.
"""

import json
import re
import sys

_RESULT = re.compile(r"^(?P<word>ok|not ok)\b[ \t]*\d*[ \t]*(?:-[ \t]*)?(?P<name>.*?)"
                     r"(?:[ \t]#[ \t]*(?P<directive>SKIP)\b:?[ \t]*(?P<why>.*))?$", re.IGNORECASE)
_PLAN = re.compile(r"^1\.\.(\d+)[ \t]*$", re.MULTILINE)
_PLAN_SKIP = re.compile(r"^1\.\.0\b[ \t]*(?:#[ \t]*(?:skip(?:ped)?\b)?:?[ \t]*(?P<why>.*))?$", re.IGNORECASE)
_PLAIN_SKIP = re.compile(r"^SKIP:[ \t]*(?P<why>.*)$")

_FINE = ("OK", "SKIP", "EXPECTEDFAIL")


class Count:
    """Cases of one run, or of all."""

    def __init__(self):
        self.passed = 0
        self.failures = []  # text
        self.skips = []     # (what, why)

    def add(self, other):
        self.passed += other.passed
        self.failures += other.failures
        self.skips += other.skips

    def __str__(self):
        return f"{self.passed} passed, {len(self.failures)} failed, {len(self.skips)} skipped"


def count_tap(name, text, count):
    """The cases that one test's output tells of; how many lines said so."""
    lines = 0
    for line in text.splitlines():
        plan = _PLAN_SKIP.match(line)
        if plan:
            count.skips.append((name, (plan["why"] or "").strip() or "no reason given"))
            lines += 1
            continue
        case = _RESULT.match(line)
        if not case:
            continue
        lines += 1
        label = f"{name}: {case['name'].strip()}" if case["name"].strip() else name
        if case["directive"]:
            count.skips.append((label, case["why"].strip() or "no reason given"))
        elif case["word"].lower() == "ok":
            count.passed += 1
        else:
            count.failures.append(label)
    return lines


def count_test(entry):
    """One test of meson's log."""
    count = Count()
    name = entry["name"].split(" / ")[-1].removeprefix("sluice:")
    text, result = entry.get("stdout") or "", entry["result"]
    lines = count_tap(name, text, count)
    if lines == 0 and result == "SKIP":
        reasons = [match["why"] for match in map(_PLAIN_SKIP.match, text.splitlines()) if match]
        count.skips.append((name, reasons[-1] if reasons else "no reason given"))
    elif lines == 0 and result in _FINE:
        count.passed += 1
    plan = _PLAN.search(text)
    died = not plan or lines < int(plan[1])
    if result not in _FINE and (died or not count.failures):
        count.failures.append(f"{name}: {result.lower()}, exit status {entry.get('returncode')}")
    return count


def count_run(path):
    """One testlog.json; a run without a log is a failure."""
    count = Count()
    try:
        with open(path, encoding="utf-8") as log:
            entries = [json.loads(line) for line in log if line.strip()]
    except (OSError, ValueError) as why:
        count.failures.append(f"no log of the tests: {why}")
        return count
    for entry in entries:
        count.add(count_test(entry))
    return count


def print_skips(skips):
    """Reasons, each once, with what they kept from running."""
    by_reason = {}
    for what, why in skips:
        by_reason.setdefault(why, []).append(what)
    for why, kept in by_reason.items():
        print(f"skipped: {why}")
        for what in sorted(set(kept)):
            print(f"    {what}")


def main(arguments):
    total = Count()
    pairs = list(zip(arguments[::2], arguments[1::2]))
    if len(arguments) % 2 or any(option not in ("--run", "--failed", "--skipped") for option, _ in pairs):
        print(__doc__.strip())
        return 0 if arguments in (["-h"], ["--help"]) else 2
    for option, value in pairs:
        if option == "--run":
            name, _, path = value.partition("=")
            count = count_run(path)
            print(f"{name}: {count}")
            count.failures = [f"{name}: {failure}" for failure in count.failures]
            count.skips = [(f"{name}: {what}", why) for what, why in count.skips]
            total.add(count)
        elif option == "--failed":
            total.failures.append(value)
        else:
            what, _, why = value.partition(": ")
            total.skips.append((what, why or "no reason given"))
    print_skips(total.skips)
    for failure in total.failures:
        print(f"failed: {failure}")
    print(total)
    return 0 if total.passed and not total.failures else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
