"""Small made-up source trees, for testing the checks that read whole trees."""

import sys
import tempfile
from pathlib import Path

import tap

sys.path.insert(0, str(Path(tap.source_root()) / "scripts"))


def check(check_tree, files):
    """What `check_tree` says of a tree of {path: text}."""
    with tempfile.TemporaryDirectory(prefix="sluice-tree-") as folder:
        for path, text in files.items():
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(text, bytes):
                place.write_bytes(text)
            else:
                place.write_text(text, encoding="utf-8")
        return check_tree(folder)


def expect(check_tree, files, *breaches):
    """Each breach is (start of the line, part of it); in order, and none besides."""
    said = check(check_tree, files)
    tap.equal(len(said), len(breaches), "\n".join(["breaches"] + said))
    for line, (place, part) in zip(said, breaches):
        tap.check(line.startswith(place), f"{line!r} does not start with {place!r}")
        tap.contains(line, part)
