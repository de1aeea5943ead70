#!/usr/bin/env python3
"""How many instructions tier 1 takes for each payload: no more than counts.txt says, give or take 3 %.

    tests/validate/test_counts.py            compare (a test)
    tests/validate/test_counts.py --write    measure, and write counts.txt; only what could be measured changes

Instructions can be counted exactly and anywhere, time cannot. They are valgrind's (callgrind), of code that is compiled with the same flags in
every build (validate/meson.build) by gcc 12. Payloads: some that are made here, and those of ../shared/data/payloads beside the
repository, if they are there. A count that has gone down by more than 3 % is told, so that it is written; it does not fail.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

SLACK = 0.03
SKIPPED = 77

ROOT = Path(tap.source_root())
COUNTS = ROOT / "tests" / "validate" / "counts.txt"
OWN_SET = ROOT / "tests" / "validate" / "schemas" / "schemas.binpb"
SHARED = ROOT.parent / "shared" / "data" / "payloads"


# --- payloads of tests/validate/schemas -------------------------------------------------------------

def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7f | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def number(field, value):
    return varint(field << 3) + varint(value)


def length(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def order(items):
    """t3.Order: texts, messages, maps, a packed field."""
    out = length(1, "order-20260728-000017") + number(6, 1)
    for i in range(items):
        tags = b"".join(length(2, length(1, f"tag {k}") + number(2, i * k)) for k in range(i % 4))
        out += length(2, length(1, f"SKU-{i:08d}") + tags)
        out += length(4, length(1, f"key {i}") + length(2, "Wert \u00e4\u00f6\u00fc \u20ac" if i % 8 == 0 else "value"))
    return out + length(5, b"".join(varint(i * i * i) for i in range(4 * items)))


def required(children):
    """t2.Required: required fields, which are tracked, and a group."""
    child = number(1, 7) + length(2, "child")
    return child + length(4, child) * children + varint(11 << 3 | 3) + number(1, 1) + varint(11 << 3 | 4)


def scalars(times):
    """t2.Scalars: numbers of two bytes, and large ones, which are not in the dense part of its table."""
    return (length(17, b"") + number(20000, 300) + number(536870911, 5)) * times


OWN = {
    "own_order_200": ("t3.Order", order(200)),
    "own_required_100": ("t2.Required", required(100)),
    "own_scalars_100": ("t2.Scalars", scalars(100)),
}


# --- counting ------------------------------------------------------------------------------------------

def count(descriptor_set, manifest, folder):
    """{payload: instructions} of one run of count_accept under callgrind."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        command = ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}",
                   os.environ["SLUICE_COUNT_ACCEPT"], str(descriptor_set), str(manifest), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode == SKIPPED:
            tap.skip_all(done.stderr.strip().splitlines()[-1])
        tap.equal(done.returncode, 0, f"count_accept ({done.stderr.strip()[-400:]})")
        counts = {}
        for path in Path(scratch).glob("out.*"):
            text = path.read_text()
            name = re.search(r"^desc: Trigger: Client Request: (\S+)$", text, re.MULTILINE)
            total = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
            if name and total:
                counts[name[1]] = int(total[1])
    return counts


def count_all():
    with tempfile.TemporaryDirectory() as scratch:
        manifest = Path(scratch) / "manifest.txt"
        for name, (_, payload) in OWN.items():
            (Path(scratch) / name).write_bytes(payload)
        manifest.write_text("".join(f"{name} {row[0]}\n" for name, row in OWN.items()))
        counts = count(OWN_SET, manifest, scratch)
    if (SHARED / "manifest.txt").exists():
        counts |= count(SHARED / "schemas.binpb", SHARED / "manifest.txt", SHARED)
    return counts


def read_counts():
    lines = [line.split() for line in COUNTS.read_text().splitlines() if line and not line.startswith("#")]
    return {name: int(instructions) for name, instructions in lines}


def write_counts(measured):
    counts = read_counts() | measured
    head = [line for line in COUNTS.read_text().splitlines() if line.startswith("#")]
    rows = [f"{name:<45} {counts[name]:>12}" for name in sorted(counts)]
    COUNTS.write_text("\n".join(head + rows) + "\n")


def compare(name, got, want):
    if got < want * (1 - SLACK):
        print(f"# {name}: {got} instructions, and counts.txt says {want}: write it down (--write)")
    tap.check(got <= want * (1 + SLACK),
              f"{name}: {got} instructions, {100 * got / want - 100:.1f} % more than the {want} of counts.txt")


def main():
    if not os.environ.get("SLUICE_COUNT_ACCEPT"):
        tap.skip_all("instructions are counted in optimized builds of gcc 12, with valgrind's headers")
    if not shutil.which("valgrind"):
        tap.skip_all("valgrind is not installed; scripts/setup --test brings it")
    measured = count_all()
    if "--write" in sys.argv:
        write_counts(measured)
        return
    known = read_counts()

    @tap.case
    def every_payload_has_a_count():
        tap.equal(sorted(set(measured) - set(known)), [], "payloads without a count (--write)")

    @tap.case
    def every_count_has_a_payload():
        missing = sorted(set(known) - set(measured))
        if missing and not (SHARED / "manifest.txt").exists():
            tap.skip(f"{len(missing)} payloads are not there: {SHARED} is kept beside the repository")
        tap.equal(missing, [], "counts without a payload: take them out of counts.txt")

    for name in sorted(set(measured) & set(known)):
        tap.add(f"{name} takes no more instructions", lambda name=name: compare(name, measured[name], known[name]))
    tap.main()


if __name__ == "__main__":
    main()
