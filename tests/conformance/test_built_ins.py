#!/usr/bin/env python3
"""Are the built-in files what their originals are?

protoc 36 compiles both and hands over their descriptors as it hands them to a code generator, that is with options of source retention. For
google/… the originals come with protoc and in google-proto-files as text, and the descriptors must be the same bytes, source info aside.

The others exist as descriptors only, inside the code that clients' packages bring (scripts/corpora.d/originals.py). They differ in form, and
only in this:
  * JSON names that follow from the field's name are left out;
  * buf writes an extension option that is set in several pieces as one, protoc as several, which to every parser is the same;
  * imports stand apart.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OURS = ROOT / "compiler" / "builtin"
sys.path.insert(0, str(HERE.parent / "support"))
import tap  # noqa: E402

# Field numbers in descriptor.proto and plugin.proto.
REQUEST_SOURCE_FILES = 17
FILE_NAME, FILE_DEPENDENCY, FILE_MESSAGE, FILE_EXTENSION, FILE_SOURCE_INFO = 1, 3, 4, 7, 9
MESSAGE_FIELD, MESSAGE_NESTED, MESSAGE_EXTENSION = 2, 3, 6
FIELD_NAME, FIELD_OPTIONS, FIELD_JSON_NAME = 1, 8, 10
FIRST_EXTENSION = 1000


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def put_varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def read(data):
    """[(field number, bytes of the whole record, content or None)]; a descriptor has varints and lengths only."""
    fields, at = [], 0
    while at < len(data):
        begin = at
        tag, at = varint(data, at)
        value, at = varint(data, at)
        content = None
        if tag & 7 == 2:
            content, at = data[at:at + value], at + value
        elif tag & 7 != 0:
            sys.exit(f"wire type {tag & 7} in a descriptor")
        fields.append((tag >> 3, data[begin:at], content))
    return fields


def record(number, content):
    return put_varint(number << 3 | 2) + put_varint(len(content)) + content


def json_name(name):
    return re.sub(rb"_(.?)", lambda match: match[1].upper(), name)


def plain_field(data):
    fields = read(data)
    derived = json_name(next(content for number, _, content in fields if number == FIELD_NAME))
    out = b""
    for number, raw, content in fields:
        if number == FIELD_JSON_NAME and content == derived:
            continue
        out += record(number, one_piece(content)) if number == FIELD_OPTIONS else raw
    return out


def one_piece(options):
    """Pieces of one message extension, joined."""
    out, last, joined = b"", None, b""
    for number, raw, content in read(options):
        if last is not None and number != last:
            out, last, joined = out + record(last, joined), None, b""
        if number >= FIRST_EXTENSION and content is not None:
            last, joined = number, joined + content
        else:
            out += raw
    return out + (record(last, joined) if last is not None else b"")


def plain_message(data):
    out = b""
    for number, raw, content in read(data):
        if number in (MESSAGE_FIELD, MESSAGE_EXTENSION):
            raw = record(number, plain_field(content))
        elif number == MESSAGE_NESTED:
            raw = record(number, plain_message(content))
        out += raw
    return out


def plain_file(data):
    out = b""
    for number, raw, content in read(data):
        if number == FILE_MESSAGE:
            raw = record(number, plain_message(content))
        elif number == FILE_EXTENSION:
            raw = record(number, plain_field(content))
        out += raw
    return out


def without(data, *numbers):
    return b"".join(raw for number, raw, _ in read(data) if number not in numbers)


def compile_all(protoc, roots, paths, folder):
    """{import path: FileDescriptorProto without source info}"""
    plugin, answer = folder / "keep", folder / "request"
    plugin.write_text('#!/bin/sh\nexec cat >"$SLUICE_REQUEST"\n')
    plugin.chmod(0o755)
    command = [protoc, *(f"-I{root}" for root in roots), f"--plugin=protoc-gen-keep={plugin}", f"--keep_out={folder}", *paths]
    subprocess.run(command, env=dict(os.environ, SLUICE_REQUEST=str(answer)), check=True)
    files = [content for number, _, content in read(answer.read_bytes()) if number == REQUEST_SOURCE_FILES]
    return {dict((number, content) for number, _, content in read(file))[FILE_NAME].decode(): without(file, FILE_SOURCE_INFO)
            for file in files}


def paths_of(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.proto"))


def same_as_descriptor(ours, original, imports):
    """`imports`: a list of names as protobuf-es writes them, or None if they stand in the descriptor."""
    if imports is not None:
        mine = [content.decode().removesuffix(".proto").replace("/", "_") for number, _, content in read(ours)
                if number == FILE_DEPENDENCY]
        if mine != imports:
            return False
        ours = without(ours, FILE_DEPENDENCY)
    return plain_file(ours) == plain_file(original)


def judge(protoc, corpora):
    """[(import path, is it the same)]"""
    package = corpora / "npm" / "node_modules" / "google-proto-files"
    include = corpora / "npm" / "node_modules" / "protoc" / "include"
    with tempfile.TemporaryDirectory() as name:
        ours = compile_all(protoc, [OURS], paths_of(OURS), pathlib.Path(name))
        texts = paths_of(include) + ["google/type/" + path for path in paths_of(package / "google" / "type")]
        originals = compile_all(protoc, [include, package], texts, pathlib.Path(name))
    results = []
    for path in sorted(set(ours) | set(originals)):
        found = corpora / "originals" / (path + ".binpb")
        imports = corpora / "originals" / (path + ".imports")
        if path in originals:
            is_same = ours.get(path) == originals[path]
        else:
            names = imports.read_text().split() if imports.exists() else None
            is_same = found.exists() and same_as_descriptor(ours[path], found.read_bytes(), names)
        results.append((path, is_same))
    return results


def corpora_say(word):
    done = subprocess.run([str(ROOT / "scripts" / "corpora"), word], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def main():
    protoc, corpora = corpora_say("--print-protoc"), pathlib.Path(corpora_say("--print-dir"))
    if not protoc or not (corpora / "originals").is_dir():
        tap.skip_all("SLUICE_REQUIRE_CORPORA", "the originals are not there; run scripts/corpora")
    results = judge(protoc, corpora)
    print(f"1..{len(results)}")
    for number, (path, is_same) in enumerate(results, 1):
        print(f"{'ok' if is_same else 'not ok'} {number} - {path}")
    return 0 if all(is_same for _, is_same in results) else 1


if __name__ == "__main__":
    sys.exit(main())
