"""buf, asked live, agrees with what is committed and with what we find.

The committed truth of tests/compat/cases is made again and must be the same. Then schemas that nobody paired by hand are
set against each other (the old side of one case, the new side of another, chosen by a fixed seed; as most of them share
their names, nearly every rule meets them) and both buf and we are asked. Last, 8,000 published files are compatible with
themselves. Argument: the program compat_findings.
"""

import random
import subprocess
import sys
from pathlib import Path

import tap

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from places import as_buf_places, load_make_cases  # noqa: E402  (beside this file)

CROSSED_PAIRS = 200 if tap.samples() else 2500
ASKED_ALONE = 8  # of them in calls of their own, too
SEED = 20261122


make_cases = load_make_cases()
protoc, buf = make_cases.default_protoc(), make_cases.default_buf()
if not protoc or not buf:
    tap.skip_all("buf and protoc are not there; run scripts/corpora", "SLUICE_REQUIRE_CORPORA")
compat_findings = sys.argv[1]


def our_findings(pairs):
    """For each pair of paths, category → sorted findings."""
    paths = [str(path) for pair in pairs for path in pair]
    run = subprocess.run([compat_findings, *paths], check=True, capture_output=True, text=True)
    lines = [line.split(" ") for line in run.stdout.splitlines()]
    step = len(make_cases.CATEGORIES)
    tap.equal(len(lines), step * len(pairs), "lines of output")
    return [{words[0]: words[1:] for words in lines[i:i + step]} for i in range(0, len(lines), step)]


def expected(findings, categories, category):
    return sorted(text for text in findings if category in categories[text.split("@")[0]])


def is_alone(case):
    """Both sides are one file, case.proto."""
    sides = [make_cases.CASES / case / f"{side}.proto" for side in ("old", "new")]
    return all(side.is_file() for side in sides)


def crossed_pairs():
    """Pairs of sets whose files have the same paths, so that there is something to compare."""
    single = [name for name in make_cases.all_cases() if is_alone(name)]
    chooser = random.Random(SEED)
    return [(make_cases.CASES / chooser.choice(single) / f"{chooser.choice(['old', 'new'])}.binpb",
             make_cases.CASES / chooser.choice(single) / f"{chooser.choice(['old', 'new'])}.binpb")
            for _ in range(CROSSED_PAIRS)]


@tap.case
def what_is_committed_is_what_buf_says_now():
    lines, stale = make_cases.truth_of(protoc, buf, make_cases.all_cases(), check=True)
    committed = make_cases.TRUTH.read_text().splitlines()
    tap.equal(stale, [], "descriptor sets that protoc writes otherwise")
    tap.equal([line for line in lines if line not in committed], [], "lines that buf.txt lacks")
    tap.equal(len(lines), len(committed), "lines of buf.txt")


@tap.case
def crossed_schemas_are_judged_alike():
    pairs = crossed_pairs()
    categories = make_cases.buf_rules(buf)
    ours = our_findings(pairs)
    theirs = make_cases.ask_together(buf, pairs)
    alone = pairs[:ASKED_ALONE]
    tap.equal(make_cases.ask_alone(buf, alone), theirs[:ASKED_ALONE], "what buf finds when it is asked about each pair alone")
    seen = set()
    for (old, new), got, found in zip(pairs, ours, theirs):
        if found == ["?"]:
            continue
        seen |= {text.split("@")[0] for text in found}
        for category in make_cases.CATEGORIES:
            want = expected(found, categories, category)
            tap.equal(as_buf_places(got[category], want), want, f"{old.relative_to(make_cases.CASES)} against "
                                           f"{new.relative_to(make_cases.CASES)} at {category}")
    tap.check(len(seen) > 50, f"only {len(seen)} of {len(categories)} rules were met")


@tap.case
def published_schemas_are_compatible_with_themselves():
    published = make_cases.corpora_dir() / "google" / "all.binpb"
    if not published.is_file():
        tap.skip("google-proto-files are not there; run scripts/corpora", "SLUICE_REQUIRE_CORPORA")
    tap.equal(our_findings([(published, published)]), [{name: [] for name in make_cases.CATEGORIES}], "findings")


tap.main()
