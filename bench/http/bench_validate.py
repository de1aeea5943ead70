#!/usr/bin/env python3
"""POST /v1/topics/T/validate against a bare libmicrohttpd responder, on the same cores, in one run.

    bench_validate.py SLUICE BARE [--pairs N] [--connections N] [--threads N] [--least RATIO]

Starts both servers on loopback, registers examples/orders, and lets wrk post the good payload over keep-alive connections. The responder
reads the body and answers a constant of the verdict's length with as many threads.

Made for a machine that others use too. Slices are one second long and go bare sluice, sluice bare, bare sluice …, so that what else the
machine does falls on both, and each pair of neighbours gives a ratio of its own; the ratio told is the median of those, with their
quartiles beside it. Requests per second count waiting for a core as well; so the processor time that each server's process was given per
request is measured beside it, from the kernel's clock of that process, and its ratio is told too.

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
import time
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
    """Processor time of a process so far, in seconds: its CPU-time clock, as clock_getcpuclockid(3) numbers it."""
    return time.clock_gettime((~process.pid << 3) | 2)


def split_of(process):
    """The share of user time in a process's processor time so far (in ticks, so only good over a whole run)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]), int(fields[12])


def measure(options, process, port, token):
    """One slice: requests per second, p50 and p99 in us, and the server's processor time in us a request."""
    environment = dict(os.environ, BENCH_PAYLOAD=str(ORDERS / "good.bin"), BENCH_TOKEN=token)
    before = cpu_seconds(process)
    text = subprocess.run(
        ["wrk", "-t1", f"-c{options.connections}", "-d1s", "--latency",
         "-s", str(ROOT / "bench" / "http" / "post.lua"), f"http://127.0.0.1:{port}{TOPIC}/validate"],
        env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    spent = cpu_seconds(process) - before
    result = [line for line in text.splitlines() if line.startswith("RESULT ")]
    rate, requests, p50, p99, errors = (float(word) for word in result[0].split()[1:])
    if errors:
        sys.exit(f"{errors:.0f} answers were not 2xx, or did not come:\n{text}")
    return rate, p50, p99, spent / requests * 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sluice")
    parser.add_argument("bare")
    parser.add_argument("--pairs", type=int, default=15)
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


def spread(values):
    """The median with the quartiles beside it."""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.3f}  (quartiles {low:.3f} and {high:.3f}, from {min(values):.3f} to {max(values):.3f})"


def compare(options, bare, sluice, token):
    servers = {"bare": bare, "sluice": sluice}
    rows = {"bare": [], "sluice": []}
    for process, port in servers.values():
        measure(options, process, port, token)  # neither pays for the first use of anything
    ticks = {name: split_of(process) for name, (process, _) in servers.items()}
    for number in range(options.pairs):
        for name in ("bare", "sluice") if number % 2 == 0 else ("sluice", "bare"):
            rows[name].append(measure(options, *servers[name], token))
        rate, cpu = ratios(rows["bare"][-1], rows["sluice"][-1])
        print(f"pair {number + 1:2}  bare {rows['bare'][-1][0]:8.0f}/s  sluice {rows['sluice'][-1][0]:8.0f}/s  "
              f"requests {rate:.3f}  processor time {cpu:.3f}", flush=True)
    print(f"\npayload {(ORDERS / 'good.bin').stat().st_size} bytes, {options.connections} connections, "
          f"{options.threads} threads, medians of {options.pairs} slices of 1 s each")
    for name, (process, _) in servers.items():
        rate, p50, p99, cpu = (statistics.median(column) for column in zip(*rows[name]))
        user, system = (after - start for after, start in zip(split_of(process), ticks[name]))
        print(f"{name:6} {rate:9.0f} requests/s  p50 {p50:5.0f} us  p99 {p99:5.0f} us  processor {cpu:6.2f} us a request, "
              f"{100 * user / max(user + system, 1):.0f} % of it in user space")
    pairs = [ratios(one, other) for one, other in zip(rows["bare"], rows["sluice"])]
    print(f"ratio of requests per second, median of the pairs  {spread([rate for rate, _ in pairs])}")
    print(f"ratio by processor time a request, bare / sluice   {spread([cpu for _, cpu in pairs])}")
    return statistics.median(rate for rate, _ in pairs)


def ratios(bare, sluice):
    """Both as "how much of the bare responder's work gets done": by the clock on the wall, and by the processor's."""
    return sluice[0] / bare[0], bare[3] / sluice[3]


if __name__ == "__main__":
    main()
