#!/usr/bin/env python3
"""Are the verdicts in tests/compiler/grammar protoc's?

    grammar_truth.py [--record] [--show] [FILE.cases …]

Each case is put into its frame (see the heads of syntax.cases and names.cases) and given to protoc 36, which scripts/corpora fetches.
A case whose recorded verdict is not protoc's fails; --record writes protoc's verdicts into the files instead.
--show tells protoc's words too.
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

HEAD = re.compile(r"^--- (\w+) \| ([\w.]+) \| (accept|warn|refuse)$")
PART = re.compile(r"^=== (\S+)\n", re.MULTILINE)
EDITIONS = {"p2": 'syntax = "proto2"; ', "p3": 'syntax = "proto3"; '}
WRAPS = {
    "": ("", ""),
    "m": ("message M { ", "}\n"),
    "e": ("enum E { A = 0; ", "}\n"),
    "s": ("message M {} service S { ", "}\n"),
}


def bytes_of(text):
    text = text.replace("<cut>\n", "")
    text = re.sub(r"<(\d+)\*([^>]*)>", lambda many: "".join(many[2].replace("#", str(number + 1))
                                                           for number in range(int(many[1]))), text)
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


def files_of(case):
    """{path: bytes}: the main file in its frame, and those behind it as they stand"""
    main, *others = PART.split(case[4])
    files = {"case.proto": framed(case[2], main)}
    files.update(zip(others[::2], map(bytes_of, others[1::2])))
    return files


def judge(protoc, case):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files_of(case).items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        done = subprocess.run([protoc, "-I", folder, "-o", os.devnull, "case.proto"], capture_output=True, check=False)
    said = done.stderr.decode(errors="replace").replace(folder + "/", "").strip()
    if done.returncode != 0:
        return "refuse", said
    return ("warn" if ": warning: " in said else "accept"), said


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
            answers = list(pool.map(lambda case: judge(protoc, case), cases))
            if is_recording:
                record(path, lines, cases, [verdict for verdict, _ in answers])
            results += [(path.stem, case[1], case[3], *answer) for case, answer in zip(cases, answers)]
    failures = 0
    print(f"1..{len(results)}")
    for number, (stem, name, recorded, verdict, said) in enumerate(results, 1):
        is_same = recorded == verdict or is_recording
        failures += not is_same
        print(f"{'ok' if is_same else 'not ok'} {number} - {stem}: {name}: protoc says {verdict}")
        if "--show" in args:
            print("".join(f"# {line}\n" for line in said.splitlines()), end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
