#!/usr/bin/env python3
"""Are the verdicts and bytes in tests/compiler/options protoc's, and sluice's?

    options_truth.py [--record] [--show] [NAME]

Each case of options/*.cases is put into its frame (see the head of values.cases) and given to protoc 36, which scripts/corpora fetches,
and to sluice. Both must say the same, and write the same bytes, source info included. A case whose recorded verdict is not protoc's fails;
--record writes protoc's verdicts into the files. With NAME only the cases that have it in theirs; --show tells what both say.
"""

import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = HERE / "options"
SLUICE = pathlib.Path(os.environ.get("SLUICE_BUILD_ROOT", ROOT / "build")) / "cli" / "sluice"
sys.path.insert(0, str(HERE.parent / "support"))
import tap  # noqa: E402

HEAD = re.compile(r"^--- (\w+) \| (\S+) \| (refuse|accept.*)$")
FRAME = re.compile(r"^(p2|p3|\d+)(?:\.([mes]))?(?:@([\w.]*))?((?:[+-]\w+)*)$")
WRAPS = {"m": ("message M { ", "}\n"), "e": ("enum E { A = 0; ", "}\n"), "s": ("message M {} service S { ", "}\n")}


def framed(frame, text):
    edition, wrap, package, imports = FRAME.match(frame).groups()
    start = f'syntax = "proto{edition[1]}"; ' if edition[0] == "p" else f'edition = "{edition}"; '
    package = "t" if package is None else package
    start += f"package {package};" if package else ""
    for sign, name in re.findall(r"([+-])(\w+)", imports):
        start += f' import {"option " if sign == "-" else ""}"{name}.proto";'
    before, after = WRAPS.get(wrap, ("", ""))
    return f"{start}\n{before}{text}{after}"


def read(path):
    """[[line index of the head, name, frame, verdict, text]]"""
    cases, lines = [], path.read_text().splitlines(keepends=True)
    for number, line in enumerate(lines):
        head = HEAD.match(line.rstrip("\n"))
        if head:
            cases.append([number, *head.groups(), ""])
        elif cases:
            cases[-1][4] += line
    return lines, cases


def run(command, folder, out):
    done = subprocess.run(
        [*command, "-I", str(folder), "-I", str(FOLDER), "--include_source_info", "-o", str(folder / out), "case.proto"],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        return "refuse", done.stderr
    digest = hashlib.sha256(file_of(folder / out)).hexdigest()[:16]
    return f"accept {digest}", done.stderr


def file_of(path):
    """The one file of a FileDescriptorSet: what follows its tag and length."""
    data, at = path.read_bytes(), 1
    while data[at] & 0x80:
        at += 1
    return data[at + 1 :]


def judge(protoc, case):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "case.proto").write_text(framed(case[2], case[4]))
        return run([protoc], folder, "protoc.binpb"), run([SLUICE, "compile", "--exclude-imports"], folder, "sluice.binpb")


def protoc_path():
    done = subprocess.run([str(ROOT / "scripts" / "corpora"), "--print-protoc"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def record(path, lines, cases, verdicts):
    for case, (protoc, _) in zip(cases, verdicts):
        lines[case[0]] = f"--- {case[1]} | {case[2]} | {protoc[0]}\n"
    path.write_text("".join(lines))


def tell(number, stem, case, verdicts, shows):
    (want, said), (got, told) = verdicts
    is_same = want == got == case[3]
    print(f"{'ok' if is_same else 'not ok'} {number} - {stem}: {case[1]}: protoc says {want}" + ("" if want == got else f", sluice {got}"))
    if shows or want != got:
        for line in (said + told).splitlines():
            print(f"# {line}")
    return is_same


def main():
    args = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
    protoc = protoc_path()
    if not protoc:
        tap.skip_all("SLUICE_REQUIRE_CORPORA", "protoc is not there; run scripts/corpora")
    results = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path in sorted(FOLDER.glob("*.cases")):
            lines, cases = read(path)
            cases = [case for case in cases if not args or args[0] in case[1]]
            verdicts = list(pool.map(lambda case: judge(protoc, case), cases))
            if "--record" in sys.argv:
                record(path, lines, cases, verdicts)
                cases = [[*case[:3], verdict[0][0], case[4]] for case, verdict in zip(cases, verdicts)]
            results += [(path.stem, case, verdict) for case, verdict in zip(cases, verdicts)]
    print(f"1..{len(results)}")
    good = [tell(number, *result, "--show" in sys.argv) for number, result in enumerate(results, 1)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
