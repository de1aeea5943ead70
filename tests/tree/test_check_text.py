"""scripts/check_text.py finds words that do not belong here, and leaves others alone."""

import tap
import fake_tree
import check_text

NOTE = "TO" + "DO"

# (claim, file, text, line, what is said)
REFUSED = [
    ("note_to_self", "base/a.c", f"int a;\n/* {NOTE}: later */\n", 2, "note to self"),
    ("note_to_self_in_documents", "docs/a.md", f"{NOTE}\n", 1, "note to self"),
    ("home_folder", "scripts/a", "cd /ho" + "me/ada/x\n", 1, "path of one machine"),
    ("quoted_machine_path", "base/a.c", 'open("/wo' + 'rk/main");\n', 1, "path of one machine"),
    ("merge_leftover", "README.md", "<" * 7 + " HEAD\n", 1, "merge leftover"),
    ("trailing_blank", "README.md", "a\nb \n", 2, "blanks at the end"),
    ("missing_last_newline", "README.md", "a", 1, "no end"),
    ("malloc_outside_base", "wire/a.c", "a = malloc(3);\n", 1, "every allocation goes through base"),
    ("free_outside_base", "wire/a.c", "\nfree (a);\n", 2, "every allocation goes through base"),
    ("printf_in_a_library", "schema/a.c", 'printf("a");\n', 1, "a library does not print"),
    ("exit_in_a_library", "server/a.c", "exit(1);\n", 1, "does not end the program"),
    ("unbounded_copy", "cli/a.c", "strcpy(a, b);\n", 1, "cannot be bounded"),
    ("line_of_151_columns", "base/a.c", "int a;\n/*" + "x" * 147 + "*/\n", 2, "151 columns, and 150 are the most"),
    ("longjmp", "cli/a.c", "longjmp(a, 1);\n", 1, "return a status"),
]

ACCEPTED = {
    "base/alloc.c": "a = malloc(3);\n",
    "wire/a.c": "sl_free(a); x->free(a); y.exit(1); snprintf(b, 3, c); /* malloc(1) */ d(\"exit(1)\");\n",
    "wire/b.h": "void f(const char *) __attribute__((format(printf, 1, 2)));\n",
    "base/b.c": "/*" + "é" * 146 + "*/\n",
    "base/b.def": "A(" + "x" * 200 + ")\n",
    "cli/a.c": 'printf("a");\n',
    "tests/wire/test_a.c": "free(a);\n",
    "docs/a.md": "$HOME/x ~/x https://example.com/home/x http://h/work/y ${A}/root/x\n",
    "tests/data/a.proto": f"// {NOTE}(upstream)",
    "examples/a.bin": b"\x01 \n\x02",
    "examples/b": b"\0" + NOTE.encode(),
}


@tap.case
def what_belongs_is_left_alone():
    for path, text in ACCEPTED.items():
        fake_tree.expect(check_text.check_tree, {path: text})


def refusal(path, text, line, said):
    return lambda: fake_tree.expect(check_text.check_tree, {path: text}, (f"{path}:{line}:", said))


for claim, path, text, line, said in REFUSED:
    tap.add(f"{claim}_is_refused", refusal(path, text, line, said))

tap.main()
