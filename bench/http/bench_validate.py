#!/usr/bin/env python3
"""POST /v1/topics/T/validate against a bare libmicrohttpd responder, on the same cores, in one run.

    bench_validate.py SLUICE BARE [--seconds N] [--rounds N] [--connections N] [--threads N]

Starts both servers on loopback, registers examples/orders, and lets wrk post the good payload over keep-alive connections: bare, sluice, bare,
sluice … so that whatever else the machine does falls on both. Prints requests per second and latency of each round, and the ratio of the
medians. The responder reads the body and answers a constant of the verdict's length with as many threads.

Exit status 0 when it measured, 1 when an answer was wrong or the ratio is below --least, 77 (skipped) without wrk.
"""

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ORDERS = ROOT / "examples" / "orders"
ADMIN = "bench-admin-token-bench-admin-token"
TOPIC = "/v1/topics/orders.placed"


def call(port, method, path, body, content_type, wanted, token=ADMIN):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body,
                       {"Authorization": f"Bearer {token}", "Content-Type": content_type})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status not in wanted:
        sys.exit(f"{method} {path}: {answer.status} {text[:500]!r}")
    return text


def prepare(port):
    """Schema, producer and contract; the producer's token and the length of a verdict."""
    def send(method, path, value):
        return call(port, method, path, json.dumps(value), "application/json", (200, 201))

    call(port, "POST", "/v1/subjects/orders.placed-value/versions", (ORDERS / "v1.binpb").read_bytes(),
         "application/x-protobuf", (200, 201))
    send("POST", "/v1/producers", {"name": "checkout", "team": "payments", "chat": "#payments"})
    token = json.loads(send("POST", "/v1/producers/checkout/tokens", {"name": "bench"}))["token"]
    send("PUT", TOPIC + "/contract", {"producer": "checkout", "message_type": "orders.v1.OrderPlaced"})
    verdict = call(port, "POST", TOPIC + "/validate", (ORDERS / "good.bin").read_bytes(),
                   "application/x-protobuf", (200,), token)
    return token, len(verdict)


def start_sluice(program, folder, threads):
    environment = dict(os.environ, SLUICE_ADMIN_TOKEN=ADMIN)
    process = subprocess.Popen(
        [program, "serve", "--listen", "127.0.0.1:0", "--store", f"sqlite:{folder}/bench.db",
         "--threads", str(threads)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = process.stdout.readline()
    try:
        return process, int(line.split("http://127.0.0.1:")[1].split()[0])
    except (IndexError, ValueError):
        process.terminate()
        sys.exit(f"sluice serve did not start: {line!r}")


def start_bare(program, threads, answer_bytes):
    process = subprocess.Popen([program, str(threads), str(answer_bytes)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


def cpu_seconds(process):
    """User and system time of a process so far, in seconds."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / ticks, int(fields[12]) / ticks


def measure(options, process, port, path, token):
    environment = dict(os.environ, BENCH_PAYLOAD=str(ORDERS / "good.bin"), BENCH_TOKEN=token)
    before = cpu_seconds(process)
    text = subprocess.run(
        ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "--latency",
         "-s", str(ROOT / "bench" / "http" / "post.lua"), f"http://127.0.0.1:{port}{path}"],
        env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    result = [line for line in text.splitlines() if line.startswith("RESULT ")]
    rate, p50, p99, errors = result[0].split()[1:]
    requests = float(rate) * options.seconds
    user, system = ((after - start) / requests * 1e6 for after, start in zip(cpu_seconds(process), before))
    if int(errors):
        sys.exit(f"{errors} answers were not 2xx, or did not come:\n{text}")
    return float(rate), int(p50), int(p99), user, system


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sluice")
    parser.add_argument("bare")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--least", type=float, default=0.0, help="fail below this ratio")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        print("SKIP: wrk is not installed (Debian package wrk)")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        sluice, sluice_port = start_sluice(options.sluice, folder, options.threads)
        bare = None
        try:
            token, verdict_bytes = prepare(sluice_port)
            bare, bare_port = start_bare(options.bare, options.threads, verdict_bytes)
            ratio = compare(options, (bare, bare_port), (sluice, sluice_port), token)
        finally:
            for process in filter(None, (sluice, bare)):
                process.terminate()
                process.wait()
    sys.exit(1 if ratio < options.least else 0)


def line_of(rate, p50, p99, user, system):
    return (f"{rate:10.0f} requests/s  p50 {p50:6.0f} us  p99 {p99:6.0f} us  "
            f"processor {user:5.2f} us user, {system:5.2f} us system a request")


def compare(options, bare, sluice, token):
    results = {"bare": [], "sluice": []}
    for number in range(1, options.rounds + 1):
        for name, (process, port) in (("bare", bare), ("sluice", sluice)):
            row = measure(options, process, port, TOPIC + "/validate", token)
            results[name].append(row)
            print(f"round {number}  {name:6}  {line_of(*row)}", flush=True)
    median = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}
    ratio = median["sluice"][0] / median["bare"][0]
    print(f"\npayload {(ORDERS / 'good.bin').stat().st_size} bytes, {options.connections} connections, "
          f"{options.threads} threads, medians of {options.rounds} rounds of {options.seconds} s")
    for name, row in median.items():
        print(f"{name:6}  {line_of(*row)}")
    print(f"ratio   {ratio:.3f}")
    return ratio


if __name__ == "__main__":
    main()
