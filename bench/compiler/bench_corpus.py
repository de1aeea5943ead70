#!/usr/bin/env python3
"""`sluice compile` against protoc 36 on all of google-proto-files (8,017 files) in one invocation, without and with source info.

    bench_corpus.py SLUICE [--rounds N]

Both get the same arguments and write a descriptor set. They take turns, so that what else the machine does falls on both, and each
pair gives a ratio of its own. Told are medians, with the ratios' quartiles beside them: processor time (user and system) and the largest
resident memory, both as the kernel accounts them to the process. The sets of the last round are compared byte by byte.

Exit status 0 when it measured, 1 when a compiler failed or the sets differ, 77 (skipped) without the files.
"""

import argparse
import filecmp
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77


def corpora_say(word):
    done = subprocess.run([str(ROOT / "scripts" / "corpora"), word], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def measure(command, folder):
    """(processor seconds, largest resident MB)"""
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def compare(name, commands, rounds, folder):
    """One row of the table, and whether both wrote the same bytes."""
    measured = {program: [] for program in commands}
    for turn in range(rounds):
        order = list(commands) if turn % 2 else list(reversed(commands))
        for program in order:
            command = [*commands[program], "-o", str(folder / program)]
            measured[program].append(measure(command, folder))
    for index, what, unit in ((0, "processor time", "s"), (1, "peak memory", "MB")):
        ours, theirs = ([run[index] for run in measured[program]] for program in ("sluice", "protoc"))
        ratio = quartiles([mine / yours for mine, yours in zip(ours, theirs)])
        print(f"{name:<20} {what:<15} {statistics.median(ours):9.2f} {unit:<2} {statistics.median(theirs):9.2f} {unit:<2}  {ratio}",
              flush=True)
    return filecmp.cmp(folder / "sluice", folder / "protoc", shallow=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sluice")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    protoc, corpora = corpora_say("--print-protoc"), pathlib.Path(corpora_say("--print-dir"))
    files = corpora / "google" / "together.txt"
    if not protoc or not files.exists():
        print("google-proto-files is not there: run scripts/corpora", file=sys.stderr)
        return SKIPPED
    arguments = ["-I", str(corpora / "npm" / "node_modules" / "google-proto-files"), "--include_imports", f"@{files}"]
    is_same = True
    print(f"{'':<20} {'':<15} {'sluice':>12} {'protoc':>12}  ratio (quartiles)")
    for name, more in (("without source info", []), ("with source info", ["--include_source_info"])):
        commands = {"sluice": [args.sluice, "compile", *more, *arguments], "protoc": [protoc, *more, *arguments]}
        with tempfile.TemporaryDirectory() as folder:
            is_same &= compare(name, commands, args.rounds, pathlib.Path(folder))
    print("the sets are the same bytes" if is_same else "the sets differ")
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
