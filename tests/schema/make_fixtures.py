#!/usr/bin/env python3
"""Make the fixtures of tests/schema from the .proto files in data/.

    make_fixtures.py PROTOC INCLUDE

PROTOC is protoc 36 and INCLUDE the folder with its google/protobuf/*.proto. Needs the Python package protobuf, 7.36 or newer (that is
upb, an implementation which shares no code with ours or with protoc's linker). Run it by hand after a change and commit what it writes;
the tests only read. In data/ it makes

    NAME.binpb              protoc --include_imports --include_source_info of NAME.proto; or NAME.txtpb, a FileDescriptorSet as text
    edition_defaults.binpb  protoc --edition_defaults_out: a FeatureSetDefaults, the truth of schema/features.def
    relative.binpb          all of them without source info, with every type name cut to the shortest relative name that protoc
                            itself resolves to the same type; and public imports left as they are
    expected.tsv            what upb says of every field, extension and enum of all of them
    findings.binpb          the blocks of findings.txt: repeated { rule = 1, name = 2, protoc_refuses = 3, set = 4 } as field 1

Columns of expected.tsv, a line a field or extension, then an enum:
    field  full name  number  type  cardinality  has presence  is packed  is UTF-8 checked  JSON name  oneof  type's full name
           then presence, enum type, repeated encoding, UTF-8, message encoding and JSON format as resolved features
    enum   full name  is closed
Booleans are 0 or 1, what is not there is "-", cardinality is 1 singular, 2 required, 3 repeated.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, text_format

DATA = Path(__file__).resolve().parent / "data"
FEATURES = ["field_presence", "enum_type", "repeated_field_encoding", "utf8_validation", "message_encoding",
            "json_format"]


def run(*command):
    subprocess.run([str(part) for part in command], check=True, cwd=DATA)


def load(path):
    made = descriptor_pb2.FileDescriptorSet()
    made.ParseFromString(path.read_bytes())
    return made


def field_line(field, name):
    features = field._GetFeatures()
    is_string = field.type == field.TYPE_STRING
    kind = field.message_type or field.enum_type
    columns = ["field", name, field.number, field.type, 3 if field.is_repeated else 2 if field.is_required else 1,
               int(field.has_presence), int(field.is_packed), int(is_string and features.utf8_validation == 2),
               field.json_name, field.containing_oneof.name if field.containing_oneof else "-",
               kind.full_name if kind else "-"]
    return columns + [getattr(features, feature) for feature in FEATURES]


def enum_lines(enums):
    return [["enum", enum.full_name, int(enum.is_closed)] for enum in enums]


def message_lines(message):
    lines = [field_line(field, field.full_name) for field in message.fields]
    lines += [field_line(field, field.full_name) for field in message.extensions]
    lines += enum_lines(message.enum_types)
    for nested in message.nested_types:
        lines += message_lines(nested)
    return lines


def file_lines(file):
    lines = []
    for message in file.message_types_by_name.values():
        lines += message_lines(message)
    lines += [field_line(field, field.full_name) for field in file.extensions_by_name.values()]
    return lines + enum_lines(file.enum_types_by_name.values())


def expected(sets):
    pool = descriptor_pool.DescriptorPool()
    seen, lines = set(), []
    for made in sets:
        for proto in made.file:
            if proto.name in seen:
                continue
            seen.add(proto.name)
            pool.AddSerializedFile(proto.SerializeToString())
            if not proto.name.startswith("google/"):
                lines += file_lines(pool.FindFileByName(proto.name))
    return lines


def references(message_or_file):
    """Every (object, member) that holds a type name."""
    for field in [*getattr(message_or_file, "field", []), *message_or_file.extension]:
        yield from ((field, member) for member in ("type_name", "extendee") if field.HasField(member))
    for service in getattr(message_or_file, "service", []):
        for method in service.method:
            yield from ((method, member) for member in ("input_type", "output_type"))
    for nested in getattr(message_or_file, "message_type", None) or getattr(message_or_file, "nested_type", []):
        yield from references(nested)


def resolved_by_protoc(protoc, candidate):
    """The set as protoc writes it after it has linked `candidate`, or None."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "in.binpb"), Path(folder, "out.binpb")
        before.write_bytes(candidate.SerializeToString())
        done = subprocess.run([protoc, f"--descriptor_set_in={before}", "--include_imports", "-o", after,
                               *[file.name for file in candidate.file]], capture_output=True)
        return load(after) if done.returncode == 0 else None


def shorten(protoc, made):
    """Cut type names, one after the other, as far as protoc still finds the same."""
    for place in [place for file in made.file for place in references(file)]:
        holder, member = place
        full = getattr(holder, member)
        parts = full[1:].split(".")
        before = resolved_by_protoc(protoc, made)
        for first in range(len(parts) - 1, -1, -1):
            setattr(holder, member, ".".join(parts[first:]))
            after = resolved_by_protoc(protoc, made)
            if after and after.SerializeToString() == before.SerializeToString():
                break
        else:
            setattr(holder, member, full)
    return made


def protoc_refuses(protoc, made):
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder, "in.binpb")
        before.write_bytes(made.SerializeToString())
        done = subprocess.run([protoc, f"--descriptor_set_in={before}", "-o", "/dev/null",
                               *dict.fromkeys(file.name for file in made.file)], capture_output=True)
        return done.returncode != 0


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def record(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def findings(protoc):
    """The blocks of findings.txt as bytes; a block whose mark does not say what protoc says ends the program."""
    out, blocks = b"", (DATA / "findings.txt").read_text().split("\n=== ")[1:]
    for block in blocks:
        head, _, text = block.partition("\n")
        rule, name = head.split(" ")
        made = text_format.Parse(text, descriptor_pb2.FileDescriptorSet())
        refuses = protoc_refuses(protoc, made)
        agrees = refuses == (rule.rstrip("!") != "OK")
        if agrees == rule.endswith("!"):
            print(f"{head}: protoc {'refuses' if refuses else 'accepts'}", file=sys.stderr)
        out += record(1, record(1, rule.rstrip("!").encode()) + record(2, name.encode()) +
                      varint(3 << 3) + varint(int(refuses)) + record(4, made.SerializeToString()))
    return out


def main(protoc, include):
    names = sorted(path.stem for path in DATA.glob("*.proto"))
    for name in names:
        run(protoc, "-I", DATA, "-I", include, "--include_imports", "--include_source_info", "-o",
            DATA / f"{name}.binpb", f"{name}.proto")
    run(protoc, "-I", include, "--edition_defaults_minimum=PROTO2", "--edition_defaults_maximum=2026",
        f"--edition_defaults_out={DATA / 'edition_defaults.binpb'}", "google/protobuf/descriptor.proto")

    for path in sorted(DATA.glob("*.txtpb")):
        made = text_format.Parse(path.read_text(), descriptor_pb2.FileDescriptorSet())
        path.with_suffix(".binpb").write_bytes(made.SerializeToString())
        names.append(path.stem)

    with tempfile.TemporaryDirectory() as folder:
        everything = Path(folder, "all.binpb")
        run(protoc, "-I", DATA, "-I", include, "--include_imports", "-o", everything,
            *[f"{name}.proto" for name in names if name not in ("edition2024", "options", "inherited")])
        (DATA / "relative.binpb").write_bytes(shorten(protoc, load(everything)).SerializeToString())

    (DATA / "findings.binpb").write_bytes(findings(protoc))
    lines = expected([load(DATA / f"{name}.binpb") for name in names])
    text = "".join("\t".join(str(column) for column in line) + "\n" for line in lines)
    (DATA / "expected.tsv").write_text(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
