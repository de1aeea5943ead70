-- bench/http/post.lua: wrk posts one payload, from the file that BENCH_PAYLOAD names, with the token of BENCH_TOKEN.
wrk.method = "POST"
local file = assert(io.open(os.getenv("BENCH_PAYLOAD"), "rb"))
wrk.body = file:read("*a")
file:close()
wrk.headers["Content-Type"] = "application/x-protobuf"
local token = os.getenv("BENCH_TOKEN")
if token then
  wrk.headers["Authorization"] = "Bearer " .. token
end
function done(summary, latency)
  io.write(string.format("RESULT %.1f %d %d %d %d\n", summary.requests / (summary.duration / 1e6), summary.requests,
    latency:percentile(50), latency:percentile(99), summary.errors.status + summary.errors.connect +
    summary.errors.read + summary.errors.write + summary.errors.timeout))
end
