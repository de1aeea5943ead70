"""The real program, for the tests of the command line."""

import os
import re
import subprocess
from pathlib import Path

import tap

SOURCE = Path(tap.source_root())
PROGRAM = str(Path(tap.build_root()) / "cli" / "sluice")
EXAMPLES = SOURCE / "examples" / "orders"

# What might be set outside, and would reach the program.
_ENVIRONMENT = {name: value for name, value in os.environ.items()
                if not name.startswith("SLUICE_") and not name.lower().endswith("_proxy")}

TIMEOUT_S = 120


class Ran:
    """What a run came to: .status, .out and .err (text)."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")


def sluice(*arguments, stdin=b"", env=None):
    """Run it to its end. Files are named relative to examples/orders."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, timeout=TIMEOUT_S,
                          cwd=EXAMPLES, env={**_ENVIRONMENT, **(env or {})})
    return Ran(done)


def start(*arguments, env=None, **options):
    """Start it and return the process."""
    return subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                            env={**_ENVIRONMENT, **(env or {})}, **options)


def expect(ran, status, out="", err=""):
    """`out` and `err` are parts of what was said."""
    said = f"stdout: {ran.out!r}, stderr: {ran.err!r}"
    tap.equal(ran.status, status, f"exit status ({said})")
    tap.check(out in ran.out, f"{out!r} is not in stdout ({said})")
    tap.check(err in ran.err, f"{err!r} is not in stderr ({said})")
    return ran


def commands():
    """(name, summary) of every row of cli/commands.def, and the names of the groups."""
    text = (SOURCE / "cli" / "commands.def").read_text(encoding="utf-8")
    rows = re.findall(r'^COMMAND\("([^"]+)",\s*\w+,\s*"([^"]*)"', text, re.MULTILINE)
    groups = re.findall(r'^GROUP\("([^"]+)",\s*"([^"]*)"', text, re.MULTILINE)
    return rows, groups
