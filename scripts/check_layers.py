#!/usr/bin/env python3
"""Who may include whom: the house's floor plan, enforced.

    scripts/check_layers.py [ROOT]

Reads every C file of the tree and holds its #include lines to the tables below, which are the tables of the
architecture (docs/ARCHITECTURE.md): change them there and here in one commit, with the reason.

  1. A room includes only the rooms of its row: never upward, never sideways.
  2. A room has one door, ROOM/ROOM.h. What others may not see lies in ROOM/internal/. Some rooms have a back room with
     a door of its own (registry/store, server/http), which only the room around it may open.
  3. A third-party header is seen by one place only, so that the library behind it can be replaced there.
  4. No source file has more than 800 lines.

Tests, benchmarks and fuzzers look where they like: rules 1 and 3 do not hold for them.
Prints `file:line: what, why, what to do` for each breach and exits 1 if there is one.
"""

import fnmatch
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import source_tree  # noqa: E402

# --- the floor plan ------------------------------------------------------------------------------

_LOW = ["base", "wire", "cel", "json", "proto", "schema", "compiler", "compat", "lint", "validate"]

# room: the rooms that it may include, besides itself
MAY_INCLUDE = {
    "base": [],
    "wire": ["base"],
    "cel": ["base"],
    "json": ["base"],
    "proto": ["base"],
    "schema": ["base", "wire"],
    "compiler": ["base", "wire", "schema"],
    "compat": ["base", "schema"],
    "lint": ["base", "wire", "schema"],
    "validate": ["base", "wire", "schema", "cel", "json"],
    "registry": _LOW,
    "client": ["base", "wire", "json", "schema", "validate", "proto", "include"],
    "server": ["base", "json", "proto", "schema", "compat", "lint", "validate", "registry"],
    "cli": _LOW + ["registry", "client", "server", "include"],
    # Not rooms, but they have a row: the installed header stands alone, and examples see only it.
    "include": [],
    "examples": ["include"],
}

# These look where they like.
OUTSIDE = ["tests", "bench", "fuzz"]

# Back rooms: only the room around them may open their door, FOLDER/LAST.h.
BACK_ROOMS = ["registry/store", "server/http"]

# third-party header (glob): (files that may see it (globs), most files that do so per room or None)
CONFINED = {
    "microhttpd.h": (["server/http/mhd.c"], None),
    "sqlite3.h": (["registry/store/sqlite*"], None),
    "libpq-fe.h": (["registry/store/postgres*"], None),
    "libpq/*": (["registry/store/postgres*"], None),
    "jansson.h": (["json/*"], None),
    "openssl/*": (["server/tls*", "base/sha256*"], None),
    # One sender of server/, one fetcher of client/, and the command line's own until client/ comes and takes it over.
    "curl/*": (["server/*", "client/*", "cli/fetch.c"], 1),
    "librdkafka/*": (["client/kafka*"], None),
    "rdkafka.h": (["client/kafka*"], None),
    # protobuf-c speaks Sluice's own messages only: proto/ and the rooms that have proto in their row.
    "protobuf-c/*": (["proto/*"] + [f"{room}/*" for room in MAY_INCLUDE
                                    if "proto" in MAY_INCLUDE[room]], None),
    "re2/*": (["cel/regex*"], None),
    "check.h": ([], None),
}

# What the C library and the system bring is nobody's third party.
SYSTEM = """
    alloca.h arpa/* assert.h complex.h cpuid.h ctype.h dirent.h dlfcn.h elf.h endian.h byteswap.h err.h errno.h
    execinfo.h fcntl.h fenv.h float.h fnmatch.h fts.h ftw.h getopt.h glob.h grp.h ifaddrs.h immintrin.h arm_neon.h inttypes.h
    iso646.h langinfo.h libgen.h limits.h link.h linux/* locale.h malloc.h math.h net/* netdb.h netinet/* nmmintrin.h
    poll.h pthread.h pwd.h regex.h sanitizer/* sched.h search.h semaphore.h setjmp.h signal.h spawn.h stdalign.h
    stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h strings.h sys/*
    sysexits.h syslog.h termios.h threads.h time.h ucontext.h unistd.h utime.h wchar.h wctype.h x86intrin.h
""".split()

MOST_LINES = 800

# Measured in lines; everything else (data, documents, generated fixtures) is not a source file.
MEASURED = source_tree.C_SUFFIXES + (".py", ".sh", ".build")

# -------------------------------------------------------------------------------------------------

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<open>[<"])(?P<path>[^>"\n]+)[>"]', re.MULTILINE)


class Breaches:
    """Collects breaches; each is one line that says what, why and what to do."""

    def __init__(self):
        self.lines = []

    def add(self, path, line, text):
        self.lines.append(f"{path}:{line}: {text}")


def room_of(path):
    """The first folder of a path, or '' for a file of the root."""
    return path.split("/", 1)[0] if "/" in path else ""


def door_of(room):
    return f"{room}/{room}.h"


def back_room_of(path):
    """The back room that a path lies in, or None."""
    for folder in BACK_ROOMS:
        if path.startswith(folder + "/"):
            return folder
    return None


def back_door_of(folder):
    return f"{folder}/{folder.rsplit('/', 1)[1]}.h"


def check_house_include(path, line, target, breaches):
    """One `#include "target"` in the file `path`."""
    room, other = room_of(path), room_of(target)
    if ".." in target.split("/"):
        breaches.add(path, line, f'"{target}" climbs with "..": include paths start at the repository\'s root')
        return
    if other not in MAY_INCLUDE and other not in OUTSIDE:
        breaches.add(path, line, f'"{target}" does not start with a room: write the path from the repository\'s '
                                 f'root, as in "{room}/{target}"')
        return
    if room in OUTSIDE:
        return
    if other in OUTSIDE:
        breaches.add(path, line, f'"{target}": what ships does not lean on {other}/; move what you need into a room')
        return
    if other == room:
        check_back_door(path, line, target, breaches)
        return
    check_other_room(path, line, target, breaches)


def check_back_door(path, line, target, breaches):
    """Inside one room: the front may open a back room only by its door."""
    folder = back_room_of(target)
    if folder and back_room_of(path) != folder and target != back_door_of(folder):
        breaches.add(path, line, f'"{target}" is inside {folder}/: the rest of {room_of(path)}/ sees it only through '
                                 f'"{back_door_of(folder)}"')


def check_other_room(path, line, target, breaches):
    """From one room into another: by the row, through the door."""
    room, other = room_of(path), room_of(target)
    row = MAY_INCLUDE[room]
    if other not in row:
        allowed = ", ".join(row) or "nothing"
        breaches.add(path, line, f'"{target}": {room}/ may not include {other}/ (its row: {allowed}); move the code '
                                 f"to where both may be seen, or pass what you need in")
        return
    if other == "include" or target == door_of(other):
        return
    if back_room_of(target):
        breaches.add(path, line, f'"{target}" is a back room of {other}/: ask for what you need in "{door_of(other)}"')
    elif "/internal/" in target:
        breaches.add(path, line, f'"{target}" is private to {other}/: ask for what you need in "{door_of(other)}"')
    else:
        breaches.add(path, line, f'"{target}" is not the door of {other}/: include "{door_of(other)}"')


def matches(name, globs):
    return any(fnmatch.fnmatchcase(name, glob) for glob in globs)


def check_foreign_include(path, line, target, seen, breaches):
    """One `#include <target>`, in the file `path`; `seen` gathers who sees a header that is rationed."""
    room = room_of(path)
    if room in OUTSIDE or matches(target, SYSTEM):
        return
    for header, (places, most) in CONFINED.items():
        if not matches(target, [header]):
            continue
        if not matches(path, places):
            where = " or ".join(places) or "tests"
            breaches.add(path, line, f"<{target}> may be seen only by {where}: put the call there, behind a function")
        elif most is not None:
            seen.setdefault((header, room), {}).setdefault(path, line)
        return
    breaches.add(path, line, f"<{target}> is neither the system's nor a library that this house knows: include house "
                             f'headers as "room/room.h", and give a new library its row in CONFINED')


def check_rations(seen, breaches):
    for (header, room), places in seen.items():
        most = CONFINED[header][1]
        if len(places) <= most:
            continue
        for path, line in sorted(places.items()):
            breaches.add(path, line, f"<{header}> is seen by {len(places)} files of {room}/ "
                                     f"({', '.join(sorted(places))}): at most {most} may; put the calls into one")


def check_lengths(root, breaches):
    for path in source_tree.files(root):
        text = source_tree.read(root, path) if path.endswith(MEASURED) or path.startswith("scripts/") else ""
        lines = text.count("\n")
        if lines > MOST_LINES:
            breaches.add(path, MOST_LINES + 1, f"{lines} lines, and {MOST_LINES} is the most: split it by what its "
                                               "parts are for")


def check_tree(root):
    """Every breach in the tree below `root`, as a list of lines."""
    breaches = Breaches()
    seen = {}
    for path in source_tree.c_files(root):
        if room_of(path) not in MAY_INCLUDE and room_of(path) not in OUTSIDE:
            breaches.add(path, 1, "C outside the rooms: give it a room, or the folder a row in MAY_INCLUDE")
            continue
        text = source_tree.blank_comments(source_tree.read(root, path))
        for match in _INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if match["open"] == '"':
                check_house_include(path, line, match["path"], breaches)
            else:
                check_foreign_include(path, line, match["path"], seen, breaches)
    check_rations(seen, breaches)
    check_lengths(root, breaches)
    return breaches.lines


def main(arguments):
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__.strip())
        return 0 if arguments[0] in ("-h", "--help") else 2
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    lines = check_tree(root)
    for line in lines:
        print(line)
    if lines:
        print(f"{len(lines)} breaches of the floor plan", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
