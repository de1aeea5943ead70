"""`sluice validate --schema`: payloads judged without a server, and inputs that cannot be read."""

import json
import os
import resource
import subprocess
import tempfile

import program
import tap
from program import EXAMPLES, expect, sluice

TYPE = "orders.v1.OrderPlaced"


def validate(*arguments, schema="v1.binpb", message=TYPE, **options):
    return sluice("validate", "--schema", schema, "--message", message, *arguments, **options)


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def delimited(*payloads):
    return b"".join(varint(len(payload)) + payload for payload in payloads)


GOOD = (EXAMPLES / "good.bin").read_bytes()
BAD = (EXAMPLES / "bad.bin").read_bytes()


# (claim, file, further arguments, exit status, part of the answer); what the files are, examples/README.md says
JUDGED = [
    ("good_payload_is_valid", "good.bin", [], 0, "good.bin: valid\n"),
    ("bad_text_is_not", "bad.bin", [], 1, "bad.bin: not valid\n  items[2].sku: "),
    ("bad_text_has_rule_and_offset", "bad.bin", [], 1, "[string.utf8] at byte 125\n"),
    ("cut_payload_is_not", "truncated.bin", [], 1, "[wire."),
    ("unknown_field_is_not_by_default", "unknown-field.bin", [], 1, "[field.unknown]"),
    ("unknown_field_is_rejected", "unknown-field.bin", ["--unknown-fields", "reject"], 1, "[field.unknown]"),
    ("unknown_field_is_allowed", "unknown-field.bin", ["--unknown-fields", "allow"], 0, "valid\n"),
    ("empty_payload_is_valid", "/dev/null", [], 0, "/dev/null: valid\n"),
]


def judged(file, arguments, status, part):
    return lambda: expect(validate(file, *arguments), status, part)


for claim, file, arguments, status, part in JUDGED:
    tap.add(claim, judged(file, arguments, status, part))


@tap.case
def field_of_a_newer_schema_is_valid_by_it():
    expect(validate("unknown-field.bin", schema="v2-compatible.binpb"), 0, "valid")


@tap.case
def files_are_judged_in_order_and_one_bad_makes_one():
    ran = expect(validate("good.bin", "bad.bin", "good.bin"), 1)
    lines = [line for line in ran.out.splitlines() if not line.startswith(" ")]
    tap.equal(lines, ["good.bin: valid", "bad.bin: not valid", "good.bin: valid"], "verdicts")


@tap.case
def standard_input_is_read():
    tap.equal(expect(validate(stdin=GOOD), 0).out, "stdin: valid\n", "verdict")
    expect(validate("-", stdin=BAD), 1, "stdin: not valid")


@tap.case
def json_is_one_verdict_a_line():
    ran = expect(validate("--format", "json", "good.bin", "bad.bin"), 1)
    good, bad = [json.loads(line) for line in ran.out.splitlines()]
    tap.equal(good, {"input": "good.bin", "valid": True, "allowed": True, "message_type": TYPE}, "good")
    tap.equal([bad["input"], bad["valid"], bad["allowed"], bad["step"]], ["bad.bin", False, False, "decode"], "bad")
    [violation] = bad["violations"]
    tap.equal([violation["path"], violation["rule"], violation["offset"]], ["items[2].sku", "string.utf8", 125],
              "violation")


@tap.case
def delimited_stream_is_judged_payload_by_payload():
    ran = expect(validate("--input", "delimited", "batch.delimited"), 1)
    tap.contains(ran.out, "batch.delimited[1]: not valid\n  items[2].sku")
    tap.contains(ran.out, "batch.delimited[2]: not valid\n")
    tap.contains(ran.out, "batch.delimited: 3 payloads, 1 valid, 2 refused\n")
    tap.check("batch.delimited[0]" not in ran.out, "a valid payload is only counted")


@tap.case
def delimited_stream_in_json_has_indexes():
    ran = validate("--input", "delimited", "--format", "json", "batch.delimited")
    verdicts = [json.loads(line) for line in ran.out.splitlines()]
    tap.equal([(v["index"], v["valid"]) for v in verdicts], [(0, True), (1, False), (2, False)], "verdicts")


# (claim, bytes, what is said); what comes before the break is judged all the same
BROKEN_STREAMS = [
    ("ends_inside_a_length", delimited(GOOD) + b"\x80", "ends inside the length"),
    ("ends_inside_a_payload", delimited(GOOD, GOOD)[:-1],
     f"ends {len(GOOD) - 1} bytes into a payload that claims {len(GOOD)}"),
    ("length_of_a_gibibyte", delimited(GOOD) + varint(1 << 30), "a payload of 1073741824 bytes; PAYLOAD_BYTES allows"),
    ("length_of_eleven_bytes", delimited(GOOD) + b"\xff" * 10 + b"\x01", "a varint of more than 10 bytes"),
]


def broken(stream, said):
    def case():
        ran = expect(validate("--input", "delimited", stdin=stream), 3, "valid, 0 refused", said)
        tap.contains(ran.out, "stdin: 1 payloads, 1 valid")
    return case


for claim, stream, said in BROKEN_STREAMS:
    tap.add(f"stream_that_{claim}_cannot_be_judged", broken(stream, said))


@tap.case
def empty_stream_has_no_payloads():
    expect(validate("--input", "delimited"), 0, "stdin: 0 payloads, 0 valid, 0 refused")


def framed(payload, indexes=b"\x00", schema_id=7, magic=b"\x00"):
    return magic + schema_id.to_bytes(4, "big") + indexes + payload


# (claim, bytes, exit status, part); indexes are zigzag: 2 2 is [1], 4 0 0 is [0, 0]. OrderPlaced is the first message of its file.
ENVELOPES = [
    ("first_message_in_short_form", framed(GOOD), 0, "valid"),
    ("first_message_in_long_form", framed(GOOD, b"\x02\x00"), 0, "valid"),
    ("second_message", framed(GOOD, b"\x02\x02"), 1, "lead to orders.v1.Customer, not to orders.v1.OrderPlaced"),
    ("message_that_is_not_there", framed(GOOD, b"\x02\x7e"), 1, "[envelope.message_type]"),
    ("other_magic_byte", framed(GOOD, magic=b"\x01"), 1, "[envelope.malformed]"),
    ("no_envelope", b"\x00\x00", 1, "[envelope.malformed]"),
    ("bad_payload", framed(BAD), 1, "items[2].sku"),
]


def envelope(payload, status, part):
    return lambda: expect(validate("--input", "framed", stdin=payload), status, part)


for claim, payload, status, part in ENVELOPES:
    tap.add(f"envelope_of_{claim}", envelope(payload, status, part))


@tap.case
def missing_file_is_no_answer_and_the_rest_is_judged():
    ran = expect(validate("absent.bin", "good.bin"), 3, "good.bin: valid", "cannot read 'absent.bin': No such file")
    tap.equal(ran.out, "good.bin: valid\n", "verdicts")


@tap.case
def folder_is_no_answer():
    expect(validate("v1"), 3, "", "cannot read 'v1': Is a directory")


@tap.case
def missing_schema_is_no_answer():
    expect(validate("good.bin", schema="absent.binpb"), 3, "", "cannot read 'absent.binpb'")


@tap.case
def schema_that_is_none_is_told_with_its_finding():
    ran = expect(validate("good.bin", schema="good.bin"), 3, "", "'good.bin' does not make a schema")
    tap.contains(ran.err, "[DESCRIPTOR")


@tap.case
def message_that_is_not_there_is_told_with_those_that_are():
    ran = expect(validate("good.bin", message="orders.v1.Order"), 2, "", "has no message 'orders.v1.Order'")
    tap.contains(ran.err, "orders.v1.OrderPlaced orders.v1.Customer")


@tap.case
def control_characters_stay_on_their_line():
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(os.fsencode(folder), b"a\n\x1b[31m\xc3\xa9\xc2\x9b1m\x9b\xff.bin")
        with open(name, "wb") as file:
            file.write(GOOD)
        ran = expect(validate(os.fsdecode(name)), 0, "a\\x0a\\x1b[31m\u00e9\\xc2\\x9b1m\\x9b\\xff.bin: valid\n")
        tap.equal(ran.out.count("\n"), 1, "lines")


@tap.case
def long_stream_takes_little_memory():
    """200 MB through a pipe, in payloads of 1 MB. The peak is that of all runs so far."""
    if os.environ.get("ASAN_OPTIONS"):
        tap.skip("sanitizers keep freed memory")
    payload = delimited(b"\x42" + varint(1 << 20) + b"x" * (1 << 20))
    process = subprocess.Popen([program.PROGRAM, "validate", "--schema", "v1.binpb", "--message", TYPE, "--input",
                                "delimited"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=EXAMPLES)
    for _ in range(200):
        process.stdin.write(payload)
    said, _ = process.communicate(timeout=program.TIMEOUT_S)
    tap.equal(process.returncode, 0, f"exit status ({said!r})")
    tap.contains(said.decode(), "200 payloads, 200 valid")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    tap.check(peak < 64 << 10, f"peak of {peak} KiB")


@tap.case
def payload_over_the_limit_is_refused():
    with tempfile.TemporaryFile() as file:
        file.truncate((64 << 20) + 1)
        done = subprocess.run([program.PROGRAM, "validate", "--schema", "v1.binpb", "--message", TYPE], stdin=file,
                              capture_output=True, cwd=EXAMPLES, timeout=program.TIMEOUT_S)
    tap.equal(done.returncode, 3, "exit status")
    tap.contains(done.stderr.decode(), "more than 67108864 bytes")


tap.main()
