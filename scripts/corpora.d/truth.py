#!/usr/bin/env python3
"""What protoc, and nobody here, says of payloads: run once by scripts/corpora, replayed by tests/conformance.

Three tables are made.

mvt      verdicts.tsv, a line for each tile of @mapbox/mvt-fixtures: where it lies in the cache folder, which group,
         protoc's verdict, what the fixture's author says of it, its description.
encode   payloads.bin and mutations.bin. protoc --encode writes a payload from every block of the .txtpb files; each is then
         cut, flipped and doubled by a seeded generator, and protoc --decode judges every result.
defaults defaults.tsv, a line for each edition and feature: Edition, field number in FeatureSet, value; from what protoc
         --edition_defaults_out wrote and --decode_raw printed (a FeatureSetDefaults).

A verdict is one of four words. protoc --decode exits with 1 on bytes that are not a message (`malformed`) and with 0
otherwise, but then says on stderr when required fields are missing (`missing-required`): a parser that is asked for a
whole message refuses those as well. All else it takes; `unnamed` if it kept fields that it could print by number only
(unknown numbers, wrong wire types, values outside a closed enum), `valid` if not.

Each .bin file is a sequence of records, the form that ../shared/data uses too:
    u8 verdict (0 valid, 1 malformed, 2 missing-required, 3 unnamed) | u16 LE length of type | u32 LE length of payload
    | type | payload
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys

VERDICTS = {"valid": 0, "malformed": 1, "missing-required": 2, "unnamed": 3}
UNKNOWN_FIELD = re.compile(rb"^ *[0-9]+(:| \{)", re.MULTILINE)
MISSING_REQUIRED = b"missing required fields"
WORKERS = 2
# tests/conformance/test_oracle.c does far more for proto2 and proto3; for editions this sample is all there is.
MUTATIONS_PER_PAYLOAD = 60
MUTATIONS_PER_EDITION_PAYLOAD = 300
SEED = 20260801


def judge(decode_command, payload):
    """protoc's verdict on `payload`."""
    done = subprocess.run(decode_command, input=payload, capture_output=True, check=False)
    if done.returncode != 0:
        return "malformed"
    if MISSING_REQUIRED in done.stderr:
        return "missing-required"
    return "unnamed" if UNKNOWN_FIELD.search(done.stdout) else "valid"


def judge_all(jobs):
    """`jobs` is a list of (command, payload); the answers come in the same order."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda job: judge(*job), jobs))


def mvt(args):
    package, out = pathlib.Path(args.package), pathlib.Path(args.out)
    decode = [args.protoc, f"--descriptor_set_in={out}/vector_tile.binpb", "--decode=vector_tile.Tile", "vector_tile.proto"]
    tiles = []
    for path in sorted((package / "real-world").rglob("*.mvt")):
        tiles.append((path, "real-world", "-", str(path.relative_to(package))))
    if len(tiles) != args.expect:
        sys.exit(f"truth: {len(tiles)} real-world tiles, not {args.expect}")
    for path in sorted((out / "tiles").glob("*.mvt")):
        tiles.append((path, "compressed", "-", path.name))
    for path in sorted((package / "fixtures").glob("*/tile.mvt")):
        info = json.loads((path.parent / "info.json").read_text())
        wanted = "valid" if info["validity"]["v2"] else "invalid"
        tiles.append((path, "fixture", wanted, " ".join(info["description"].split())))

    answers = judge_all([(decode, path.read_bytes()) for path, *_ in tiles])
    with open(out / "verdicts.tsv", "w", encoding="utf-8") as table:
        for (path, group, wanted, text), verdict in zip(tiles, answers):
            table.write("\t".join([os.path.relpath(path, out.parent), group, verdict, wanted, text]) + "\n")


def read_blocks(path):
    """The blocks of a .txtpb file: (message type, text). Each begins with a line `# proto-message: TYPE`."""
    blocks = re.split(r"^# proto-message: (\S+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return list(zip(blocks[1::2], blocks[2::2]))


def mutations(payload, count, rng):
    """A seeded sample of damage: cut short, one byte changed, one stretch doubled, two halves swapped."""
    if not payload:
        return
    for _ in range(count):
        at = rng.randrange(len(payload))
        kind = rng.randrange(8)
        if kind < 2:
            yield payload[:at]
        elif kind < 6:
            yield payload[:at] + bytes([payload[at] ^ rng.randrange(1, 256)]) + payload[at + 1:]
        elif kind < 7:
            end = rng.randrange(at, len(payload)) + 1
            yield payload[:end] + payload[at:end] + payload[end:]
        else:
            yield payload[at:] + payload[:at]


def write_records(path, records):
    with open(path, "wb") as out:
        for verdict, name, payload in records:
            out.write(struct.pack("<BHI", VERDICTS[verdict], len(name), len(payload)))
            out.write(name.encode() + payload)


def encode(args):
    inputs, out = pathlib.Path(args.inputs), pathlib.Path(args.out)
    sources = sorted(path.name for path in inputs.glob("*.proto"))
    schemas = f"{out}/schemas.binpb"
    subprocess.run([args.protoc, f"-I{inputs}", "--include_imports", "-o", schemas, *sources], check=True)

    rng = random.Random(SEED)
    payloads, jobs = [], []
    for source in sources:
        count = MUTATIONS_PER_EDITION_PAYLOAD if source.startswith("edition") else MUTATIONS_PER_PAYLOAD
        for name, text in read_blocks(inputs / f"{pathlib.Path(source).stem}.txtpb"):
            tool = [args.protoc, f"--descriptor_set_in={schemas}"]
            done = subprocess.run([*tool, "--deterministic_output", f"--encode={name}", source],
                                  input=text.encode(), capture_output=True, check=False)
            if done.returncode != 0:
                sys.exit(f"truth: {source}: {name}: {done.stderr.decode()}")
            decode = [*tool, f"--decode={name}", source]
            verdict = "missing-required" if MISSING_REQUIRED in done.stderr else "valid"
            payloads.append((verdict, name, done.stdout))
            jobs += [(decode, mutant, name) for mutant in mutations(done.stdout, count, rng)]

    answers = judge_all([(decode, mutant) for decode, mutant, _ in jobs])
    write_records(out / "payloads.bin", payloads)
    write_records(out / "mutations.bin",
                  [(verdict, name, mutant) for (_, mutant, name), verdict in zip(jobs, answers)])


def defaults(args):
    """Field numbers of FeatureSetDefaults: defaults 1, in it edition 3, overridable_features 4, fixed_features 5."""
    out = pathlib.Path(args.out)
    rows = []
    for block in re.split(r"^1 \{$", (out / "defaults.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        edition = re.search(r"^  3: (\d+)$", block, re.MULTILINE).group(1)
        rows += [(edition, number, value) for number, value in re.findall(r"^    (\d+): (\d+)$", block, re.MULTILINE)]
    (out / "defaults.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, run, extra in [("mvt", mvt, ["--package"]), ("encode", encode, ["--inputs"]),
                             ("defaults", defaults, [])]:
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        for option in ["--protoc", "--out", *extra]:
            command.add_argument(option, required=True)
        command.add_argument("--expect", type=int, default=0)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
