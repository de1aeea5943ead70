"""Many pairs of descriptor sets, put before buf in one call.

Starting buf costs a quarter of a second, and a pair takes it a millisecond: asked pair by pair, a thousand of them keep a
processor busy for minutes. So the pairs go into one old and one new set. Each pair gets a name of its own (`pair12`), put
before the paths and packages of its files and before every type name that points into them; nothing else is touched, so
that what buf says of the pair is what it says of it alone, under longer names. What a finding belongs to is read off the
path in it, or off its text where it has none.

Three kinds of pairs cannot go together with others: those that extend messages of Protobuf's own files, those whose sides
import different ones of these, and those with message sets, of which buf refuses to speak.

That this changes no verdict is not taken on trust: tests/compat/cases/buf.txt was made by asking pair by pair, and
test_buf.py compares it with what comes out here.

A descriptor is rewritten without a Protobuf library, which the tests do not require for Python: KINDS says which fields
of descriptor.proto hold a path, a package, a type or what has one inside; all others are copied as they are.
"""

import re

# message of descriptor.proto → field number → what is in it
KINDS = {
    "set": {1: "file"},
    "file": {1: "path", 2: "package", 3: "path", 4: "message", 6: "service", 7: "field", 15: "path"},
    "message": {2: "field", 3: "message", 6: "field"},
    "field": {2: "type", 6: "type"},  # extendee, type_name
    "service": {2: "method"},
    "method": {2: "type", 3: "type"},  # input_type, output_type
}
EXTENDEE = 2
SHARED = b"google/protobuf/"  # files that belong to no pair
PAIR = re.compile(r"\bpair(\d+)\b")


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def fields(data):
    """Each field of a message: its number, its content if it is length-delimited (else None), and its bytes as they are."""
    at = 0
    while at < len(data):
        start = at
        tag, at = read_varint(data, at)
        content = None
        if tag & 7 == 0:
            _, at = read_varint(data, at)
        elif tag & 7 == 2:
            size, at = read_varint(data, at)
            content = data[at:at + size]
            at += size
        elif tag & 7 in (1, 5):
            at += 8 if tag & 7 == 1 else 4
        else:
            raise ValueError(f"wire type {tag & 7} in a descriptor")
        yield tag >> 3, content, data[start:at]


def delimited(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def renamed(kind, content, name):
    """`content`, which is of this kind, with `name` before the names in it."""
    if kind == "path":
        return content if content.startswith(SHARED) else name + b"/" + content
    if kind == "package":
        return name + b"." + content
    if kind == "type":
        return content if content.startswith(b".google.protobuf.") else b"." + name + content
    table = KINDS[kind]
    out = b"".join(delimited(number, renamed(table[number], inner, name)) if inner is not None and number in table else raw
                   for number, inner, raw in fields(content))
    if kind == "file" and all(number != 2 for number, _, _ in fields(content)):
        out += delimited(2, name)
    return out


def path_of(file):
    return next(content for number, content, _ in fields(file) if number == 1)


def files_of(descriptor_set):
    return [content for number, content, _ in fields(descriptor_set) if number == 1]


def shared_files(descriptor_set):
    return {path_of(file) for file in files_of(descriptor_set) if path_of(file).startswith(SHARED)}


def extends_shared(kind, content):
    """Has it an extension of a message that all pairs share? Those of two pairs would stand against each other."""
    for number, inner, _ in fields(content):
        inside = KINDS[kind].get(number)
        if kind == "field" and number == EXTENDEE and inner.startswith(b".google.protobuf."):
            return True
        if inner is not None and inside in KINDS and extends_shared(inside, inner):
            return True
    return False


MESSAGE_SET = re.compile(rb"\x3a[\x02-\x7f]\x08\x01")  # options that begin with it: buf refuses all that comes with such a message


def can_be_merged(old, new):
    return not MESSAGE_SET.search(old + new) and shared_files(old) == shared_files(new) and not any(
        extends_shared("file", file) for side in (old, new) for file in files_of(side) if not path_of(file).startswith(SHARED))


def merged(descriptor_sets):
    """One set of all: the files of the Nth renamed for pairN, shared ones once."""
    out, shared = [], set()
    for index, descriptor_set in enumerate(descriptor_sets):
        name = f"pair{index}".encode()
        for file in files_of(descriptor_set):
            path = path_of(file)
            if path.startswith(SHARED):
                if path not in shared:
                    out.append(delimited(1, file))
                shared.add(path)
            else:
                out.append(delimited(1, renamed("file", file, name)))
    return b"".join(out)


def pair_of(finding):
    """The number of the pair that a finding of buf (an object) belongs to."""
    found = PAIR.search(finding.get("path", "")) or PAIR.search(finding["message"])
    if not found:
        raise ValueError(f"of which pair is {finding}?")
    return int(found.group(1))


def path_in_pair(path):
    return path.split("/", 1)[1] if PAIR.match(path) else path
