"""Published files with one or two changes in each: buf, asked live, and `sluice breaking` find the same.

google-proto-files is the old side. In the new one some thousand files are changed as tests/compat/mutate.py says, all in one tree, so
that each program is asked once; each finding names its file. What does not compile afterwards, or keeps another file from compiling, is
taken back. The whole multisets of (rule, file, line, column) are compared, for each of the five categories that we share with buf.

$SLUICE_MUTATIONS is how many files are changed, at most: 300 if it is not set, 8017 are all. $SLUICE_MUTATIONS_SEED chooses others. As
3,900 changes are left of 8,017 files, two seeds make 7,700.
"""

import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "cli"))
import mutate  # noqa: E402
from program import sluice  # noqa: E402
from places import as_buf_places, load_make_cases  # noqa: E402

SEED = os.environ.get("SLUICE_MUTATIONS_SEED", "20261125")
MUTATIONS = int(os.environ.get("SLUICE_MUTATIONS", "300"))
LARGEST = 60000  # characters of a file
TAKEN_BACK_MOST = 30

make_cases = load_make_cases()
buf = make_cases.default_buf()
SOURCE = make_cases.corpora_dir() / "npm/node_modules/google-proto-files"
LIST = make_cases.corpora_dir() / "google/together.txt"
if not buf or not LIST.is_file():
    tap.skip_all("buf and google-proto-files are not there; run scripts/corpora", "SLUICE_REQUIRE_CORPORA")
FOLDER = Path(tempfile.mkdtemp(prefix="sluice-mutations-"))


def chosen_files():
    """As many as are asked for, spread over all packages; the same ones come first however many are asked for."""
    names = LIST.read_text().split()
    random.Random(SEED).shuffle(names)
    return [name for name in names if (SOURCE / name).stat().st_size < LARGEST][:MUTATIONS]


def compile_tree(folder, mains, out):
    """None, or the files that are in the way."""
    listed = FOLDER / "mains.txt"
    listed.write_text("".join(f"{folder / name}\n" for name in mains))
    ran = sluice("compile", "-I", folder, "--include_imports", "--include_source_info", "--format", "json", "-o", out, f"@{listed}")
    if ran.status == 0:
        return set()
    return {finding["file"] for finding in map(json.loads, (ran.out + ran.err).splitlines()) if finding.get("severity") == "error"}


def imports_of(folder, name):
    return {line.split('"')[1] for line in (folder / name).read_text().splitlines() if line.startswith("import ") and '"' in line}


def others_than_proto(folder, names):
    return [name for name in names if not name.endswith(".proto") and not (Path(folder) / name).is_dir()]


def make_new_side(mains):
    """The changed tree as a set; and what was changed in which file."""
    new, changed = FOLDER / "new", {}
    shutil.copytree(SOURCE, new, ignore=others_than_proto)
    for name in mains:
        text, kinds = mutate.mutate((SOURCE / name).read_text(), random.Random(f"{SEED} {name}"))
        if text is not None:
            (new / name).write_text(text)
            changed[name] = kinds
    for _ in range(TAKEN_BACK_MOST):
        bad = compile_tree(new, mains, FOLDER / "new.binpb")
        if not bad:
            return changed
        guilty = {str(Path(path).relative_to(new)) if Path(path).is_absolute() else path for path in bad}
        back = guilty & set(changed)
        for name in guilty - back:
            back |= imports_of(new, name) & set(changed)
        tap.check(back, f"{sorted(guilty)[:3]} do not compile, and nothing of theirs was changed")
        for name in back:
            shutil.copy(SOURCE / name, new / name)
            del changed[name]
    raise tap.Failed("the changed tree still does not compile")


def buf_findings():
    found = make_cases.run_buf(buf, FOLDER / "old.binpb", FOLDER / "new.binpb")
    return [make_cases.as_text(finding, finding.get("path", "-")) for finding in found]


def our_findings(category):
    ran = sluice("breaking", FOLDER / "new.binpb", "--against", FOLDER / "old.binpb", "--use", category, "--with-imports", "--format", "json")
    tap.check(ran.status in (0, 1), f"exit status {ran.status}: {ran.err}")
    return [f"{f['rule']}@{f.get('file') or '-'}:{max(f.get('line', 1), 1)}:{max(f.get('column', 1), 1)}"
            for f in map(json.loads, ran.out.splitlines())]


@tap.case
def changed_files_are_judged_alike():
    mains = chosen_files()
    tap.equal(compile_tree(SOURCE, mains, FOLDER / "old.binpb"), set(), "files that do not compile as published")
    changed = make_new_side(mains)
    print(f"# {len(changed)} files changed, {sum(map(len, changed.values()))} changes", flush=True)
    tap.check(len(changed) > len(mains) // 3, f"only {len(changed)} of {len(mains)} files are changed")
    categories = make_cases.buf_rules(buf)
    theirs = buf_findings()
    for category in make_cases.CATEGORIES:
        want = [text for text in theirs if category in categories[text.split("@")[0]]]
        got = as_buf_places(our_findings(category), want)
        ours, others = collections.Counter(got), collections.Counter(want)
        print(f"# {category}: {len(want)} findings of {len({text.split('@')[0] for text in want})} rules", flush=True)
        tap.equal(sorted((ours - others).elements())[:20], [], f"what only we find at {category}")
        tap.equal(sorted((others - ours).elements())[:20], [], f"what only buf finds at {category}")


try:
    tap.main()
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
