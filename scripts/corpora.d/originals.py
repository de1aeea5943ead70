#!/usr/bin/env python3
"""Descriptors of built-in files, out of the code that clients' packages bring.

    originals.py --out FOLDER --protovalidate validate_pb.js --confluent WHEEL

Two code generators, two forms. Python's puts the serialized FileDescriptorProto into a bytes literal. protobuf-es puts it into
base64 and leaves the imports out; they are the arguments behind it. Both leave JSON names out that follow from the fields' names. The code
is read, not run.

For the import path P, P.binpb is the descriptor as it was found. P.imports, where it exists, has the imports by the names that protobuf-es gives
them, one a line: `google_protobuf_any` is google/protobuf/any.proto.
"""

import argparse
import ast
import base64
import pathlib
import re
import sys
import zipfile

CONFLUENT = {
    "confluent_kafka/schema_registry/confluent/meta_pb2.py": "confluent/meta.proto",
    "confluent_kafka/schema_registry/confluent/type/decimal_pb2.py": "confluent/type/decimal.proto",
    "confluent_kafka/schema_registry/confluent/type/variant_pb2.py": "confluent/type/variant.proto",
    "confluent_kafka/schema_registry/confluent/types/decimal_pb2.py": "confluent/types/decimal.proto",
}
FILE_DESC = re.compile(r'fileDesc\("([A-Za-z0-9+/=]+)"(?:, \[([\w, ]*)\])?\)')


def write(out, path, descriptor, imports=None):
    target = out / (path + ".binpb")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(descriptor)
    if imports is not None:
        (out / (path + ".imports")).write_text("".join(name + "\n" for name in imports))


def of_python(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "AddSerializedFile":
            return node.args[0].value
    return sys.exit("originals: no descriptor in the generated Python code")


def of_es(source):
    found = FILE_DESC.search(source) or sys.exit("originals: no descriptor in the generated JavaScript code")
    text = found[1]
    imports = [name.strip().removeprefix("file_") for name in (found[2] or "").split(",") if name.strip()]
    return base64.b64decode(text + "=" * (-len(text) % 4)), imports


def main():
    parser = argparse.ArgumentParser()
    for name in ("--out", "--protovalidate", "--confluent"):
        parser.add_argument(name, type=pathlib.Path, required=True)
    args = parser.parse_args()
    write(args.out, "buf/validate/validate.proto", *of_es(args.protovalidate.read_text()))
    with zipfile.ZipFile(args.confluent) as wheel:
        for name, path in CONFLUENT.items():
            write(args.out, path, of_python(wheel.read(name).decode()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
