#!/usr/bin/env python3
"""Words that do not belong in this tree.

    scripts/check_text.py [ROOT]

Everywhere: notes to self without a way to find them again, paths of somebody's machine, merge leftovers, trailing blanks,
a last line without an end. In programs: lines that are too long; clang-format keeps code at 100 columns, and what it does not
wrap (comments, long texts) has 150; a row of a table is one line, however long. In the rooms' C: calls whose place is taken by
something of base/, or that a library may not make. Fixtures (tests/data, examples' payloads) and binary files are as they are.
Prints `file:line: what, and what to do`; exits 1 if it printed anything.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import source_tree  # noqa: E402

# Written in halves, so that this file passes its own test.
_NOTES = "TO" + "DO|FIX" + "ME"
_HOMES = "home|root|work|Users"

# (pattern, what is wrong and what to do)
ANYWHERE = [
    (rf"\b(?:{_NOTES})\b", "a note to self: do it, or open an issue and say here what holds until then"),
    (rf"(?<![\w.~$}})/:-])/(?:{_HOMES})/\w", "a path of one machine: take it from an argument or the environment"),
    (r"^(?:<{7}|>{7}|={7})(?: |$)", "a merge leftover: resolve it"),
    (r"[ \t]+$", "blanks at the end of the line: remove them"),
]

# In C, comments and literals aside: (name of the call, rooms and files that may, what to do)
_MEMORY = "every allocation goes through base/alloc.h, so that the fault sweep reaches it"
CALLS = [
    ("malloc", ["base/alloc.c"], _MEMORY),
    ("calloc", ["base/alloc.c"], _MEMORY),
    ("realloc", ["base/alloc.c"], _MEMORY),
    ("reallocarray", [], _MEMORY),
    ("free", ["base/alloc.c"], _MEMORY),
    ("strdup", [], _MEMORY),
    ("strndup", [], _MEMORY),
    ("asprintf", [], _MEMORY),
    ("vasprintf", [], _MEMORY),
    ("alloca", [], "the stack has no way to say no: use an arena"),
    ("setjmp", [], "return a status"),
    ("longjmp", [], "return a status"),
    ("gets", [], "it cannot be bounded: use sl_buf"),
    ("strcpy", [], "it cannot be bounded: use sl_buf"),
    ("strcat", [], "it cannot be bounded: use sl_buf"),
    ("sprintf", [], "it cannot be bounded: use sl_buf, or snprintf"),
    ("vsprintf", [], "it cannot be bounded: use sl_buf, or vsnprintf"),
    ("strtok", [], "it keeps state between calls: use sl_str_split"),
    ("atoi", [], "it cannot fail: use sl_str_to_i64"),
    ("atol", [], "it cannot fail: use sl_str_to_i64"),
    ("gmtime", [], "it is not safe between threads: use base/clock.h"),
    ("localtime", [], "times are UTC: use base/clock.h"),
    ("rand", [], "it cannot be trusted: use the system's random bytes, or a seeded generator of your own"),
    ("printf", ["cli/", "compiler/prepare_built_ins.c"], "a library does not print: return it, and let cli/ or server/ say it"),
    ("puts", ["cli/"], "a library does not print: return it, and let cli/ or server/ say it"),
    ("putchar", ["cli/", "compiler/prepare_built_ins.c"], "a library does not print: return it, and let cli/ or server/ say it"),
    ("perror", [], "a library does not print: fill the sl_error"),
    ("exit", ["cli/"], "a library does not end the program: return a status"),
    ("abort", ["base/"], "a library does not end the program: return a status"),
]

COLUMNS = 150
PROGRAMS = (".c", ".h", ".cc", ".py", "meson.build")

AS_THEY_ARE = ("tests/data/", "fuzz/corpus/", "LICENSE")
BINARY = (".bin", ".binpb", ".delimited", ".mvt", ".png", ".ico", ".db")
OUTSIDE_ROOMS = ("tests/", "bench/", "fuzz/", "examples/")

_ANYWHERE = [(re.compile(pattern, re.MULTILINE), text) for pattern, text in ANYWHERE]
_CALLS = [(name, places, re.compile(rf"(?<![\w.>]){name}\s*\("), text) for name, places, text in CALLS]


def is_binary(root, path):
    start = (Path(root) / path).read_bytes()[:8192]
    return path.endswith(BINARY) or b"\0" in start


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def check_everywhere(path, text):
    found = []
    for pattern, what in _ANYWHERE:
        for match in pattern.finditer(text):
            found.append(f"{path}:{line_of(text, match.start())}: {match[0].strip()!r}: {what}")
    if text and not text.endswith("\n"):
        found.append(f"{path}:{line_of(text, len(text))}: the last line has no end: add a newline")
    return found


def check_columns(path, text):
    return [f"{path}:{number}: {len(line)} columns, and {COLUMNS} are the most: wrap it"
            for number, line in enumerate(text.split("\n"), 1) if len(line) > COLUMNS]


def check_calls(path, text):
    code = source_tree.blank_comments(text, keep_strings=False)
    found = []
    for name, places, pattern, what in _CALLS:
        if any(path.startswith(place) for place in places):
            continue
        for match in pattern.finditer(code):
            found.append(f"{path}:{line_of(code, match.start())}: {name}(): {what}")
    return found


def check_tree(root):
    found = []
    for path in source_tree.files(root):
        if path.startswith(AS_THEY_ARE) or is_binary(root, path):
            continue
        text = source_tree.read(root, path)
        found += check_everywhere(path, text)
        if path.endswith(PROGRAMS):
            found += check_columns(path, text)
        if path.endswith(source_tree.C_SUFFIXES) and not path.startswith(OUTSIDE_ROOMS):
            found += check_calls(path, text)
    return found


def main(arguments):
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__.strip())
        return 0 if arguments[0] in ("-h", "--help") else 2
    found = check_tree(Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
