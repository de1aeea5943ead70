"""scripts/check_docs.py finds links and paths that lead nowhere, and leaves others alone."""

import tap
import fake_tree
import check_docs

TREE = {"base/buf.c": "", "base/internal/x.h": "", "docs/a.md": "# A title: `x`, of *two*\n\n## Second\n"}

# (claim, text of docs/b.md, line, what is said)
REFUSED = [
    ("link_to_no_file", "one\n[x](c.md)\n", 2, "there is no docs/c.md"),
    ("link_out_of_the_folder", "[x](../base/none.c)\n", 1, "there is no base/none.c"),
    ("link_to_no_heading", "[x](a.md#third)\n", 1, "docs/a.md has no such heading"),
    ("link_to_no_heading_of_its_own", "# B\n[x](#c)\n", 2, "docs/b.md has no such heading"),
    ("path_of_no_file", "see `base/gone.c`\n", 1, "there is no base/gone.c"),
    ("path_of_no_folder", "see `base/gone/`\n", 1, "there is no base/gone"),
    ("pattern_that_fits_nothing", "see `base/*.py`\n", 1, "there is no base/*.py"),
    ("one_of_two", "see `base/{buf,gone}.c`\n", 1, "there is no base/gone.c"),
    ("line_behind_a_code_block", "```\n`base/gone.c`\n```\n`base/gone.c`\n", 4, "there is no base/gone.c"),
]

ACCEPTED = """# B
[a](a.md) [title](a.md#a-title-x-of-two) [second](a.md#second) [own](#b) [code](../base/buf.c) [web](https://x.example/base/no.c)
`base/buf.c` `base/` `base/*.c` `base/{buf.c,internal/x.h}`, and `else/where.c` is no path of the tree,
nor are `build/cli/sluice`, `var/x`, `application/json`, `a / b` and `git:REF/base`.
"""


@tap.case
def what_is_there_is_left_alone():
    fake_tree.expect(check_docs.check_tree, {**TREE, "docs/b.md": ACCEPTED})


def refusal(text, line, said):
    return lambda: fake_tree.expect(check_docs.check_tree, {**TREE, "docs/b.md": text}, (f"docs/b.md:{line}:", said))


for claim, text, line, said in REFUSED:
    tap.add(f"{claim}_is_said", refusal(text, line, said))

tap.main()
