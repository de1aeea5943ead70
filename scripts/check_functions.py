#!/usr/bin/env python3
"""How long, how deep, how wide: the size of every C function.

    scripts/check_functions.py [ROOT]

A function has at most 80 lines from brace to brace, control nested at most 4 deep, and at most 6 parameters. What is
larger is two functions, or a struct that has no name yet.

It reads clang-formatted code (a function's braces stand alone in the first column) with a small statement parser of its
own, not a compiler: macros are taken as they are written, and of `#if … #else` only the first branch counts. An `else if`
is as deep as its `if`. Prints `file:line: what, and what to do`; exits 1 if it printed anything.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import source_tree  # noqa: E402

MOST_LINES = 80
MOST_DEPTH = 4
MOST_PARAMETERS = 6

# Callbacks whose parameters a library dictates: (file, function).
DICTATED = {
    ("server/http/mhd.c", "on_request"),  # MHD_AccessHandlerCallback
    ("bench/http/bare.c", "on_request"),
}

_TOKEN = re.compile(r"[A-Za-z_]\w*|[{}()\[\];:?]|\n|[^\s\w]|\d\w*")
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w*)")
_LOOPS = ("for", "while", "switch")
_CONTROL = ("if", "do") + _LOOPS
_OPEN, _CLOSE = "([{", ")]}"


def plain(text):
    """Code alone: comments, literals, directives and second branches blanked, line for line."""
    lines = source_tree.blank_comments(text, keep_strings=False).split("\n")
    kept, branches, continued = [], [], False
    for line in lines:
        directive = _DIRECTIVE.match(line)
        is_code = not directive and not continued
        continued = (not is_code) and line.endswith("\\")
        word = directive[1] if directive else ""
        if word in ("if", "ifdef", "ifndef"):
            branches.append(True)
        elif word in ("else", "elif") and branches:
            branches[-1] = False
        elif word == "endif" and branches:
            branches.pop()
        kept.append(line if is_code and all(branches) else "")
    return kept


class Body:
    """A parser of statements that only asks how deep control is nested."""

    def __init__(self, lines, first_line):
        self.tokens = []
        for number, line in enumerate(lines, first_line):
            self.tokens += [(match[0], number) for match in _TOKEN.finditer(line)]
        self.at = 0
        self.deepest = 0
        self.deepest_line = first_line

    def peek(self, ahead=0):
        place = self.at + ahead
        return self.tokens[place][0] if place < len(self.tokens) else ""

    def measure(self):
        """Deepest nesting, and the line it begins at."""
        self.at = 1  # the function's own brace
        self.block(0)
        return self.deepest, self.deepest_line

    def block(self, depth):
        while self.at < len(self.tokens) and self.peek() != "}":
            self.statement(depth)
        self.at += 1

    def statement(self, depth):
        word = self.peek()
        if word == "{":
            self.at += 1
            self.block(depth)
        elif word == "if":
            self.if_statement(depth)
        elif word in _LOOPS:
            self.at += 1
            self.balanced()
            self.controlled(depth + 1)
        elif word == "do":
            self.at += 1
            self.controlled(depth + 1)
            self.simple()
        elif word in ("case", "default") or (self.peek(1) == ":" and word != "?"):
            self.label()
        else:
            self.macro_or_simple(depth)

    def controlled(self, depth):
        """The statement that a condition or a loop rules over."""
        if depth > self.deepest and self.at < len(self.tokens) and self.peek() != ";":
            self.deepest = depth
            self.deepest_line = self.tokens[self.at][1]
        self.statement(depth)

    def if_statement(self, depth):
        self.at += 1
        self.balanced()
        self.controlled(depth + 1)
        if self.peek() != "else":
            return
        self.at += 1
        if self.peek() == "if":
            self.if_statement(depth)
        else:
            self.controlled(depth + 1)

    def label(self):
        while self.at < len(self.tokens) and self.peek() not in (":", "}"):
            self.at += 1
        if self.peek() == ":":
            self.at += 1

    def balanced(self):
        """One bracketed group, with all that is in it."""
        level = 0
        while self.at < len(self.tokens):
            word = self.peek()
            self.at += 1
            if word in _OPEN:
                level += 1
            elif word in _CLOSE:
                level -= 1
            if level <= 0:
                return

    def macro_or_simple(self, depth):
        """`name(…) {` and `name(…) if` are loops written as macros; the rest ends at its semicolon."""
        start = self.at
        if re.match(r"[A-Za-z_]", self.peek()) and self.peek(1) == "(":
            self.at += 1
            self.balanced()
            if self.peek() == "{" or self.peek() in _CONTROL:
                self.controlled(depth + 1)
                return
        self.at = start
        self.simple()

    def simple(self):
        while self.at < len(self.tokens) and self.peek() != "}":
            word = self.peek()
            if word in _OPEN:
                self.balanced()
                continue
            self.at += 1
            if word == ";":
                return


def signature(before):
    """Name and parameter count of the function whose brace follows `before`; ('', 0) if it is none."""
    text = re.split(r"[;}]", before)[-1].rstrip()
    if not text.endswith(")"):
        return "", 0
    level, commas, at = 0, 0, len(text)
    while at > 0:
        at -= 1
        level += {")": 1, "(": -1}.get(text[at], 0)
        if text[at] == "," and level == 1:
            commas += 1
        if level == 0:
            break
    name = re.search(r"(\w+)\s*$", text[:at])
    inside = text[at + 1:-1].strip()
    if name and name[1] == "START_TEST":
        return inside, 0
    return (name[1] if name else ""), (0 if inside in ("", "void") else commas + 1)


def functions(text):
    """Each function of a C text: (name, line, lines, depth, line of the deepest place, parameters)."""
    lines = plain(text)
    opened = None
    for number, line in enumerate(lines):
        if line.rstrip() == "{" and opened is None:
            opened = number
        elif line.rstrip() in ("}", "};") and opened is not None:
            before = "\n".join(lines[max(0, opened - 40):opened])
            name, parameters = signature(before)
            if name:
                depth, deepest_line = Body(lines[opened:number + 1], opened + 1).measure()
                yield name, opened + 1, number - opened + 1, depth, deepest_line, parameters
            opened = None


def check_text(path, text):
    found = []
    for name, line, lines, depth, deepest_line, parameters in functions(text):
        if lines > MOST_LINES:
            found.append(f"{path}:{line}: {name}() has {lines} lines, and {MOST_LINES} is the most: give its steps names")
        if depth > MOST_DEPTH:
            found.append(f"{path}:{deepest_line}: {name}() nests {depth} deep, and {MOST_DEPTH} is the most: leave early, "
                         "or give the inner part a name")
        if parameters > MOST_PARAMETERS and (path, name) not in DICTATED:
            found.append(f"{path}:{line}: {name}() takes {parameters} parameters, and {MOST_PARAMETERS} is the most: what "
                         "travels together is a struct")
    return found


def check_tree(root):
    found = []
    for path in source_tree.c_files(root):
        if not path.endswith(".def"):
            found += check_text(path, source_tree.read(root, path))
    return found


def main(arguments):
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__.strip())
        return 0 if arguments[0] in ("-h", "--help") else 2
    found = check_tree(Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent)
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
