"""What the command line says of itself, and of what it does not understand."""

import re
import tempfile

import program
import tap
from program import expect, sluice

COMMANDS, GROUPS = program.commands()


@tap.case
def without_arguments_it_says_what_it_is_and_three_commands():
    ran = expect(sluice(), 0, "contract gate")
    for word in ("sluice serve", "sluice register", "sluice validate"):
        tap.contains(ran.out, word)


@tap.case
def help_lists_every_subcommand():
    for arguments in (["help"], ["--help"], ["-h"]):
        ran = expect(sluice(*arguments), 0, "Exit status: 0 clean, 1 findings")
        for name, summary in GROUPS + [row for row in COMMANDS if " " not in row[0]]:
            tap.check(re.search(rf"^  {name} +{re.escape(summary)}$", ran.out, re.MULTILINE), f"{name} is not listed")


def help_of(name, summary):
    def case():
        words = name.split()
        asked = expect(sluice(*words, "--help"), 0, f"usage: sluice {name}", "")
        tap.contains(asked.out, summary)
        tap.equal(asked.err, "", "stderr")
        tap.equal(sluice("help", *words).out, asked.out, "the same by `sluice help`")
    return case


for row in COMMANDS + GROUPS:
    tap.add(f"{row[0].replace(' ', '_')}_has_help", help_of(*row))


@tap.case
def version_is_that_of_the_build():
    text = (program.SOURCE / "meson.build").read_text(encoding="utf-8")
    version = re.search(r"version: '([^']+)'", text)[1]
    for arguments in (["version"], ["--version"], ["-V"]):
        tap.equal(sluice(*arguments).out, f"sluice {version}\n", "version")


@tap.case
def group_without_verb_lists_its_verbs():
    for name, _ in GROUPS:
        ran = expect(sluice(name), 2, f"usage: sluice {name} VERB")
        for verb in [row[0].split()[1] for row in COMMANDS if row[0].startswith(name + " ")]:
            tap.check(re.search(rf"^  {verb} ", ran.out, re.MULTILINE), f"{verb} is not listed")


@tap.case
def a_set_that_was_compiled_is_one_to_judge_by():
    with tempfile.TemporaryDirectory() as folder:
        made = folder + "/set.binpb"
        expect(sluice("compile", "-I", "v1", "--include-source-info", "-o", made, "v1/orders/v1/order.proto"), 0)
        judge = ["validate", "--schema", made, "--message", "orders.v1.OrderPlaced"]
        expect(sluice(*judge, "good.bin"), 0, "good.bin: valid")
        expect(sluice(*judge, "bad.bin"), 1, "bad.bin: not valid")


# (claim, arguments, what is said)
MISUSED = [
    ("misspelt_subcommand", ["regster"], "unknown subcommand 'regster'; did you mean 'register'?"),
    ("swapped_letters", ["sevre"], "did you mean 'serve'?"),
    ("far_off_subcommand", ["frobnicate"], "unknown subcommand 'frobnicate'; 'sluice help' lists all"),
    ("misspelt_verb", ["contract", "clam"], "unknown subcommand 'contract clam'; did you mean 'contract claim'?"),
    ("two_words_in_one", ["contract claim"], "unknown subcommand 'contract claim'"),
    ("option_before_subcommand", ["--server", "x", "check"], "'--server' comes before the subcommand"),
    ("option_before_verb", ["contract", "--server", "x"], "'--server' comes before the verb"),
    ("misspelt_option", ["validate", "--topc", "t"], "unknown option '--topc'; did you mean '--topic'?"),
    ("misspelt_option_with_value", ["validate", "--topc=t"], "unknown option '--topc'; did you mean '--topic'?"),
    ("far_off_option", ["validate", "--frobnicate"], "unknown option '--frobnicate'\n"),
    ("short_option", ["validate", "-t", "x"], "unknown option '-t'; options are long"),
    ("option_without_value", ["validate", "--topic"], "option '--topic' needs a value"),
    ("choice_outside", ["validate", "--input", "xml"], "option '--input' takes one of binary|framed|delimited, not 'xml'"),
    ("choice_is_whole", ["validate", "--input", "binary|framed"], "not 'binary|framed'"),
    ("number_that_is_none", ["validate", "--timeout", "1s"], "option '--timeout' takes a number, not '1s'"),
    ("negative_number", ["validate", "--timeout", "-1"], "option '--timeout' takes a number, not '-1'"),
    ("required_option_missing", ["register", "v1.binpb"], "--subject is missing"),
    ("argument_missing", ["register", "--subject", "s"], "an argument is missing"),
    ("argument_too_many", ["contract", "show", "a", "b"], "'b' is one argument too many"),
    ("argument_where_none_belongs", ["version", "now"], "'now' is one argument too many"),
    ("set_and_text", ["register", "--subject", "s", "v1.binpb", "a.proto"], "one descriptor set, or .proto files"),
    ("folders_of_imports_with_topic", ["validate", "--topic", "t", "-I", "."], "--proto-path goes with --schema"),
    ("neither_topic_nor_schema", ["validate", "good.bin"], "give --topic (a server judges) or --schema"),
    ("both_topic_and_schema", ["validate", "--topic", "t", "--schema", "v1.binpb"], "give --topic"),
    ("schema_without_message", ["validate", "--schema", "v1.binpb"], "--message is missing"),
    ("message_with_topic", ["validate", "--topic", "t", "--message", "M"], "--message goes with --schema"),
    ("policy_with_topic", ["validate", "--topic", "t", "--unknown-fields", "allow"], "--unknown-fields goes with --schema"),
    ("server_with_schema", ["validate", "--schema", "v1.binpb", "--message", "M", "--server", "http://x"],
     "--server goes with --topic"),
    ("neither_subject_nor_topic", ["check", "v1.binpb"], "give either --subject or --topic"),
    ("offer_to_nobody", ["contract", "offer", "t"], "--to is missing"),
    ("block_without_reason", ["producer", "block", "p"], "--reason is missing"),
    ("url_that_is_none", ["contract", "show", "t", "--server", "127.0.0.1:8081"], "is not the URL of a server"),
    ("url_of_another_protocol", ["contract", "show", "t", "--server", "file:///etc/passwd"], "is not the URL of a server"),
    ("unknown_setting", ["serve", "--lisen", "127.0.0.1:0"], "--lisen"),
]


def misuse(arguments, said):
    return lambda: expect(sluice(*arguments), 2, "", said)


for claim, arguments, said in MISUSED:
    tap.add(f"{claim}_is_wrong_usage", misuse(arguments, said))


@tap.case
def options_and_arguments_may_be_mixed():
    good = ["good.bin", "--schema=v1.binpb", "good.bin", "--message", "orders.v1.OrderPlaced"]
    tap.equal(expect(sluice("validate", *good), 0).out, "good.bin: valid\n" * 2, "verdicts")


@tap.case
def double_dash_ends_the_options():
    ran = sluice("validate", "--schema", "v1.binpb", "--message", "orders.v1.OrderPlaced", "--", "--help")
    expect(ran, 3, "", "cannot read '--help'")


@tap.case
def serve_help_has_every_setting():
    text = (program.SOURCE / "server" / "settings.def").read_text(encoding="utf-8")
    ran = sluice("serve", "--help")
    for key in re.findall(r"^SETTING\((\w+), +\w+, +\"[^\"]*\", +\"[^\"]*\", +ANYWHERE", text, re.MULTILINE):
        tap.contains(ran.out, "--" + key.replace("_", "-"))


@tap.case
def answer_that_cannot_be_written_is_no_answer():
    with open("/dev/full", "wb") as full:
        process = program.start("version", stdout=full, stderr=program.subprocess.PIPE)
        _, said = process.communicate(timeout=program.TIMEOUT_S)
    tap.equal(process.returncode, 3, "exit status")
    tap.contains(said.decode(), "could not be written")


tap.main()
