"""TAP for tests written in Python: one line a case on standard output, what went wrong on standard error.

    import tap

    @tap.case
    def second_claim_is_refused():
        tap.equal(status, 409, "status")

    tap.main()

A case fails by raising (a failed check raises tap.Failed) and is skipped by tap.skip("why"). Cases run in the order in
which they are written; main() ends the program with 1 if one failed, or if there was none.
"""

import os
import sys
import traceback

_cases = []


class Failed(Exception):
    """A claim that did not hold."""


class Skipped(Exception):
    """Something outside is missing; the text says what, and how to get it."""


def case(function):
    """Decorator: `function` is a case, and its name is the claim."""
    _cases.append((function.__name__, function))
    return function


def add(name, function):
    """A case that is made at run time, from a table."""
    _cases.append((name, function))


def check(holds, claim):
    if not holds:
        raise Failed(claim)


def equal(got, want, what="value"):
    if got != want:
        raise Failed(f"{what}: got {got!r}, want {want!r}")


def contains(text, part, what="text"):
    if part not in text:
        raise Failed(f"{what}: {part!r} is not in {text!r}")


def skip(why, require=None):
    """Skip this case; if the environment variable `require` is set, fail it instead."""
    if demanded(require):
        raise Failed(f"demanded by {require}: {why}")
    raise Skipped(why)


def skip_all(why, require=None):
    """Skip the whole program, before its first case; if the environment variable `require` is set, fail instead."""
    if demanded(require):
        print(f"1..1\nnot ok 1 - demanded by {require}: {why}")
        sys.exit(1)
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def demanded(require):
    return bool(require) and os.environ.get(require, "0") not in ("", "0")


def samples():
    """Does this run want a sample where a test could ask about thousands of inputs?"""
    return demanded("SLUICE_TEST_SAMPLE")


def source_root():
    return os.environ["SLUICE_SOURCE_ROOT"]


def build_root():
    return os.environ["SLUICE_BUILD_ROOT"]


def main():
    """Run all cases and end the program."""
    if not _cases:
        print("no case: a test that runs nothing cannot fail", file=sys.stderr)
        sys.exit(1)
    print(f"1..{len(_cases)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(_cases, 1):
        word, note = "ok", ""
        try:
            function()
        except Skipped as why:
            note = f" # SKIP {why}"
        except Failed as why:
            word, failed = "not ok", failed + 1
            print(f"{name}: {why}", file=sys.stderr)
        except Exception:  # a case that breaks is a case that failed
            word, failed = "not ok", failed + 1
            print(f"{name}:\n{traceback.format_exc()}", file=sys.stderr)
        print(f"{word} {number} - {name}{note}", flush=True)
    sys.exit(1 if failed else 0)
