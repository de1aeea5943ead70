"""scripts/check_layers.py finds what it is there to find, and nothing else."""

import tap
import fake_tree
import check_layers

GOOD = {
    "base/base.h": '#pragma once\n#include "base/str.h"\n',
    "base/str.h": "#pragma once\n#include <stddef.h>\n",
    "base/status.h": '#include "base/status.def"\n',
    "base/sha256.c": '#include "base/base.h"\n#include <openssl/evp.h>\n',
    "wire/wire.h": '#include "base/base.h"\n',
    "wire/reader.c": '#include "wire/internal/reader.h"\n#include "wire/wire.h"\n#include <sys/uio.h>\n',
    "json/read.c": '#include "base/base.h"\n#include <jansson.h>\n',
    "proto/proto.h": '#include "proto/sluice.pb-c.h"\n#include <protobuf-c/protobuf-c.h>\n',
    "registry/registry.c": '#include "registry/store/store.h"\n#include "compat/compat.h"\n#include "wire/wire.h"\n',
    "registry/store/sqlite_open.c": '#include "registry/store/internal/x.h"\n#include <sqlite3.h>\n',
    "server/http/mhd.c": '#include "server/http/http.h"\n#include <microhttpd.h>\n',
    "server/api.c": '#include "server/http/http.h"\n#include "registry/registry.h"\n',
    "server/hooks.c": "#include <curl/curl.h>\n",
    "cli/fetch.c": "#include <curl/curl.h>\n",
    "client/fetch.c": '#include <curl/curl.h>\n#include "include/sluice/sluice.h"\n',
    "cli/main.c": '#include "server/server.h"\n#include "registry/registry.h"\n',
    "tests/wire/test_reader.c": '#include "wire/internal/reader.h"\n#include "tests/support/tap_main.h"\n'
                                "#include <sqlite3.h>\n#include <check.h>\n",
    "bench/http.c": "#include <microhttpd.h>\n",
    "examples/publish.c": '#include "include/sluice/sluice.h"\n',
}

# (claim, file, text, line of the breach, what is said)
CASES = [
    ("upward_include_is_refused", "wire/a.c", '#include "schema/schema.h"\n', 1, "wire/ may not include schema/"),
    ("sideways_include_is_refused", "compat/a.c", '#include "lint/lint.h"\n', 1, "compat/ may not include lint/"),
    ("base_includes_no_room", "base/a.c", '\n\n#include "wire/wire.h"\n', 3, "its row: nothing"),
    ("server_may_not_see_wire", "server/a.c", '#include "wire/wire.h"\n', 1, "server/ may not include wire/"),
    ("other_header_than_the_door_is_refused", "schema/a.c", '#include "wire/reader.h"\n', 1, 'include "wire/wire.h"'),
    ("table_of_another_room_is_refused", "schema/a.c", '#include "base/limits.def"\n', 1, "is not the door of base/"),
    ("internal_of_another_room_is_refused", "schema/a.c", '#include "wire/internal/r.h"\n', 1, "private to wire/"),
    ("back_room_is_closed_to_other_rooms", "cli/a.c", '#include "registry/store/store.h"\n', 1, "a back room of reg"),
    ("http_is_closed_to_the_cli", "cli/a.c", '#include "server/http/http.h"\n', 1, "a back room of server/"),
    ("own_room_opens_the_back_room_by_its_door", "registry/a.c", '#include "registry/store/sqlite.h"\n', 1,
     'only through "registry/store/store.h"'),
    ("own_room_may_not_reach_into_the_back_room", "server/a.c", '#include "server/http/internal/c.h"\n', 1,
     'only through "server/http/http.h"'),
    ("sibling_path_is_refused", "wire/a.c", '#include "reader.h"\n', 1, 'as in "wire/reader.h"'),
    ("climbing_path_is_refused", "wire/a.c", '#include "../base/base.h"\n', 1, 'climbs with ".."'),
    ("rooms_do_not_lean_on_tests", "wire/a.c", '#include "tests/support/tap_main.h"\n', 1, "does not lean on tests/"),
    ("unknown_folder_is_refused", "misc/a.c", "int a;\n", 1, "outside the rooms"),
    ("example_sees_only_the_public_header", "examples/a.c", '#include "wire/wire.h"\n', 1, "examples/ may not include"),
    ("microhttpd_is_for_one_file", "server/http/b.c", "#include <microhttpd.h>\n", 1, "only by server/http/mhd.c"),
    ("sqlite_is_for_its_driver", "registry/store/memory.c", "#include <sqlite3.h>\n", 1, "registry/store/sqlite*"),
    ("libpq_is_for_its_driver", "registry/store/sqlite.c", "#include <libpq-fe.h>\n", 1, "registry/store/postgres*"),
    ("jansson_is_for_json", "server/a.c", "#include <jansson.h>\n", 1, "only by json/*"),
    ("openssl_is_for_tls_and_sha256", "registry/a.c", "#include <openssl/sha.h>\n", 1, "server/tls* or base/sha256*"),
    ("curl_is_not_for_cli", "cli/a.c", "#include <curl/curl.h>\n", 1, "only by server/* or client/*"),
    ("rdkafka_is_for_its_file", "client/a.c", "#include <librdkafka/rdkafka.h>\n", 1, "only by client/kafka*"),
    ("protobuf_c_is_not_for_schema", "schema/a.c", "#include <protobuf-c/protobuf-c.h>\n", 1, "only by proto/*"),
    ("check_is_for_tests", "wire/a.c", "#include <check.h>\n", 1, "only by tests"),
    ("unknown_library_is_refused", "base/a.c", "#include <uv.h>\n", 1, "neither the system's nor a library"),
    ("spaces_do_not_hide_an_include", "wire/a.c", '  #  include   "schema/schema.h"\n', 1, "may not include schema/"),
    ("line_is_counted_behind_comments", "wire/a.c", '/* a\n b */\n#include "cli/cli.h"\n', 3, "may not include cli/"),
    ("file_over_800_lines_is_refused", "base/a.c", "int a;\n" * 801, 801, "801 lines, and 800 is the most"),
    ("script_over_800_lines_is_refused", "scripts/a.py", "a = 1\n" * 900, 801, "900 lines"),
]


@tap.case
def good_tree_is_silent():
    fake_tree.expect(check_layers.check_tree, GOOD)


@tap.case
def comment_is_not_an_include():
    fake_tree.expect(check_layers.check_tree, {"wire/a.c": '/*\n#include "cli/cli.h"\n*/\n// #include "cli/cli.h"\n'})


@tap.case
def exactly_800_lines_pass():
    fake_tree.expect(check_layers.check_tree, {"base/a.c": "int a;\n" * 800})


@tap.case
def second_curl_file_of_a_room_is_refused():
    files = {"server/a.c": "#include <curl/curl.h>\n", "server/b.c": "\n#include <curl/curl.h>\n"}
    fake_tree.expect(check_layers.check_tree, files, ("server/a.c:1:", "at most 1"), ("server/b.c:2:", "at most 1"))


@tap.case
def every_row_names_rooms_that_exist():
    for room, row in check_layers.MAY_INCLUDE.items():
        for other in row:
            tap.check(other in check_layers.MAY_INCLUDE, f"{room}: no room {other}")
            tap.check(room not in check_layers.MAY_INCLUDE[other], f"{room} and {other} include each other")


def one_breach(path, text, line, said):
    return lambda: fake_tree.expect(check_layers.check_tree, {path: text}, (f"{path}:{line}:", said))


for claim, path, text, line, said in CASES:
    tap.add(claim, one_breach(path, text, line, said))

tap.main()
