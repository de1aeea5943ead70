#!/usr/bin/env python3
"""Tier 1 beside parsers, on every payload of ../shared/data/payloads, in one run.

    bench_peers.py SLUICE_SIDE [--rounds N] [--only PART-OF-A-NAME] [--slice MS]

Peers, of which those are measured that can be built here: C++ libprotobuf's DynamicMessage and protobuf-c's generated code (Debian), and
@bufbuild/protobuf (npm; `scripts/corpora` brings it). They are built in a temporary folder and nothing of theirs is kept. protobuf-c
cannot read proto3 `optional` and needs no options, so those are taken out of its schemas: the bytes of a payload stay what they are.

Each side is a process that judges a payload for a slice of some milliseconds when it is told to. Slices of all sides alternate, payload by
payload, round after round, so that what else the machine does falls on all; time is processor time of the process. Told are medians:
MB/s (10^6 bytes) and ns a message of Sluice, MB/s of the peers, and how many times as fast as each Sluice is.

Exit status 0 when it measured, 77 (skipped) without the payloads.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(os.environ.get("SLUICE_SOURCE_ROOT", Path(__file__).resolve().parents[2]))
PEERS = Path(__file__).resolve().parent / "peers"
INCLUDE = Path(__file__).resolve().parents[2]
PAYLOADS = ROOT.parent / "shared" / "data" / "payloads"
SKIPPED = 77


class Side:
    """A process that answers "INDEX NANOSECONDS" with "TIMES NANOSECONDS"."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen([str(word) for word in command], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def slice(self, index, nanoseconds):
        """Nanoseconds for one message, or None."""
        self.process.stdin.write(f"{index} {nanoseconds}\n")
        self.process.stdin.flush()
        words = self.process.stdout.readline().split()
        if len(words) != 2:
            sys.exit(f"bench_peers: {self.name} ended")
        times, passed = int(words[0]), int(words[1])
        return passed / times if times else None

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def run(*command):
    """Run it quietly; false, with the reason, if it failed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        print(f"# {command[0]}: {(done.stderr or done.stdout).strip()[-300:]}", file=sys.stderr)
    return done.returncode == 0


def flags_of(package):
    done = subprocess.run(["pkg-config", "--cflags", "--libs", package], capture_output=True, text=True)
    return done.stdout.split() if done.returncode == 0 else None


def node_modules():
    """Where scripts/corpora keeps @bufbuild/protobuf, or None."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get("SLUICE_CORPORA") or cache / "sluice" / "corpora") / "npm" / "node_modules"
    return folder if shutil.which("node") and (folder / "@bufbuild" / "protobuf").exists() else None


def build_dynamic_message(scratch):
    flags, program = flags_of("protobuf"), scratch / "dynamic_message"
    built = flags is not None and bool(shutil.which("g++")) and run(
        "g++", "-O2", f"-I{INCLUDE}", PEERS / "dynamic_message.cc", "-o", program, *flags)
    return [program] if built else None


def descriptor_name(full_name):
    """protobuf-c's name for the descriptor of a.b.CamelCase: a__b__camel_case__descriptor."""
    parts = [re.sub(r"(?<!^)(?=[A-Z])", "_", part).lower() for part in full_name.split(".")]
    return "__".join(parts) + "__descriptor"


def build_protobuf_c(scratch, types):
    flags, modules, stripped = flags_of("libprotobuf-c"), node_modules(), scratch / "stripped.binpb"
    if flags is None or modules is None or not shutil.which("protoc-gen-c"):
        return None
    if not run("node", PEERS / "protobuf_es.mjs", modules, PAYLOADS / "schemas.binpb", "--strip", stripped):
        return None
    files = ["test/descriptor.proto", "test/test.proto"]
    files += [f"rsb/{name}/{name}.proto" for name in ("log", "mesh", "minecraft", "mk48")]
    if not run("protoc", f"--descriptor_set_in={stripped}", f"--c_out={scratch}", *files):
        return None
    lines = [f'TYPE("{name}", {descriptor_name(name)})\n' for name in sorted(set(types))]
    types_header, program = scratch / "types.h", scratch / "protobuf_c"
    types_header.write_text("".join(lines))
    sources = sorted(scratch.glob("**/*.pb-c.c"))
    built = run("gcc", "-O2", f"-I{INCLUDE}", f"-I{scratch}", f'-DPROTOBUF_C_TYPES="{types_header}"',
                PEERS / "protobuf_c.c", *sources, "-o", program, *flags)
    return [program] if built else None


def start_sides(sluice_side, scratch, rows):
    commands = {"Sluice": [sluice_side], "C++": build_dynamic_message(scratch),
                "protobuf-c": build_protobuf_c(scratch, [row[1] for row in rows])}
    arguments = [PAYLOADS / "schemas.binpb", PAYLOADS / "manifest.txt", PAYLOADS]
    modules = node_modules()
    commands["protobuf-es"] = ["node", PEERS / "protobuf_es.mjs", modules] if modules else None
    return [Side(name, command + arguments) for name, command in commands.items() if command]


def measure(sides, indexes, rounds, nanoseconds):
    """{(side, index): nanoseconds a message}, medians of the rounds."""
    slices = {}
    for number in range(rounds + 1):
        for index in indexes:
            for side in sides if number % 2 else reversed(sides):
                took = side.slice(index, nanoseconds)
                if took is not None and number > 0:  # the first round warms
                    slices.setdefault((side.name, index), []).append(took)
    return {key: statistics.median(values) for key, values in slices.items()}


def print_table(rows, indexes, sides, medians):
    peers = [side.name for side in sides[1:]]
    print(f"{'payload':<42}{'bytes':>9}{'ns':>12}{'MB/s':>9}" + "".join(f"{peer:>13}{'times':>8}" for peer in peers))
    for index in indexes:
        name, size, own = rows[index][0], int(rows[index][2]), medians[("Sluice", index)]
        line = f"{name:<42}{size:>9}{own:>12.0f}{size / own * 1e3:>9.0f}"
        for peer in peers:
            took = medians.get((peer, index))
            line += f"{size / took * 1e3:>13.0f}{took / own:>8.1f}" if took else f"{'-':>13}{'-':>8}"
        print(line)
    ratios = [medians[("C++", index)] / medians[("Sluice", index)] for index in indexes if ("C++", index) in medians]
    if ratios:
        print(f"least: {min(ratios):.1f} times C++ DynamicMessage; median of payloads: {statistics.median(ratios):.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sluice_side")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--slice", type=float, default=4.0, metavar="MS")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if not (PAYLOADS / "manifest.txt").exists():
        print(f"bench_peers: no payloads in {PAYLOADS}", file=sys.stderr)
        return SKIPPED
    rows = [line.split() for line in (PAYLOADS / "manifest.txt").read_text().splitlines() if line]
    indexes = [index for index, row in enumerate(rows) if options.only in row[0]]
    with tempfile.TemporaryDirectory() as folder:
        sides = start_sides(Path(options.sluice_side).resolve(), Path(folder), rows)
        medians = measure(sides, indexes, options.rounds, int(options.slice * 1e6))
        for side in sides:
            side.end()
    print_table(rows, indexes, sides, medians)
    return 0


if __name__ == "__main__":
    sys.exit(main())
