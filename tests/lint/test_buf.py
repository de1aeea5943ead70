"""buf, asked live, finds what we find: in every case of cases.txt with all rules, and in 8,000 published files.

Argument: the program lint_findings.
"""

import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tap

sys.path.insert(0, str(Path(tap.source_root()) / "tests" / "cli"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import cases  # noqa: E402  (beside this file)
from program import sluice  # noqa: E402

CORPORA = Path(subprocess.run([Path(tap.source_root()) / "scripts" / "corpora", "--print-dir"], check=True,
                              capture_output=True, text=True).stdout.strip())
BUF = next(iter(sorted((CORPORA / "npm/node_modules/@bufbuild").glob("buf-linux-*/bin/buf"))), None)
if not BUF:
    tap.skip_all("buf is not there; run scripts/corpora", "SLUICE_REQUIRE_CORPORA")
lint_findings = sys.argv[1]
FOLDER = Path(tempfile.mkdtemp(prefix="sluice-lint-buf-"))
RULES = list(cases.rules())
FOUND = 100  # buf's exit status when it has findings

# Options of `sluice lint` → keys of buf.yaml.
KEYS = {"--enum-zero-value-suffix": "enum_zero_value_suffix", "--service-suffix": "service_suffix",
        "--rpc-allow-same-request-response": "rpc_allow_same_request_response",
        "--rpc-allow-google-protobuf-empty-requests": "rpc_allow_google_protobuf_empty_requests",
        "--rpc-allow-google-protobuf-empty-responses": "rpc_allow_google_protobuf_empty_responses",
        "--disallow-comment-ignores": "disallow_comment_ignores"}


def configuration(options):
    lint, rest = {"use": RULES}, list(options)
    while rest:
        word = rest.pop(0)
        lint[KEYS[word]] = rest.pop(0) if word.endswith("-suffix") else True
    return json.dumps({"version": "v2", "lint": lint})


def buf_findings(what, options, root=None):
    run = subprocess.run([BUF, "lint", what, "--error-format=json", "--config", configuration(options)],
                         capture_output=True, text=True, cwd=FOLDER)
    if run.returncode not in (0, FOUND):
        raise RuntimeError(f"buf: exit status {run.returncode}: {run.stderr or run.stdout}")
    found = []
    for finding in map(json.loads, run.stdout.splitlines()):
        path = finding.get("path", "-")
        path = str(Path(path).resolve().relative_to(root)) if root and path != "-" else path
        found.append(f"{finding['type']}@{path}:{finding.get('start_line') or 1}:{finding.get('start_column') or 1}")
    return sorted(found)


def our_findings(root, options):
    ran = sluice("lint", root, "--format", "json", *options, *[word for rule in RULES for word in ("--use", rule)])
    tap.check(ran.status in (0, 1), f"exit status {ran.status}: {ran.err}")
    return sorted(f"{f['rule']}@{Path(f['file']).resolve().relative_to(root.resolve())}:{f.get('line', 1)}:{f.get('column', 1)}"
                  for f in map(json.loads, ran.out.splitlines()))


def has_rules_of_values(case):
    return any("buf/validate/validate.proto" in line for lines in case.files.values() for line in lines)


@tap.case
def rules_of_values_are_judged_alike():
    """buf has no built-in imports, so it gets a set. In a literal it would find the line inside, had it the source."""
    options, judged = ["--use", "PROTOVALIDATE"], 0
    for case in filter(has_rules_of_values, cases.read_cases()):
        root = case.write(FOLDER / "values").resolve()
        image = root / "set.binpb"
        ran = sluice("compile", "--include_imports", "--include_source_info", "-I", root, "-o", image, root)
        tap.equal(ran.status, 0, ran.err)
        theirs = [text for text in buf_findings(image, []) if text.startswith("PROTOVALIDATE@") and "@buf/" not in text]
        ran = sluice("lint", root, "--format", "json", *options)
        ours = sorted(f"{f['rule']}@{Path(f['file']).relative_to(root)}:{f['line']}:{f['column']}"
                      for f in map(json.loads, ran.out.splitlines()))
        tap.equal(ours, theirs, str(case))
        judged += len(theirs)
    tap.check(judged > 60, f"only {judged} findings")


@tap.case
def cases_are_judged_alike():
    all_cases = [case for case in cases.read_cases() if not has_rules_of_values(case)]
    roots = [case.write(FOLDER / "cases").resolve() for case in all_cases]
    with ThreadPoolExecutor(max_workers=2) as pool:
        theirs = list(pool.map(lambda pair: buf_findings(pair[1], pair[0].options, pair[1]), zip(all_cases, roots)))
    for case, root, want in zip(all_cases, roots, theirs):
        tap.equal(our_findings(root, case.options), want, str(case))
    seen = {text.split("@")[0] for found in theirs for text in found}
    tap.equal(seen, set(RULES) - {"PROTOVALIDATE"}, "rules that were met")


def identifiers():
    """Names with every kind of border between words; the same on each run."""
    parts = ["a", "A", "b1", "B2", "1", "_", "__", "Foo", "BAR", "x9Y", "iOS"]
    names = {"".join((one, two, three)) for one in parts for two in parts for three in parts}
    return sorted(name for name in names if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.strip("_"))


@tap.case
def names_are_split_into_words_alike():
    names = identifiers()
    root = FOLDER / "names" / "acme" / "v1"
    root.mkdir(parents=True)
    lines = ['syntax = "proto3";', "package acme.v1;"]
    for number, name in enumerate(names):
        lines += [f"message M{number} {{", f"  message {name} {{}}", f"  enum E{name} {{", f"    Z{name} = 0;", "  }",
                  f"  int32 f{name} = 1;", f"  oneof o{name} {{ int32 other = 2; }}", "}"]
    (root / "names.proto").write_text("\n".join(lines) + "\n")
    tap.check(len(names) > 1000, f"only {len(names)} names")
    top = root.parent.parent
    ours, theirs = (collections.Counter(found) for found in (our_findings(top, []), buf_findings(top, [], top.resolve())))
    tap.equal(sorted((ours - theirs).elements())[:20], [], "what only we find")
    tap.equal(sorted((theirs - ours).elements())[:20], [], "what only buf finds")


@tap.case
def published_files_are_judged_alike():
    published = CORPORA / "google" / "source.binpb"
    if not published.is_file():
        tap.skip("google-proto-files are not there; run scripts/corpora", "SLUICE_REQUIRE_CORPORA")
    run = subprocess.run([lint_findings, published], check=True, capture_output=True, text=True)
    ours = collections.Counter(line for line in run.stdout.splitlines() if not line.startswith("IMPORT_USED@"))
    theirs = collections.Counter(buf_findings(published, []))
    tap.equal(sorted((ours - theirs).elements())[:20], [], "what only we find")
    tap.equal(sorted((theirs - ours).elements())[:20], [], "what only buf finds")
    tap.check(sum(theirs.values()) > 90000, f"only {sum(theirs.values())} findings")


@tap.case
def imports_are_unused_where_protoc_says_so():
    log = CORPORA / "google" / "protoc.log"
    if not log.is_file():
        tap.skip("google-proto-files are not there; run scripts/corpora", "SLUICE_REQUIRE_CORPORA")
    unused = re.compile(r"google-proto-files/(.*?):(\d+):(\d+): warning: Import \S+ is unused")
    want = {f"IMPORT_USED@{path}:{line}:{column}" for path, line, column in unused.findall(log.read_text())}
    run = subprocess.run([lint_findings, CORPORA / "google" / "source.binpb", "IMPORT_USED"], check=True,
                         capture_output=True, text=True)
    tap.equal(sorted(set(run.stdout.splitlines()) ^ want)[:20], [], "differences")
    tap.check(len(want) > 400, f"only {len(want)} warnings")


try:
    tap.main()
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
