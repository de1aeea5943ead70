"""Changes of .proto text such as people make: one or two in a file, chosen by a seed.

A change is found by the look of a line, so it need not be a good one: what does not compile afterwards is taken back by who asks. What matters
is that every kind of change that rules are about comes up, in files that people wrote.
"""

import re

FIELD = re.compile(r"^(?P<indent>\s+)(?P<label>repeated |optional |required )?(?P<type>[\w.]+|map<\s*\w+,\s*[\w.]+>) "
                   r"(?P<name>[a-z]\w*) = "
                   r"(?P<number>\d+)(?P<options>\s*\[[^\]]*\])?;\s*$")
VALUE = re.compile(r"^(?P<indent>\s+)(?P<name>[A-Z][A-Z0-9_]*) = (?P<number>-?\d+)(?P<options>\s*\[[^\]]*\])?;\s*$")
METHOD = re.compile(r"^(?P<indent>\s+)rpc (?P<name>\w+)\((?P<in_stream>stream )?(?P<input>[\w.]+)\)(?P<middle>\s+returns\s+|\s*$)")
BLOCK = re.compile(r"^(?P<indent>\s*)(?P<kind>message|enum|service|oneof) (?P<name>\w+) \{\s*$")
STRINGS = "java_package|java_outer_classname|go_package|csharp_namespace|php_namespace|ruby_package|objc_class_prefix"
OPTION = re.compile(rf'^option (?P<name>{STRINGS}) = "(?P<value>[^"]+)";\s*$')
FLAG = re.compile(r"^option (?P<name>java_multiple_files|cc_enable_arenas|optimize_for) = (?P<value>\w+);\s*$")
RESERVED = re.compile(r"^\s+reserved .*;\s*$")
SCALARS = ["int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string",
           "bytes", "double", "float"]


def block_end(lines, at):
    """The line on which the braces that open on line `at` are closed again; None if they are not."""
    depth = 0
    for index in range(at, len(lines)):
        text = re.sub(r'"(?:\\.|[^"\\])*"|//.*', "", lines[index])
        depth += text.count("{") - text.count("}")
        if depth <= 0 and "{" in "".join(lines[at:index + 1]):
            return index
    return None


def places(lines, pattern):
    return [(index, match) for index, line in enumerate(lines) if (match := pattern.match(line))]


def field(match, **parts):
    had = match.groupdict()
    had.update(parts)
    return f"{had['indent']}{had['label'] or ''}{had['type']} {had['name']} = {had['number']}{had['options'] or ''};"


def with_option(match, option):
    options = match["options"]
    return f" [{options.strip()[1:-1]}, {option}]" if options else f" [{option}]"


# --- kinds of change: lines and a chooser in, whether something was changed out -------------------------------------------------------------


def delete_field(lines, chooser):
    if found := places(lines, FIELD):
        del lines[chooser.choice(found)[0]]
    return bool(found)


def delete_and_reserve(lines, chooser):
    if found := places(lines, FIELD):
        index, match = chooser.choice(found)
        kept = [f"{match['indent']}reserved {match['number']};", f'{match["indent"]}reserved "{match["name"]}";']
        lines[index:index + 1] = chooser.choice([kept, kept[:1], kept[1:]])
    return bool(found)


def change_field(change):
    def apply(lines, chooser):
        found = places(lines, FIELD)
        if found:
            index, match = chooser.choice(found)
            lines[index] = change(match, chooser)
        return bool(found)
    apply.__name__ = change.__name__
    return apply


@change_field
def renumber(match, chooser):
    return field(match, number=int(match["number"]) + chooser.choice([1, 100, 20000]))


@change_field
def retype(match, chooser):
    return field(match, type=chooser.choice(SCALARS))


@change_field
def rename_field(match, _):
    return field(match, name=match["name"] + "_renamed")


@change_field
def rename_field_keep_json(match, _):
    words = match["name"].split("_")
    json_name = words[0] + "".join(word.capitalize() for word in words[1:])
    return field(match, name=match["name"] + "_renamed", options=with_option(match, f'json_name = "{json_name}"'))


@change_field
def json_name(match, _):
    return field(match, options=with_option(match, f'json_name = "{match["name"]}X"'))


@change_field
def relabel(match, chooser):
    label = chooser.choice([text for text in ("", "repeated ", "optional ") if text != (match["label"] or "")])
    return field(match, label=label)


@change_field
def option_of_field(match, chooser):
    option = chooser.choice(["deprecated = true", "packed = false", "jstype = JS_STRING", "jstype = JS_NUMBER", "ctype = CORD", "lazy = true"])
    return field(match, options=with_option(match, option))


@change_field
def into_a_oneof(match, _):
    return f"{match['indent']}oneof moved_{match['name']} {{{field(match, label='')}}}"


@change_field
def into_a_map(match, _):
    return field(match, label="", type="map<string, string>")


def swap_fields(lines, chooser):
    """Two neighbours: numbers stay, the order of writing changes; or their names change places."""
    found = [index for index, _ in places(lines, FIELD) if index + 1 < len(lines) and FIELD.match(lines[index + 1])]
    if found:
        index = chooser.choice(found)
        one, two = FIELD.match(lines[index]), FIELD.match(lines[index + 1])
        if chooser.random() < 0.5:
            lines[index], lines[index + 1] = lines[index + 1], lines[index]
        else:
            lines[index], lines[index + 1] = field(one, name=two["name"]), field(two, name=one["name"])
    return bool(found)


def out_of_a_oneof(lines, _):
    for index, match in places(lines, BLOCK):
        end = block_end(lines, index)
        inside = [line for line in lines[index + 1:end or index] if line.strip() and not line.strip().startswith("//")]
        if match["kind"] == "oneof" and inside and all(map(FIELD.match, inside)):
            del lines[end], lines[index]
            return True
    return False


def change_value(lines, chooser):
    if found := places(lines, VALUE):
        index, match = chooser.choice(found)
        kind = chooser.randrange(5)
        if kind == 0:
            del lines[index]
        elif kind == 1:
            lines[index] = f"{match['indent']}{match['name']}_RENAMED = {match['number']};"
        elif kind == 2:
            lines[index] = f"{match['indent']}{match['name']} = {int(match['number']) + 1000};"
        elif kind == 3:
            lines[index] = f'{match["indent"]}reserved {match["number"]}; reserved "{match["name"]}";'
        else:
            lines[index] = f"{match['indent']}{match['name']}_ADDED = 7777;\n{lines[index]}" if match["number"] != "0" else lines[index] + " // same"
    return bool(found)


def change_method(lines, chooser):
    if found := places(lines, METHOD):
        index, match = chooser.choice(found)
        kind = chooser.randrange(4)
        end = block_end(lines, index)
        if kind == 0 and end and not lines[index].rstrip().endswith(";"):
            del lines[index:end + 1]
        elif kind == 1:
            lines[index] = lines[index].replace(f"rpc {match['name']}(", f"rpc {match['name']}Renamed(", 1)
        elif kind == 2:
            lines[index] = lines[index].replace(f"({match['in_stream'] or ''}{match['input']})",
                                                f"({'' if match['in_stream'] else 'stream '}{match['input']})", 1)
        else:
            other = chooser.choice(found)[1]["input"]
            lines[index] = lines[index].replace(f"{match['input']})", f"{other})", 1)
    return bool(found)


def delete_block(lines, chooser):
    found = [(index, match) for index, match in places(lines, BLOCK) if match["kind"] != "oneof"]
    if found:
        index, _ = chooser.choice(found)
        end = block_end(lines, index)
        if end is not None:
            del lines[index:end + 1]
    return bool(found)


def rename_block(lines, chooser):
    if found := places(lines, BLOCK):
        index, match = chooser.choice(found)
        if match["kind"] in ("message", "enum"):
            word = re.compile(rf"(?<![\w.\"/]){match['name']}(?![\w\"])")
            lines[:] = [word.sub(match["name"] + "Renamed", line) for line in lines]
        else:
            lines[index] = f"{match['indent']}{match['kind']} {match['name']}{'Renamed' if match['kind'] == 'service' else '_renamed'} {{"
    return bool(found)


def change_option(lines, chooser):
    if found := places(lines, OPTION):
        index, match = chooser.choice(found)
        if chooser.random() < 0.3:
            del lines[index]
        else:
            lines[index] = f'option {match["name"]} = "{match["value"]}x";'
    return bool(found)


def change_flag(lines, chooser):
    found = places(lines, FLAG)
    if found:
        index, match = chooser.choice(found)
        if match["value"] in ("true", "false") and chooser.random() < 0.6:
            lines[index] = f"option {match['name']} = {'false' if match['value'] == 'true' else 'true'};"
        else:
            del lines[index]
    else:
        package = next((index for index, line in enumerate(lines) if line.startswith("package ")), None)
        if package is None:
            return False
        lines.insert(package + 1, chooser.choice(["option optimize_for = CODE_SIZE;", "option cc_generic_services = true;",
                                                  "option py_generic_services = true;", 'option swift_prefix = "X";',
                                                  "option java_string_check_utf8 = true;"]))
    return True


def change_reserved(lines, chooser):
    if found := places(lines, RESERVED):
        index, _ = chooser.choice(found)
        if chooser.random() < 0.5:
            del lines[index]
        else:
            lines[index] += " reserved 30000 to 30010;"
        return True
    blocks = [index for index, match in places(lines, BLOCK) if match["kind"] == "message"]
    if blocks:
        lines.insert(chooser.choice(blocks) + 1, "  reserved 28000 to 28010;")
    return bool(blocks)


def option_of_block(lines, chooser):
    found = [(index, match) for index, match in places(lines, BLOCK) if match["kind"] != "oneof"]
    if found:
        index, match = chooser.choice(found)
        option = "option deprecated = true;"
        if match["kind"] == "message":
            option = chooser.choice([option, "option no_standard_descriptor_accessor = true;"])
        lines.insert(index + 1, f"{match['indent']}  {option}")
    return bool(found)


CHANGES = [delete_field, delete_field, delete_and_reserve, renumber, renumber, retype, retype, rename_field, rename_field, rename_field_keep_json,
           json_name, relabel, relabel, option_of_field, option_of_field, into_a_oneof, into_a_map, swap_fields, out_of_a_oneof, change_value,
           change_value, change_value, change_method, change_method, delete_block, rename_block, change_option, change_option, change_flag,
           change_reserved, option_of_block]


TRIES = 20  # a file may have no enum, no method, …


def mutate(text, chooser):
    """The text with one or two changes; and their names. None if nothing could be changed."""
    lines, names, wanted = text.split("\n"), [], chooser.choice([1, 1, 2])
    for _ in range(TRIES):
        change = chooser.choice(CHANGES)
        if change(lines, chooser):
            names.append(change.__name__)
        if len(names) == wanted:
            break
    changed = "\n".join(lines)
    return (changed, names) if changed != text else (None, [])
