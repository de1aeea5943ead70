"""scripts/check_tables.py misses limits and problems that no test meets, and only those."""

import tap
import fake_tree
import check_tables

LIMIT = "base/limits.def"
PROBLEM = "registry/problems.def"
TREE = {
    LIMIT: 'LIMIT(NAME_BYTES, 512, "bytes", "a name")\n',
    PROBLEM: 'PROBLEM(NONE, "none", 200, "No problem")\nPROBLEM(STALE, "stale", 412, "It was changed")\n',
    "base/names.c": "len > SL_LIMIT_NAME_BYTES",
    "tests/base/test_names.c": "check(SL_LIMIT_NAME_BYTES + 1)",
    "tests/registry/test_a.c": "REFUSED(&f, STALE, call());",
}


def without(path):
    return {name: text for name, text in TREE.items() if name != path}


def tree(path, text):
    return {**without(path), path: text}


# (claim, tree)
ACCEPTED = [
    ("all_is_met", TREE),
    ("a_setting_uses_a_limit", tree("base/names.c", "") | {"server/settings.def": "SETTING(a, NAME_BYTES)\n"}),
    ("a_message_names_a_limit", tree("tests/base/test_names.c", 'contains("limit NAME_BYTES")')),
    ("a_test_in_python", tree("tests/base/test_names.c", "") | {"tests/integration/test_a.py": "limits.NAME_BYTES + 1"}),
    ("a_problem_by_its_slug", tree("tests/registry/test_a.c", "") | {"tests/integration/test_a.py": 'problem(412, "stale")'}),
    ("a_problem_by_its_type", tree("tests/registry/test_a.c", 'equal(type, "/problems/stale")')),
    ("a_problem_by_its_enumerator", tree("tests/registry/test_a.c", "code == SL_PROBLEM_STALE")),
    ("a_limit_ahead_of_its_code", tree("base/names.c", "SL_LIMIT_NAME_BYTES") | {
        LIMIT: TREE[LIMIT] + 'LIMIT(AHEAD_OF_ALL, 1, "a", "b")\n'}),
]

# (claim, tree, table, what is said)
REFUSED = [
    ("a_limit_that_no_test_names", tree("tests/base/test_names.c", "check(513)"), LIMIT, "NAME_BYTES: no test names it"),
    ("a_limit_with_a_longer_name", tree("tests/base/test_names.c", "SL_LIMIT_NAME_BYTES_ALL"), LIMIT, "no test names it"),
    ("a_limit_that_nothing_uses", tree("base/names.c", "len > 512"), LIMIT, "NAME_BYTES: no room uses it"),
    ("a_problem_that_no_test_meets", tree("tests/registry/test_a.c", "is_stale()"), PROBLEM, "STALE: no test names it"),
    ("a_limit_that_has_its_code_by_now", tree(LIMIT, TREE[LIMIT] + 'LIMIT(AHEAD_OF_ALL, 1, "a", "b")\n') | {
        "base/b.c": "SL_LIMIT_AHEAD_OF_ALL"}, LIMIT, "AHEAD_OF_ALL: it is used now"),
]


def with_ahead(run):
    """The real list of limits ahead of their code is no matter here."""
    def wrapped():
        kept = check_tables.AHEAD
        check_tables.AHEAD = {"AHEAD_OF_ALL": "something"}
        try:
            run()
        finally:
            check_tables.AHEAD = kept
    return wrapped


for claim, files in ACCEPTED:
    tap.add(claim + "_is_accepted", with_ahead(lambda files=files: fake_tree.expect(check_tables.check_tree, files)))
for claim, files, table, said in REFUSED:
    tap.add(claim + "_is_said", with_ahead(
        lambda files=files, table=table, said=said: fake_tree.expect(check_tables.check_tree, files, (table, said))))

tap.main()
