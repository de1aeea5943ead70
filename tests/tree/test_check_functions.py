"""scripts/check_functions.py measures what is written."""

import tap
import fake_tree
import check_functions

NESTED = """\
int f(int a)
{
    for (;;) {
        if (a) {
            while (a)
                switch (a) {
                case 1: return 1;
                default:%s
                }
        } else if (a > 1) {
            do
                a--;
            while (a);
        } else {
            a = (int[]){1, 2}[0];
        }
    }
}
"""


def measured(text):
    return [found for found in check_functions.functions(text)]


def long_function(lines):
    return "static int f(void)\n{\n" + "    a();\n" * (lines - 2) + "}\n"


@tap.case
def eighty_lines_pass():
    fake_tree.expect(check_functions.check_tree, {"base/a.c": long_function(80)})


@tap.case
def eighty_one_lines_are_too_many():
    fake_tree.expect(check_functions.check_tree, {"base/a.c": "\n" + long_function(81)},
                     ("base/a.c:3:", "f() has 81 lines"))


@tap.case
def four_levels_pass():
    fake_tree.expect(check_functions.check_tree, {"base/a.c": NESTED % " break;"})


@tap.case
def fifth_level_is_too_deep():
    fake_tree.expect(check_functions.check_tree, {"base/a.c": NESTED % "\n if (a)\n return 2;"},
                     ("base/a.c:10:", "f() nests 5 deep"))


@tap.case
def else_if_is_no_deeper_than_its_if():
    chain = "".join(f"else if (a == {n}) {{ b(); }}\n" for n in range(9))
    tap.equal(measured("void f(int a)\n{\n    if (a) {\n    }\n" + chain + "}\n")[0][3], 1, "depth")


@tap.case
def macro_loop_counts_as_a_loop():
    text = "void f(void)\n{\n    SL_EACH (x, list) {\n        if (x)\n            b();\n    }\n}\n"
    tap.equal(measured(text)[0][3], 2, "depth")


@tap.case
def second_branch_of_an_if_directive_does_not_unbalance():
    text = "void f(int a)\n{\n#ifdef A\n    if (a) {\n#else\n    while (a) {\n#endif\n        b();\n    }\n}\n"
    tap.equal(measured(text)[0][2:4], (9, 1), "lines and depth")


@tap.case
def braces_in_literals_and_comments_do_not_count():
    text = "void f(int a)\n{\n    b(\"{{{\", '{'); /* { */\n    if (a)\n        b();\n}\n"
    tap.equal(measured(text)[0][3], 1, "depth")


@tap.case
def every_function_is_seen():
    text = ('START_TEST(a)\n{\n}\nEND_TEST\n\nstatic inline void b(void)\n{\n}\n\nTAP_MAIN(x)\n'
            'SL_PRINTF(1, 2) int c(const char *f, ...)\n{\n}\nstatic const int d[] = {\n    1,\n};\n')
    tap.equal([found[0] for found in measured(text)], ["a", "b", "c"], "names")


@tap.case
def seventh_parameter_is_too_many():
    text = "int f(int a, int b, int c, int d,\n      int (*e)(int, int), int g%s)\n{\n}\n"
    fake_tree.expect(check_functions.check_tree, {"base/a.c": text % ""})
    fake_tree.expect(check_functions.check_tree, {"base/a.c": text % ", int h"}, ("base/a.c:3:", "7 parameters"))


@tap.case
def a_library_may_dictate_parameters():
    text = "int on_request(int a, int b, int c, int d, int e, int f, int g, int h)\n{\n}\n"
    fake_tree.expect(check_functions.check_tree, {"server/http/mhd.c": text})
    fake_tree.expect(check_functions.check_tree, {"server/http/body.c": text}, ("server/http/body.c:2:", "8 parameters"))


@tap.case
def void_is_no_parameter():
    tap.equal([found[5] for found in measured("int f(void)\n{\n}\nint g()\n{\n}\nint h(int a)\n{\n}\n")], [0, 0, 1])


tap.main()
