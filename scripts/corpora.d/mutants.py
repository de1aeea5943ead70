#!/usr/bin/env python3
"""Files with one token changed, and what protoc says of them: made once by scripts/corpora, replayed by the test compiler-mutants.

    mutants.py --protoc PROTOC --google FOLDER --cases FOLDER --out FOLDER --count N

A mutant is a good file of which one token was deleted, doubled, swapped with another, given another number, another name
or another string, or a statement repeated. The good files are those of google-proto-files (the small ones twice, Protobuf's own, which use more of
the language, many times) and the accepted cases of tests/compiler/grammar, which use all of it.

Which mutants there are is fixed by a seed and by each file alone: every pair of a file and a number has a place in one order,
and the first N are taken. So more mutants, or another grammar case, leave the others as they are, and protoc, which takes a process
for each, is asked only about what is new: its answers are kept under the hash of all that they depend on.

mutants.tsv, a line for each: root, path, offset, bytes taken out there, bytes put in (hex), what was done, verdict. A root is a folder
below the cache folder; the verdict is accept, warn (accept, with a warning) or refuse. What protoc crashes on is left out.
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

WORKERS = 2
SEED = "20261125"
LARGEST = 12000  # bytes of a good file: protoc reads it with all its imports for every mutant
MUTANTS_OF_GOOGLE, MUTANTS_OF_PROTOBUF, MUTANTS_OF_CASE = 2, 80, 16
TOKEN = re.compile(
    rb'(?P<skip>//[^\n]*|/\*.*?\*/|\s+)|(?P<string>"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')'
    rb"|(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<number>\.?[0-9](?:[eE][+-]|[A-Za-z_0-9.])*)|(?P<other>.)",
    re.DOTALL,
)
WORDS = (
    b"message enum service rpc returns stream extend extensions reserved max to option optional required repeated oneof map group "
    b"int32 int64 uint32 sint64 fixed32 bool string bytes double float true false inf nan default json_name packed import public "
    b"weak package syntax edition export local features deprecated M E S key value"
).split()
NUMBERS = [0, 1, 2, 3, 15, 16, 100, 1000, 18999, 19000, 19999, 20000, 536870911, 536870912, 2147483647, 2147483648]
NUMBERS += [4294967296, 18446744073709551615, 18446744073709551616]
OTHERS = [b"{", b"}", b"(", b")", b"[", b"]", b"<", b">", b";", b",", b"=", b".", b":", b"-", b"/"]


def tokens_of(text):
    """[(kind, begin, end)] without space and comments"""
    found = []
    for match in TOKEN.finditer(text):
        if match.lastgroup != "skip":
            found.append((match.lastgroup, match.start(), match.end()))
    return found


def another_number(text, rng):
    try:
        here = int(text, 0)
    except ValueError:
        here = 1
    choices = [here + 1, max(0, here - 1), here + rng.randrange(2, 10), rng.choice(NUMBERS)]
    return str(rng.choice(choices)).encode()


def another_of(text, kind, tokens, at, rng):
    """Another token of the same kind from the same file, or one of ours."""
    begin, end = tokens[at][1:]
    here = text[begin:end]
    same = [text[b:e] for k, b, e in tokens if k == kind and text[b:e] != here]
    if kind == "number":
        return rng.choice(same) if same and rng.random() < 0.4 else another_number(here, rng)
    if kind == "word":
        if same and rng.random() < 0.6:
            return rng.choice(same)
        return rng.choice([rng.choice(WORDS), here + b"x", here.lower(), here.upper(), here.swapcase(), b"_" + here])
    if kind == "string":
        cut = here[:-2] + here[-1:] if len(here) > 2 else b'"x"'
        return rng.choice(same) if same and rng.random() < 0.5 else rng.choice([cut, b'""', here + here, b'"\\xff"', b"word", b"7"])
    return rng.choice([other for other in OTHERS if other != here])


def statement_around(text, tokens, at):
    """First and last byte of the statement that token `at` stands in, if it is a simple one."""
    first = last = at
    while first > 0 and text[tokens[first - 1][1] : tokens[first - 1][2]] not in (b";", b"{", b"}"):
        first -= 1
    while last + 1 < len(tokens) and text[tokens[last][1] : tokens[last][2]] not in (b";", b"{", b"}"):
        last += 1
    return tokens[first][1], tokens[last][2]


def swap(text, tokens, at, rng):
    """With the next one, or with any of its kind behind it."""
    kind, begin, end = tokens[at]
    same = [token for token in tokens[at + 1 :] if token[0] == kind]
    other = rng.choice(same) if same and rng.random() < 0.7 else tokens[min(at + 1, len(tokens) - 1)]
    second, last = other[1:]
    if second < end:
        return begin, 0, b"", "swap"
    return begin, last - begin, text[second:last] + text[end:second] + text[begin:end], "swap"


def mutate(text, tokens, rng):
    """(offset, bytes taken out, bytes put in, what was done)"""
    weights = [{"word": 4, "number": 6, "string": 3}.get(kind, 1) for kind, _, _ in tokens]
    at = rng.choices(range(len(tokens)), weights)[0]
    kind, begin, end = tokens[at]
    deed = rng.choice(["delete", "double", "repeat", "swap", "swap", "change", "change", "change", "change"])
    if deed == "delete":
        return begin, end - begin, b"", "delete"
    if deed == "double":
        return end, 0, b" " + text[begin:end], "double"
    if deed == "repeat":
        first, last = statement_around(text, tokens, at)
        return last, 0, b" " + text[first:last], "repeat"
    if deed == "swap":
        return swap(text, tokens, at, rng)
    changed = {"number": "renumber", "word": "rename", "string": "restring"}.get(kind, "replace")
    return begin, end - begin, another_of(text, kind, tokens, at, rng), changed


def write_cases(source, out):
    """The accepted cases as folders below `out`: {name: path}"""
    sys.path.insert(0, str(source.parent))
    import grammar_truth

    for cases in sorted(source.glob("*.cases")):
        for case in grammar_truth.read(cases)[1]:
            if case[3] == "refuse":
                continue
            for path, text in grammar_truth.files_of(case).items():
                file = out / cases.stem / case[1] / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text)
            yield f"{cases.stem}/{case[1]}"


def good_files(args):
    """(root below the cache folder, path, how many mutants)"""
    base = args.out.parent
    google = args.google.relative_to(base)
    for path in sorted(args.google.rglob("*.proto")):
        name = path.relative_to(args.google).as_posix()
        is_protobuf = name.startswith("google/protobuf/")
        if path.stat().st_size <= LARGEST or name == "google/protobuf/descriptor.proto":
            yield str(google), name, MUTANTS_OF_PROTOBUF if is_protobuf else MUTANTS_OF_GOOGLE
    for name in write_cases(args.cases, args.out / "cases"):
        yield f"mutants/cases/{name}", "case.proto", MUTANTS_OF_CASE


def in_order(args):
    pairs = []
    for root, path, count in good_files(args):
        for number in range(count):
            name = f"{SEED}/{root}/{path}/{number}"
            pairs.append((hashlib.sha256(name.encode()).digest(), name, root, path))
    return sorted(pairs)


def root_hash(args, root):
    """What a root's other files are: the package, which the cache folder pins, or the files themselves."""
    digest = hashlib.sha256(root.encode())
    if root.startswith("mutants/"):
        for path in sorted((args.out.parent / root).rglob("*")):
            if path.is_file():
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()


def judge(args, root, path, text):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
        command = [args.protoc, "-I", folder, "-I", str(args.out.parent / root), "-o", os.devnull, path]
        done = subprocess.run(command, capture_output=True, check=False, cwd=folder)
    if done.returncode < 0:
        return "crash"
    if done.returncode != 0:
        return "refuse"
    return "warn" if b": warning: " in done.stderr else "accept"


def known_verdicts(path):
    if not path.exists():
        return {}
    return dict(line.split("\t") for line in path.read_text().splitlines() if line.count("\t") == 1)


def make(args, pair):
    """One mutant, and the key of its verdict; None if it is no other file than the good one."""
    _, name, root, path = pair
    text = (args.out.parent / root / path).read_bytes()
    tokens = tokens_of(text)
    if not tokens:
        return None
    offset, taken, put, deed = mutate(text, tokens, random.Random(name))
    mutant = text[:offset] + put + text[offset + taken :]
    if mutant == text:
        return None
    key = hashlib.sha256(root_hash(args, root) + path.encode() + b"\0" + mutant).hexdigest()
    return root, path, offset, taken, put, deed, mutant, key


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--protoc", required=True)
    parser.add_argument("--count", type=int, required=True)
    for folder in ("--google", "--cases", "--out"):
        parser.add_argument(folder, type=pathlib.Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    pairs = in_order(args)
    verdicts = known_verdicts(args.out / "verdicts.tsv")
    written = 0

    with open(args.out / "verdicts.tsv", "a", buffering=1) as log, open(args.out / "mutants.new", "w") as table:

        def answer(pair):
            mutant = make(args, pair)
            if mutant and mutant[-1] not in verdicts:
                verdicts[mutant[-1]] = judge(args, mutant[0], mutant[1], mutant[-2])
                log.write(f"{mutant[-1]}\t{verdicts[mutant[-1]]}\n")
            return mutant

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for start in range(0, len(pairs), 500):
                for mutant in pool.map(answer, pairs[start : start + 500]):
                    if not mutant or verdicts[mutant[-1]] == "crash" or written == args.count:
                        continue
                    root, path, offset, taken, put, deed, _, key = mutant
                    table.write(f"{root}\t{path}\t{offset}\t{taken}\t{put.hex()}\t{deed}\t{verdicts[key]}\n")
                    written += 1
                print(f"mutants: {written} of {args.count}", file=sys.stderr)
                if written == args.count:
                    break
    if written < args.count:
        raise SystemExit(f"mutants: there are only {written}")
    os.replace(args.out / "mutants.new", args.out / "mutants.tsv")


if __name__ == "__main__":
    main()
