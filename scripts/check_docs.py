#!/usr/bin/env python3
"""Do the documents point at what is there?

    scripts/check_docs.py [ROOT]

In every Markdown file: a relative link leads to a file of the tree, and to a heading of it where it names one; a path in
backticks that begins with a folder of the tree names something in it. `*` stands for part of a name, `{a,b}` for either.
Prints `file:line: what`; exits 1 if it printed anything.
"""

import fnmatch
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import source_tree  # noqa: E402

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"^\.?/?[\w.*{},-]+(?:/[\w.*{},-]*)+$")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)

# Made when the program runs or is built, so not in the tree.
MADE = ("build", "build-*", "var")


class Tree:
    """The files of a tree, and the folders that they make."""

    def __init__(self, root):
        self.root = root
        self.files = set(source_tree.files(root))
        self.folders = {"/".join(path.split("/")[:depth]) for path in self.files for depth in range(1, path.count("/") + 1)}
        self.tops = {folder for folder in self.folders if "/" not in folder}

    def has(self, pattern):
        pattern = pattern.rstrip("/")
        if "*" in pattern or "?" in pattern:
            return any(fnmatch.fnmatchcase(path, pattern) for path in self.files | self.folders)
        return pattern in self.files or pattern in self.folders


def expand(text):
    """a{b,c}d is abd and acd."""
    match = re.search(r"\{([^{}]*)\}", text)
    if not match:
        return [text]
    return [path for part in match[1].split(",") for path in expand(text[:match.start()] + part + text[match.end():])]


def anchors(text):
    """What GitHub makes of headings."""
    text = _FENCE.sub("", text)
    made = set()
    for heading in re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE):
        plain = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).lower()
        made.add(re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain)))
    return made


def check_link(tree, path, target):
    if re.match(r"[a-z]+:", target):
        return None
    place, _, anchor = target.partition("#")
    folder = path.rsplit("/", 1)[0] if "/" in path else ""
    wanted = path if not place else Path(folder, place).as_posix()
    parts = []
    for part in wanted.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    wanted = "/".join(parts)
    if not tree.has(wanted):
        return f"link to {target}: there is no {wanted}"
    if anchor and wanted.endswith(".md") and anchor not in anchors(source_tree.read(tree.root, wanted)):
        return f"link to {target}: {wanted} has no such heading"
    return None


def check_code(tree, text):
    if not _PATH.match(text):
        return None
    path = text.removeprefix("./")
    top = path.split("/", 1)[0]
    if top not in tree.tops or any(fnmatch.fnmatchcase(top, made) for made in MADE):
        return None
    missing = [wanted for wanted in expand(path) if not tree.has(wanted)]
    return f"`{text}`: there is no {missing[0]}" if missing else None


def check_text(tree, path, text):
    found = []
    plain = _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for number, line in enumerate(plain.split("\n"), 1):
        said = [check_link(tree, path, match[1]) for match in _LINK.finditer(line)]
        said += [check_code(tree, match[1]) for match in _CODE.finditer(line)]
        found += [f"{path}:{number}: {what}" for what in said if what]
    return found


def check_tree(root):
    tree = Tree(root)
    return [line for path in sorted(tree.files) if path.endswith(".md")
            for line in check_text(tree, path, source_tree.read(root, path))]


def main(arguments):
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__.strip())
        return 0 if arguments[0] in ("-h", "--help") else 2
    found = check_tree(Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
