#!/usr/bin/env python3
"""Every limit and every problem is met by a test, by name.

    scripts/check_tables.py [ROOT]

A limit that no test reaches may have been forgotten in the code as well, and a refusal that no test provokes may say anything. So each
row of base/limits.def has to be used by a room, and to be named in a test as SL_LIMIT_NAME (C), limits.NAME (Python, tests/support/
tables.py) or in quotes, as part of the message that is expected; each row of registry/problems.def as SL_PROBLEM_NAME, in
REFUSED(…, NAME, …), or by its slug in quotes. That the test is a good one is for its reader to say.
Prints `table: row: what is missing`; exits 1 if it printed anything.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import source_tree  # noqa: E402

LIMITS, PROBLEMS = "base/limits.def", "registry/problems.def"

# Limits that stand in the table before the code that keeps them, and what that will be.
AHEAD = {}

# Not refusals that anybody meets.
NO_REFUSAL = {"NONE"}


def rows(root, table, pattern):
    return [match.groups() for match in re.finditer(pattern, source_tree.read(root, table), re.MULTILINE)]


def texts_below(root, paths):
    return "\n".join(source_tree.read(root, path) for path in paths)


def is_test(path):
    return path.startswith("tests/") and path.endswith((".c", ".h", ".py"))


def is_room(path):
    return path.endswith(source_tree.C_SUFFIXES) and path != LIMITS and not path.startswith(("tests/", "bench/", "fuzz/"))


def check_limit(name, rooms, tests):
    # A table of settings names a limit as its last column.
    is_used = re.search(rf"\bSL_LIMIT_{name}\b|, {name}\)$", rooms, re.MULTILINE)
    is_met = re.search(rf"\b(?:SL_LIMIT_|limits\.){name}\b|\"(?:limit )?{name}\b", tests)
    if name in AHEAD:
        return [f"{LIMITS}: {name}: it is used now: take it out of AHEAD in scripts/check_tables.py"] if is_used else []
    return ([] if is_used else [f"{LIMITS}: {name}: no room uses it: remove it, or check it"]) + \
           ([] if is_met else [f"{LIMITS}: {name}: no test names it: write one that meets it"])


def check_problem(name, slug, tests):
    is_met = re.search(rf"\bSL_PROBLEM_{name}\b|\bREFUSED\([^,]+,\s*{name}\b|[\"/]{slug}\"", tests)
    return [] if is_met or name in NO_REFUSAL else \
        [f"{PROBLEMS}: {name}: no test names it or \"{slug}\": write one that meets it"]


def check_tree(root):
    paths = source_tree.files(root)
    rooms = texts_below(root, [path for path in paths if is_room(path)])
    tests = texts_below(root, [path for path in paths if is_test(path)])
    found = []
    for (name,) in rows(root, LIMITS, r"^LIMIT\((\w+)"):
        found += check_limit(name, rooms, tests)
    for name, slug in rows(root, PROBLEMS, r"^PROBLEM\((\w+),\s*\"([^\"]+)\""):
        found += check_problem(name, slug, tests)
    return found


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    found = check_tree(root)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
