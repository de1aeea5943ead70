#!/usr/bin/env python3
"""Registering the Nth version of a subject at FULL_TRANSITIVE, which is held against all N - 1 before it.

    bench_history.py SLUICE [--versions N]

Starts a server on loopback with an empty database, and registers versions of one schema of 40 messages, each with a field more than the one
before. Told is the server's processor time per registration, and per version that it was compared with, around each tenth of the way; the last column
should stay the same, however long the history is.

Exit status 0 when it measured, 1 when an answer was wrong.
"""

import argparse
import json
import statistics
import tempfile

from bench_validate import call, cpu_seconds, start_sluice

MESSAGES = 40
SUBJECT = "/v1/subjects/history"


def text_of(version):
    """Messages have ten fields, and one of them as many more as there were versions."""
    fields = "".join(f"  string field_{number} = {number};\n" for number in range(1, 11))
    messages = "".join(f"message M{index} {{\n{fields}}}\n" for index in range(1, MESSAGES))
    grown = "".join(f"  int64 added_{number} = {number};\n" for number in range(1, version + 1))
    return f'syntax = "proto3";\npackage history.v1;\nmessage M0 {{\n{grown}}}\n{messages}'


def register(process, port, version):
    """Processor time of the server, in ms."""
    before = cpu_seconds(process)
    call(port, "POST", f"{SUBJECT}/versions?main=history.proto", text_of(version), "text/x-protobuf", (201,))
    return (cpu_seconds(process) - before) * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sluice")
    parser.add_argument("--versions", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        process, port = start_sluice(options.sluice, folder, 2)
        try:
            took = [register(process, port, 1)]
            call(port, "PATCH", SUBJECT, json.dumps({"compatibility": "FULL_TRANSITIVE"}), "application/merge-patch+json", (200,))
            print(f"{'version':>8} {'registration':>16} {'per version before':>20}")
            for version in range(2, options.versions + 1):
                took.append(register(process, port, version))
                if version % max(options.versions // 10, 1) == 0:
                    median = statistics.median(took[-9:])
                    print(f"{version:>8} {median:>13.2f} ms {median / (version - 1) * 1e3:>17.1f} us", flush=True)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
