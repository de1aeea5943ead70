#!/usr/bin/env python3
"""The committed binary files of examples/ are what protoc makes of the texts beside them."""

import os
import pathlib
import subprocess

import tap

ROOT = pathlib.Path(tap.source_root())
PROTOC = subprocess.run([ROOT / "scripts" / "corpora", "--print-protoc"], capture_output=True, text=True, check=False)
if PROTOC.returncode != 0:
    tap.skip_all("protoc 36 is not there; run scripts/corpora", "SLUICE_REQUIRE_CORPORA")


@tap.case
def committed_files_are_what_protoc_makes():
    env = dict(os.environ, PROTOC=PROTOC.stdout.strip())
    done = subprocess.run([ROOT / "examples/orders/generate", "--check"], env=env, capture_output=True, text=True, check=False)
    tap.equal(done.returncode, 0, f"generate --check says {done.stdout}{done.stderr}")


@tap.case
def good_payload_is_read_by_protoc_and_the_bad_ones_are_not():
    for name, want in [("good", 0), ("unknown-field", 0), ("bad", 1), ("truncated", 1)]:
        payload = (ROOT / f"examples/orders/{name}.bin").read_bytes()
        command = [PROTOC.stdout.strip(), f"--descriptor_set_in={ROOT}/examples/orders/v1.binpb",
                   "--decode=orders.v1.OrderPlaced", "orders/v1/order.proto"]
        done = subprocess.run(command, input=payload, capture_output=True, check=False)
        tap.equal(done.returncode, want, f"protoc --decode {name}.bin")


tap.main()
