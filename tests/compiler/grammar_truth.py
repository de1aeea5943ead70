#!/usr/bin/env python3
"""Are the verdicts in tests/compiler/grammar protoc's?

    grammar_truth.py [--record] [FILE.cases …]

Each case is put into its frame (see the head of syntax.cases) and given to protoc 36, which scripts/corpora fetches. A case
whose recorded verdict is not protoc's fails; --record writes protoc's verdicts into the files instead.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "support"))
import tap  # noqa: E402

HEAD = re.compile(r"^--- (\w+) \| ([\w.]+) \| (accept|refuse)$")
EDITIONS = {"p2": 'syntax = "proto2"; ', "p3": 'syntax = "proto3"; '}
WRAPS = {
    "": ("", ""),
    "m": ("message M { ", "}\n"),
    "e": ("enum E { A = 0; ", "}\n"),
    "s": ("message M {} service S { ", "}\n"),
}


def bytes_of(text):
    text = text.replace("<cut>\n", "")
    parts = re.split(r"<x([0-9A-F]{2})>", text)
    return b"".join(bytes([int(part, 16)]) if i % 2 else part.encode() for i, part in enumerate(parts))


def framed(frame, text):
    edition, _, wrap = frame.partition(".")
    if edition == "raw":
        return bytes_of(text)
    before, after = WRAPS[wrap]
    start = EDITIONS.get(edition, f'edition = "{edition}"; ')
    return (start + before).encode() + bytes_of(text) + after.encode()


def read(path):
    """[(line index of the head, name, frame, verdict, text)]"""
    cases, lines = [], path.read_text().splitlines(keepends=True)
    for number, line in enumerate(lines):
        head = HEAD.match(line.rstrip("\n"))
        if head:
            cases.append([number, *head.groups(), ""])
        elif cases:
            cases[-1][4] += line
    return lines, cases


def judge(protoc, case):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "case.proto"
        path.write_bytes(framed(case[2], case[4]))
        done = subprocess.run([protoc, "-I", folder, "-o", os.devnull, "case.proto"], capture_output=True, check=False)
    return "accept" if done.returncode == 0 else "refuse"


def protoc_path():
    done = subprocess.run([str(ROOT / "scripts" / "corpora"), "--print-protoc"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def record(path, lines, cases, verdicts):
    for case, verdict in zip(cases, verdicts):
        lines[case[0]] = f"--- {case[1]} | {case[2]} | {verdict}\n"
    path.write_text("".join(lines))


def main():
    args = sys.argv[1:]
    is_recording = "--record" in args
    paths = [pathlib.Path(arg) for arg in args if not arg.startswith("--")] or sorted((HERE / "grammar").glob("*.cases"))
    protoc = protoc_path()
    if not protoc:
        tap.skip_all("SLUICE_REQUIRE_CORPORA", "protoc is not there; run scripts/corpora")
    results = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path in paths:
            lines, cases = read(path)
            verdicts = list(pool.map(lambda case: judge(protoc, case), cases))
            if is_recording:
                record(path, lines, cases, verdicts)
            results += [(path.stem, case[1], case[3], verdict) for case, verdict in zip(cases, verdicts)]
    failures = 0
    print(f"1..{len(results)}")
    for number, (stem, name, recorded, verdict) in enumerate(results, 1):
        is_same = recorded == verdict or is_recording
        failures += not is_same
        print(f"{'ok' if is_same else 'not ok'} {number} - {stem}: {name}: protoc says {verdict}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
