"""`sluice serve` as a process, and the main job with nothing but the command line, against the real server."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import tempfile
import urllib.request

import program
import tap
from program import EXAMPLES, expect, sluice

ADMIN = "a" * 40


class Server:
    """`sluice serve` on a port of the system's choice; ended by its id."""

    def __init__(self, store, admin=ADMIN, arguments=()):
        env = {"SLUICE_ADMIN_TOKEN": admin} if admin else {}
        self.process = program.start("serve", "--listen", "127.0.0.1:0", "--store", store, *arguments, env=env,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)

    def __enter__(self):
        line = self.process.stdout.readline().decode()
        match = re.fullmatch(r"sluice \S+ serves (http://127\.0\.0\.1:\d+) \(store: (.+)\)\n", line)
        if not match:
            self.process.kill()
            raise tap.Failed(f"first line {line!r}, and {self.process.communicate()[1]!r}")
        self.url, self.store = match[1], match[2]
        return self

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=program.TIMEOUT_S)
        return program.Ran(subprocess.CompletedProcess([], self.process.returncode, out, err))

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        self.process.stdout.close()
        self.process.stderr.close()

    def sluice(self, *arguments, token=ADMIN, **options):
        return sluice(*arguments, env={"SLUICE_SERVER": self.url, **({"SLUICE_TOKEN": token} if token else {})}, **options)


def with_contract(server):
    """A producer with its token, the schema, and the topic; gives the token."""
    expect(server.sluice("producer", "create", "checkout", "--team", "payments", "--chat", "#payments"), 0)
    token = expect(server.sluice("token", "create", "--producer", "checkout", "--name", "t"), 0).out.strip()
    expect(server.sluice("register", "--subject", "orders.placed-value", "v1.binpb", token=token), 0, "version 1")
    expect(server.sluice("contract", "claim", "orders.placed", "--message", "orders.v1.OrderPlaced", token=token), 0,
           "orders.v1.OrderPlaced")
    return token


@tap.case
def each_stop_signal_ends_it_in_order():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with Server("memory:") as server:
            ran = server.stop(number)
            tap.equal(ran.status, 0, f"exit status ({ran.err})")
            tap.contains(ran.err, f"stopping on {signal.Signals(number).name}")


@tap.case
def admin_token_is_not_lost_by_a_start_that_fails():
    with tempfile.TemporaryDirectory() as folder, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        store = f"sqlite:{folder}/s.db"
        expect(sluice("serve", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", "--store", store), 3)
        with Server(store, admin=None) as server:
            tap.contains(server.stop().out, "admin token, shown this once: sl_")


@tap.case
def closed_output_does_not_end_up_in_the_files_of_the_store():
    with tempfile.TemporaryDirectory() as folder:
        process = program.start("serve", "--listen", "127.0.0.1:0", "--store", f"sqlite:{folder}/s.db",
                                stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.close(1))
        said = ""
        while "could not be shown" not in said and process.poll() is None:
            said += process.stderr.readline()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        said += process.communicate(timeout=program.TIMEOUT_S)[1]
        tap.contains(said, "the admin token could not be shown")
        for name in os.listdir(folder):
            with open(f"{folder}/{name}", "rb") as file:
                tap.check(b"admin token" not in file.read(), f"no token in {name}")


@tap.case
def admin_token_is_shown_at_the_first_start_only():
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:{folder}/s.db"
        with Server(store, admin=None) as server:
            token = re.search(r"^admin token, shown this once: (sl_[\w-]{43})$", server.stop().out, re.MULTILINE)[1]
        with Server(store, admin=None) as server:
            expect(server.sluice("producer", "create", "p", "--team", "t", token=token), 0)
            expect(server.sluice("producer", "create", "q", "--team", "t", token="sl_" + "x" * 43), 3)
            tap.check("admin token" not in server.stop().out, "it is not shown again")


@tap.case
def folder_of_the_database_is_made():
    with tempfile.TemporaryDirectory() as folder, Server(f"sqlite:{folder}/var/s.db"):
        tap.equal(stat.S_IMODE(os.stat(f"{folder}/var").st_mode), 0o700, "mode")


@tap.case
def given_admin_token_is_not_shown():
    with Server("memory:") as server:
        expect(server.sluice("producer", "create", "p", "--team", "t"), 0)
        ran = server.stop()
        tap.check(ADMIN not in ran.out + ran.err, "the token is not said")


@tap.case
def old_sqlite_is_said():
    with tempfile.TemporaryDirectory() as folder, Server(f"sqlite:{folder}/s.db") as server:
        version = [int(part) for part in server.store.split()[1].split(".")]
        said = server.stop().err
        tap.equal("older than 3.51.3" in said, version < [3, 51, 3], said)


@tap.case
def second_server_on_one_file_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:{folder}/s.db"
        with Server(store):
            expect(sluice("serve", "--listen", "127.0.0.1:0", "--store", store), 3, "", "s.db")


# (claim, arguments, environment, exit status, part of what is said)
NOT_STARTED = [
    ("short_admin_token", [], {"SLUICE_ADMIN_TOKEN": "short"}, 2, "32"),
    ("address_that_is_none", ["--listen", "nowhere"], {}, 2, "nowhere"),
    ("store_that_is_none", ["--store", "mysql://x"], {}, 2, "mysql"),
    ("folder_that_is_not_there", ["--store", "sqlite:/nonexistent/a/s.db"], {}, 3, "/nonexistent/a/s.db"),
    ("settings_file_that_is_not_there", ["--config", "/nonexistent"], {}, 3, "/nonexistent"),
]


def not_started(arguments, env, status, part):
    def case():
        ran = sluice("serve", "--listen", "127.0.0.1:0", "--store", "memory:", *arguments, env=env)
        tap.equal(expect(ran, status, "", part).out, "", "stdout")
    return case


for claim, arguments, env, status, part in NOT_STARTED:
    tap.add(f"{claim}_is_said", not_started(arguments, env, status, part))


@tap.case
def main_job_by_the_command_line():
    with tempfile.TemporaryDirectory() as folder, Server(f"sqlite:{folder}/s.db") as server:
        token = with_contract(server)
        validate = ["validate", "--topic", "orders.placed"]
        expect(server.sluice(*validate, "good.bin", token=token), 0, "good.bin: valid\n")
        bad = expect(server.sluice(*validate, "bad.bin", token=token), 1, "items[2].sku: ")
        tap.contains(bad.out, "[string.utf8] at byte 125\n  owner: checkout (team payments); ask in #payments\n")
        batch = server.sluice(*validate, "--input", "delimited", "batch.delimited", token=token)
        tap.contains(expect(batch, 1, "batch.delimited[1]: not valid").out, "3 payloads, 1 valid, 2 refused")
        expect(server.sluice("check", "--topic", "orders.placed", "v2-compatible.binpb", token=token), 0, ": compatible\n")
        expect(server.sluice("check", "--topic", "orders.placed", "v2-breaking.binpb", token=token), 1, "fix: reserved 4;")
        refused = server.sluice("register", "--subject", "orders.placed-value", "v2-breaking.binpb", token=token)
        expect(refused, 1, "", "[FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED]")
        again = server.sluice("register", "--subject", "orders.placed-value", "v1.binpb", token=token)
        tap.contains(expect(again, 0).out, "version 1, id 1 (known already)")
        newer = server.sluice("register", "--subject", "orders.placed-value", "v2-compatible.binpb", token=token)
        tap.contains(expect(newer, 0).out, "version 2, id 2")
        expect(server.sluice(*validate, "unknown-field.bin", token=token), 0, "valid")
        expect(server.sluice(*validate, "--version", "1", "unknown-field.bin", token=token), 1, "[field.unknown]")


@tap.case
def what_a_server_has_is_a_side_of_a_comparison():
    with Server("memory:") as server:
        token = with_contract(server)
        newer = server.sluice("register", "--subject", "orders.placed-value", "v2-compatible.binpb", token=token)
        expect(newer, 0, "version 2")
        for against in ("subject:orders.placed-value", "subject:orders.placed-value@1", "topic:orders.placed"):
            expect(server.sluice("breaking", "v2-compatible.binpb", "--against", against, token=token), 0)
            broken = server.sluice("breaking", "v2-breaking.binpb", "--against", against, token=token)
            expect(broken, 1, 'field 4 "currency" of orders.v1.OrderPlaced was deleted')
        # Version 1 lacks what version 2 added, so against the latest it is a deletion.
        expect(server.sluice("breaking", "v1.binpb", "--against", "subject:orders.placed-value", "--use", "FIELD_NO_DELETE",
                             token=token), 1, "[FIELD_NO_DELETE]")
        expect(server.sluice("breaking", "v1.binpb", "--against", "subject:orders.placed-value@1", token=token), 0)
        expect(server.sluice("breaking", "v1.binpb", "--against", "subject:orders.placed-value@9", token=token), 3, "", "9")
        expect(server.sluice("breaking", "v1.binpb", "--against", "topic:nobody", token=token), 3, "", "nobody")


@tap.case
def offline_and_server_say_the_same():
    """Violations of each bad example, from the process itself and from a server."""
    with Server("memory:") as server:
        token = with_contract(server)
        for name in ("bad.bin", "truncated.bin", "unknown-field.bin", "good.bin"):
            offline = sluice("validate", "--schema", "v1.binpb", "--message", "orders.v1.OrderPlaced", "--format", "json", name)
            online = server.sluice("validate", "--topic", "orders.placed", "--format", "json", name, token=token)
            ours, theirs = json.loads(offline.out), json.loads(online.out)
            for member in ("input", "valid", "allowed", "message_type", "step"):
                tap.equal(ours.get(member), theirs.get(member), f"{name}: {member}")
            tap.equal(ours.get("violations", []), theirs["violations"], f"{name}: violations")


@tap.case
def framed_payload_names_its_schema():
    payload = b"\x00" + (1).to_bytes(4, "big") + b"\x00" + (EXAMPLES / "good.bin").read_bytes()
    other = b"\x00" + (99).to_bytes(4, "big") + b"\x00" + (EXAMPLES / "good.bin").read_bytes()
    with Server("memory:") as server:
        token = with_contract(server)
        arguments = ["validate", "--topic", "orders.placed", "--input", "framed"]
        expect(server.sluice(*arguments, token=token, stdin=payload), 0, "valid")
        expect(server.sluice(*arguments, token=token, stdin=other), 1, "[envelope.schema_id]")


@tap.case
def contract_goes_through_its_life():
    with Server("memory:") as server:
        owner = with_contract(server)
        expect(server.sluice("producer", "create", "billing", "--team", "finance"), 0)
        other = expect(server.sluice("token", "create", "--producer", "billing"), 0).out.strip()
        expect(server.sluice("contract", "claim", "orders.placed", token=other), 1, "", "owner: checkout (team payments)")
        expect(server.sluice("contract", "amend", "orders.placed", "--mode", "observe", token=owner), 0, "observe")
        observed = server.sluice("validate", "--topic", "orders.placed", "bad.bin", token=owner)
        expect(observed, 1, "not valid; it may go out, since the contract does not enforce")
        expect(server.sluice("contract", "block", "orders.placed", "--reason", "flood"), 0, "flood")
        expect(server.sluice("validate", "--topic", "orders.placed", "good.bin", token=owner), 1, "[contract.blocked]")
        expect(server.sluice("contract", "unblock", "orders.placed"), 0)
        expect(server.sluice("contract", "offer", "orders.placed", "--to", "billing", token=owner), 0, "billing")
        expect(server.sluice("contract", "accept", "orders.placed", "--generation", "1", token=other), 1, "", "sluice: ")
        expect(server.sluice("contract", "accept", "orders.placed", token=other), 0, "owner: billing (team finance)")
        expect(server.sluice("contract", "deprecate", "orders.placed", token=other), 0, "deprecated")
        listed = expect(server.sluice("contract", "list", "--owner", "billing", token=None), 0).out
        tap.check(re.fullmatch(r"orders\.placed +deprecated +observe +billing +orders\.v1\.OrderPlaced\n", listed), listed)
        expect(server.sluice("contract", "retire", "orders.placed", token=other), 0, "retired")
        expect(server.sluice("contract", "show", "orders.placed"), 3, "", "sluice: The topic has no contract")
        claim = ["contract", "claim", "orders.placed", "--message", "orders.v1.OrderPlaced", "--draft"]
        expect(server.sluice(*claim, token=owner), 0, "draft")
        expect(server.sluice("contract", "activate", "orders.placed", token=owner), 0, "active")


@tap.case
def producers_and_tokens_are_listed_and_ended():
    with Server("memory:") as server:
        token = with_contract(server)
        expect(server.sluice("producer", "show", "checkout"), 0, "#payments")
        expect(server.sluice("producer", "list"), 0, "checkout ")
        expect(server.sluice("producer", "block", "checkout", "--reason", "lost laptop"), 0, "lost laptop")
        expect(server.sluice("validate", "--topic", "orders.placed", "good.bin", token=token), 1, "[identity.blocked]")
        expect(server.sluice("producer", "unblock", "checkout"), 0)
        listed = expect(server.sluice("token", "list", "--producer", "checkout"), 0).out
        tap.check(token not in listed, "the secret is not listed")
        expect(server.sluice("token", "revoke", "--producer", "checkout", listed.split()[0]), 0, "revoked")
        ended = server.sluice("validate", "--topic", "orders.placed", "good.bin", token=token)
        expect(ended, 3, "", "sluice: Say who you are")
        expect(server.sluice("contract", "claim", "t", token=None), 3, "", "sluice: Say who you are")


@tap.case
def pages_of_a_long_list_are_all_read():
    with Server("memory:") as server:
        for number in range(103):
            body = json.dumps({"name": f"p{number:03}", "team": "t"}).encode()
            headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(server.url + "/v1/producers", body, headers)).close()
        tap.equal(expect(server.sluice("producer", "list"), 0).out.count("\n"), 103, "producers")


@tap.case
def settings_come_from_file_environment_and_flags():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sluice.conf")
        with open(path, "w") as file:
            file.write("require_auth = true\nstore = sqlite:/nonexistent/a/s.db\n")
        with Server("memory:", arguments=["--config", path]) as server:
            expect(server.sluice("producer", "list", token=None), 3, "", "Say who you are")
            expect(server.sluice("producer", "list"), 0)


tap.main()
