"""The tables of the source tree, so that tests take their numbers from where the program takes them.

    from tables import limits
    body = b"x" * (limits.HTTP_SMALL_BODY_BYTES + 1)
"""

import re
from pathlib import Path
from types import SimpleNamespace

import tap


def _rows(path, macro):
    """Each row's arguments up to the first string."""
    text = (Path(tap.source_root()) / path).read_text(encoding="utf-8")
    return [[part.strip() for part in match[1].split(",") if part.strip()]
            for match in re.finditer(rf'^{macro}\(([^"\n]*)', text, re.MULTILINE)]


def _number(text):
    """A constant of C: 12 or 64 << 20."""
    base, _, shift = text.partition("<<")
    return int(base) << int(shift or 0)


limits = SimpleNamespace(**{name: _number(value) for name, value in _rows("base/limits.def", "LIMIT")})
