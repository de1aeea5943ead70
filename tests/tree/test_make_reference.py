"""scripts/make_reference reads the tables as the C preprocessor does."""

import importlib.machinery
import importlib.util

import tap
import fake_tree  # noqa: F401  (puts scripts/ on the path)

_LOADER = importlib.machinery.SourceFileLoader("make_reference", f"{tap.source_root()}/scripts/make_reference")
make_reference = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_reference", _LOADER))
_LOADER.exec_module(make_reference)

TABLE = """/* a/b.def: a table.
 *   ROW(name, in the comment)
 *
 * of no rows */
ROW(A, 1 << 20, "a, \\"quoted\\" (text)")
/* first section */
ROW(B,   X | Y, "two "
    "strings")  /* trailing */
/* not a section: two
 * lines */
OTHER(C, , f(1, 2))
"""


@tap.case
def rows_have_their_arguments():
    rows = make_reference.read_rows(TABLE)
    tap.equal([(row.macro, row.arguments) for row in rows], [
        ("ROW", ["A", "1 << 20", 'a, "quoted" (text)']),
        ("ROW", ["B", "X | Y", "two strings"]),
        ("OTHER", ["C", "", "f(1, 2)"])], "rows")


@tap.case
def comments_of_one_line_are_sections():
    tap.equal([row.section for row in make_reference.read_rows(TABLE)], ["", "first section", "first section"], "sections")


@tap.case
def amounts_are_for_people():
    for value, unit, want in [("64 << 20", "bytes", "64 MiB"), ("1 << 30", "bytes", "1 GiB"), ("4096", "bytes", "4 KiB"),
                              ("4097", "bytes", "4,097 bytes"), ("1000000", "payloads", "1,000,000 payloads"),
                              ("1 << 10", "levels", "1,024 levels")]:
        tap.equal(make_reference.amount(value, unit), want, value)


@tap.case
def cells_keep_the_table_whole():
    tap.equal(make_reference.cell("a|b\nc"), "a\\|b c", "cell")


tap.main()
