"""`scripts/run`: the walk passes twice on one var/, and fails when an answer is not as it should be."""

import os
import pty
import select
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import program
import tap
from program import SOURCE

TIMEOUT_S = 240


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*arguments, var="var", build=tap.build_root(), port=None):
    """Runs it as without a terminal; gives status, stdout, stderr."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    env.update(SLUICE_BUILD=str(build), SLUICE_VAR=str(var), SLUICE_PORT=str(port or free_port()))
    done = subprocess.run([str(SOURCE / "scripts" / "run"), *arguments], env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=TIMEOUT_S, text=True)
    return program.Ran(subprocess.CompletedProcess(done.args, done.returncode, done.stdout.encode(), done.stderr.encode()))


def expect(ran, status, out="", err=""):
    return program.expect(ran, status, out, err)


@tap.case
def walk_passes_and_passes_again():
    with tempfile.TemporaryDirectory(prefix="sluice run ") as folder:
        var = Path(folder, "v a r")
        first = expect(run("--once", var=var), 0, "answers are as they should be.")
        for part in ("HTTP 200", "HTTP 422", "items[2].sku", "[FIELD_", "owner: checkout (team payments)", '"refused":2'):
            tap.contains(first.out, part)
        tap.equal(first.err, "", "stderr")
        for secret in ("admin.token", "checkout.token", "billing.token"):
            tap.equal(stat.S_IMODE((var / secret).stat().st_mode), 0o600, secret)
            tap.check((var / secret).read_text().strip() not in first.out, f"{secret} is not shown")
        second = expect(run(var=var), 0, "answers are as they should be.")
        tap.contains(second.out, "from an earlier run")
        tap.contains(second.out, "known already")


def run_on_a_terminal(until, *arguments, var):
    """Runs it on a terminal of its own, presses Ctrl-C when it says `until`; gives status and what it said."""
    os.environ.update(SLUICE_BUILD=tap.build_root(), SLUICE_VAR=var, SLUICE_PORT=str(free_port()))
    process, terminal = pty.fork()
    if process == 0:
        os.execv(SOURCE / "scripts" / "run", ["run", *arguments])
    said, deadline, is_pressed = b"", time.monotonic() + TIMEOUT_S, False
    while time.monotonic() < deadline:
        try:
            got = os.read(terminal, 1 << 16) if select.select([terminal], [], [], 1)[0] else b""
        except OSError:  # the other end is closed
            break
        said += got
        if until.encode() in said and not is_pressed:
            os.write(terminal, b"\x03")
            is_pressed = True
    else:
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), said.decode("utf-8", "replace")


@tap.case
def on_a_terminal_it_serves_until_ctrl_c():
    with tempfile.TemporaryDirectory() as var:
        status, said = run_on_a_terminal("until you press Ctrl-C", var=var)
        tap.contains(said, "answers are as they should be.")
        tap.equal(status, 0, f"exit status ({said[-300:]!r})")
        tap.contains(Path(var, "sluice.log").read_text(), "stopping on SIG")
        status, said = run_on_a_terminal("Ctrl-C stops it.", "--no-demo", var=var)
        tap.equal(status, 0, f"exit status ({said[-300:]!r})")
        tap.check("$ sluice" not in said, "--no-demo walks nothing")


@tap.case
def taken_port_is_said_with_what_to_do():
    with tempfile.TemporaryDirectory() as folder, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = expect(run("--once", var=folder, port=port), 1, "", f"something listens on 127.0.0.1:{port} already")
        tap.contains(ran.err, f"SLUICE_PORT={port + 1}")


@tap.case
def wrong_answer_makes_it_fail():
    """A program that is the real one, except that it finds every change compatible."""
    with tempfile.TemporaryDirectory() as folder:
        stub = Path(folder, "build", "cli", "sluice")
        stub.parent.mkdir(parents=True)
        stub.write_text('#!/bin/sh\n'
                        f'case "$*" in *v2-breaking*) echo "fine"; exit 0 ;; esac\nexec "{program.PROGRAM}" "$@"\n')
        stub.chmod(0o755)
        ran = run("--once", var=Path(folder, "var"), build=stub.parent.parent)
        expect(ran, 1, "NOT AS IT SHOULD BE: exit status 0, want 1")
        tap.contains(ran.out, "1 of ")


@tap.case
def server_that_does_not_start_is_shown():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sluice.db").write_text("this is no database, " * 100)
        ran = run("--once", var=folder)
        expect(ran, 1, "", "the server did not start")
        tap.contains(ran.err, "sluice: ")


@tap.case
def help_and_wrong_usage():
    expect(run("--help"), 0, "--no-demo")
    expect(run("--frobnicate"), 2, "", "--no-demo")
    expect(run("--once", port="http"), 1, "", "SLUICE_PORT is 'http'")
    expect(run("--once", build="/nonexistent"), 1, "", "there is no cli/sluice in it")


tap.main()
