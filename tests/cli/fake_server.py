"""A server of canned answers: what the command line sends is recorded, and what it gets is what the test says."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import tap


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body


class Answer:
    """`body`: bytes, or something that becomes JSON."""

    def __init__(self, status=200, body=None, content_type="application/json", headers=None):
        is_raw = isinstance(body, bytes)
        self.status = status
        self.body = body if is_raw else b"" if body is None else json.dumps(body).encode()
        self.headers = {"Content-Type": content_type, **(headers or {})} if body is not None else dict(headers or {})


def problem(status, **members):
    return Answer(status, {"type": "about:blank", "status": status, **members}, "application/problem+json; charset=utf-8")


class FakeServer:
    """Answers in order, then none: a request too many is a failed test. Use it in a `with`."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()
        if kind is None:
            tap.equal(len(self.answers), 0, "answers that nobody asked for")

    def _handler(server):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                server.requests.append(Request(self.command, self.path, self.headers, body))
                answer = server.answers.pop(0) if server.answers else Answer(599, b"no answer left", "text/plain")
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        return Handler
