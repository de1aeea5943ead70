"""scripts/setup, on a machine made of stubs: what it installs, and what it says when it may not."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import tap

SETUP = Path(tap.source_root()) / "scripts" / "setup"

# The rest of the machine: commands that scripts/setup takes for granted, and the stubs in front of them.
REAL = ["bash", "env", "sed"]


def machine(folder, installed, uid=0, sudo=False, apt_fails=False, commands=()):
    """A PATH folder with stubs; apt-get writes its arguments to `apt.log` beside it."""
    place = Path(folder) / "bin"
    place.mkdir()
    for name in REAL:
        (place / name).symlink_to(shutil.which(name))
    lines = "".join(f"installed {name}\\n" for name in installed) + "not-installed left-over\\n"
    stubs = {
        "dpkg-query": f"printf '{lines}'",
        "id": f"echo {uid}",
        "apt-get": f'echo "$*" >>"{folder}/apt.log"; exit {1 if apt_fails else 0}',
    }
    if sudo:
        stubs["sudo"] = f'echo sudo >>"{folder}/apt.log"; shift; exec "$@"'
    for name in commands:
        stubs[name] = "exit 0"
    for name, text in stubs.items():
        (place / name).write_text(f"#!{shutil.which('bash')}\n{text}\n")
        (place / name).chmod(0o755)
    return place


def setup(arguments, installed, **given):
    """Exit status, standard output, standard error, and what apt-get was asked, line by line."""
    with tempfile.TemporaryDirectory(prefix="sluice-setup-") as folder:
        place = machine(folder, installed, **given)
        done = subprocess.run([shutil.which("bash"), str(SETUP), *arguments], capture_output=True, text=True,
                              env={**os.environ, "PATH": str(place)}, stdin=subprocess.DEVNULL, check=False)
        log = Path(folder) / "apt.log"
        return done.returncode, done.stdout, done.stderr, log.read_text().splitlines() if log.exists() else []


def wanted(*arguments):
    """Every package, as the script itself lists them on an empty machine."""
    status, said, _, asked = setup(["--dry-run", *arguments], [])
    tap.equal((status, asked), (0, []), "dry run on an empty machine")
    return said.split()


@tap.case
def complete_machine_is_left_alone_in_silence():
    tap.equal(setup(["--test"], wanted("--test"), uid=1000), (0, "", "", []))


@tap.case
def test_packages_come_on_top_of_what_builds():
    build, test = wanted(), wanted("--test")
    tap.check(set(build) < set(test), "--test does not add to what builds")
    tap.contains(build, "libmicrohttpd-dev")
    tap.contains(test, "clang-14")


@tap.case
def only_what_is_missing_is_installed():
    have = [name for name in wanted() if name not in ("meson", "check")]
    status, _, _, asked = setup([], have)
    tap.equal(status, 0, "status")
    tap.equal(len(asked), 2, f"calls {asked}")
    tap.contains(asked[0], "update")
    tap.check(re.fullmatch(r"install .*-y .*--no-install-recommends meson check", asked[1]), asked[1])


@tap.case
def package_that_was_removed_counts_as_missing():
    status, said, _, _ = setup(["--dry-run"], [name for name in wanted() if name != "gcc"] + ["gcc-12-base"])
    tap.equal((status, said), (0, "gcc\n"))


@tap.case
def node_of_another_origin_will_do():
    tap.equal(setup(["--corpora"], wanted(), commands=("node", "npm", "pip3")), (0, "", "", []))
    tap.equal(setup(["--corpora", "--dry-run"], wanted(), commands=("node", "pip3"))[1], "npm\n")


@tap.case
def sudo_is_used_when_not_root():
    status, _, _, asked = setup([], wanted()[1:], uid=1000, sudo=True)
    tap.equal(status, 0, "status")
    tap.equal(asked.count("sudo"), 2, f"sudo in {asked}")


@tap.case
def without_root_and_sudo_it_says_what_to_run():
    status, _, said, asked = setup([], wanted()[1:], uid=1000)
    tap.equal((status, asked), (1, []))
    tap.contains(said, f"apt-get install --no-install-recommends {wanted()[0]}")


@tap.case
def failed_install_is_told():
    status, _, said, _ = setup([], wanted()[1:], apt_fails=True)
    tap.equal(status, 1, "status")
    tap.contains(said, "could not install")


@tap.case
def unknown_option_is_wrong_usage():
    tap.equal(setup(["--nonsense"], [])[0], 2)


tap.main()
