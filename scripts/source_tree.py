"""The files of this repository, for the checks that read all of them.

In a git work tree: what is tracked, and what is new and not ignored, so that a file is checked before it is committed.
Elsewhere (a release archive, a tree that git refuses to read): everything but build folders and hidden ones.
"""

import os
import re
import subprocess
from pathlib import Path

C_SUFFIXES = (".c", ".h", ".cc", ".def")

_SKIPPED_DIRS = re.compile(r"^(\..*|build.*|var|node_modules|__pycache__)$")


def files(root):
    """Every file below `root`, as sorted POSIX paths relative to it."""
    root = Path(root)
    listed = _files_of_git(root)
    if listed is None:
        listed = _files_of_walk(root)
    return sorted(path for path in listed if (root / path).is_file())


def c_files(root):
    """The C (and C++) sources, headers and tables among them."""
    return [path for path in files(root) if path.endswith(C_SUFFIXES)]


def read(root, path):
    """The text of a file; bytes that are not UTF-8 come back as U+FFFD."""
    return (Path(root) / path).read_text(encoding="utf-8", errors="replace")


def blank_comments(text, keep_strings=True):
    """C text with every comment blanked, and string and character literals too unless kept.

    Newlines stay, so that line numbers do; so do the quotes of what is blanked.
    """
    def blank(match):
        token = match.group(0)
        if token[0] in "\"'":
            if keep_strings:
                return token
            return token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[-1]
        return re.sub(r"[^\n]", " ", token)

    return _TOKENS.sub(blank, text)


_TOKENS = re.compile(
    r"""/\*.*?(?:\*/|\Z)        # block comment
      | //(?:\\\n|[^\n])*       # line comment
      | "(?:\\.|[^"\\\n])*"     # string
      | '(?:\\.|[^'\\\n])*'     # character
    """,
    re.DOTALL | re.VERBOSE)


def _files_of_git(root):
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return set(done.stdout.decode("utf-8", "surrogateescape").split("\0")) - {""}


def _files_of_walk(root):
    found = set()
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if not _SKIPPED_DIRS.match(name)]
        for name in names:
            found.add((Path(folder) / name).relative_to(root).as_posix())
    return found
