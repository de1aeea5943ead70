#!/usr/bin/env python3
"""`sluice breaking` and `sluice lint` against buf on all of google-proto-files (8,028 files) as descriptor sets without source info (22 MB).

    bench_buf.py SLUICE [--rounds N]

For breaking, the other side is a changed copy: every field called `display_name` is renamed, by bytes of the same length, so that there is
something to find in many files. Both programs run the rules of one category, read the same two files, and take turns, so that what else
the machine does falls on both; each pair gives a ratio of its own. Told are medians of processor time (user and system), as the kernel accounts it
to the process and its threads, with the ratios' quartiles beside them, and how many findings each had (the sets of findings are compared by
tests/compat and tests/lint; buf tells findings that read the same only once, and without source info many do).

Exit status 0 when it measured, 1 when a program failed, 77 (skipped) without the files or buf.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
FOUND = {"sluice": 1, "buf": 100}  # exit status with findings


def corpora_dir():
    done = subprocess.run([str(ROOT / "scripts" / "corpora"), "--print-dir"], capture_output=True, text=True, check=True)
    return pathlib.Path(done.stdout.strip())


def measure(program, command, folder):
    """(processor seconds, largest resident MB, lines of output)"""
    with open(folder / "out", "wb") as out, open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=log, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, FOUND[program]):
        sys.exit(f"{program} ended with {process.returncode}: {(folder / 'log').read_text()[:500]}")
    with open(folder / "out", "rb") as out:
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, sum(1 for _ in out)


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.4f} ({low:.4f} to {high:.4f})"


def compare(name, commands, rounds, folder):
    measured = {program: [] for program in commands}
    for turn in range(rounds):
        order = list(commands) if turn % 2 else list(reversed(commands))
        for program in order:
            measured[program].append(measure(program, commands[program], folder))
    ours, theirs = measured["sluice"], measured["buf"]
    for index, what, unit in ((0, "processor time", "s"), (1, "peak memory", "MB")):
        ratio = quartiles([mine[index] / yours[index] for mine, yours in zip(ours, theirs)])
        print(f"{name:<18} {what:<15} {statistics.median(run[index] for run in ours):9.2f} {unit:<2}"
              f" {statistics.median(run[index] for run in theirs):9.2f} {unit:<2}  {ratio}", flush=True)
    print(f"{name:<18} {'findings':<15} {ours[-1][2]:9}    {theirs[-1][2]:9}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sluice")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    corpora = corpora_dir()
    published = corpora / "google" / "all.binpb"
    buf = next(iter(sorted((corpora / "npm/node_modules/@bufbuild").glob("buf-linux-*/bin/buf"))), None)
    if not published.is_file() or not buf:
        print("google-proto-files or buf are not there; run scripts/corpora")
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        changed = folder / "changed.binpb"
        changed.write_bytes(published.read_bytes().replace(b"\x0a\x0cdisplay_name", b"\x0a\x0cdisplay_nama"))
        sluice = os.path.abspath(arguments.sluice)
        print(f"{'':<18} {'':<15} {'sluice':>9}    {'buf':>9}     ratio (quartiles)")
        for category in ("FILE", "WIRE_JSON"):
            config = json.dumps({"version": "v2", "breaking": {"use": [category]}})
            compare(f"breaking {category}", {
                "sluice": [sluice, "breaking", changed, "--against", published, "--use", category, "--with-imports", "--format", "json"],
                "buf": [buf, "breaking", changed, "--against", published, "--error-format=json", "--config", config],
            }, arguments.rounds, folder)
        config = json.dumps({"version": "v2", "lint": {"use": ["STANDARD"], "except": ["PROTOVALIDATE"]}})
        compare("lint STANDARD", {
            "sluice": [sluice, "lint", published, "--format", "json"],
            "buf": [buf, "lint", published, "--error-format=json", "--config", config],
        }, arguments.rounds, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
