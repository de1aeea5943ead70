"""What the tests that ask buf share: the module of make_cases, and findings brought to the places where buf puts them."""

import importlib.machinery
import importlib.util
from pathlib import Path

HERE = Path(__file__).resolve().parent


def load_make_cases():
    loader = importlib.machinery.SourceFileLoader("make_cases", str(HERE / "make_cases"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_cases", loader))
    loader.exec_module(module)
    return module


# Where an option is gone, buf points at the first character of the file, we at the element that had it.
ABOUT_OPTIONS = ("MESSAGE_SAME_JSON_FORMAT@", "ENUM_SAME_JSON_FORMAT@", "ENUM_SAME_TYPE@", "RPC_SAME_IDEMPOTENCY_LEVEL@")


def as_buf_places(ours, theirs):
    """Ours, with buf's place where that is about an option which is gone."""
    left = [text for text in theirs if text.startswith(ABOUT_OPTIONS) and text.endswith(":1:1")]
    placed = []
    for text in ours:
        nowhere = text.rsplit(":", 2)[0] + ":1:1"
        if text.startswith(ABOUT_OPTIONS) and text not in theirs and nowhere in left:
            left.remove(nowhere)
            text = nowhere
        placed.append(text)
    return sorted(placed)
