#!/usr/bin/env python3
"""A custom runtime of Function Compute that has nothing of fx in it."""
import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        request_id = self.headers["x-fc-request-id"]
        kind = self.headers["x-fc-control-path"]
        if kind == "/initialize":
            if os.environ.get("START") == "refuse" or (os.environ.get("START") == "refuse the second" and starts == 2):
                return self.answer(500, b'{"errorMessage":"no database"}', [("x-fc-status", "404")])
            return self.answer(200, b"")
        quiet = b"quiet" in body
        if not quiet:
            print(f"FC Invoke Start RequestId: {request_id}", flush=True)
        if self.path == "/slow" or b"slow" in body:
            time.sleep(60)
        if self.path == "/exit" or b"exit" in body:
            os._exit(7)
        if self.path == "/kill" or b"kill" in body:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.path in ("/stream", "/break"):
            return self.stream(request_id)
        if kind == "/invoke":
            if b"fail" in body:
                self.answer(404, b'{"errorMessage":"on purpose","errorType":"E"}', [("x-fc-status", "404")])
            else:
                self.answer(200, json.dumps({"got": json.loads(body), "pid": os.getpid()}).encode())
        else:
            seen = {name.lower(): value for name, value in self.headers.items()}
            said = {"method": self.command, "path": self.path, "headers": seen, "body": body.decode(), "pid": os.getpid(),
                    "environment": sorted(name for name in os.environ if name.startswith("FC_"))}
            large = [("x-large", "v" * 9000)] if self.path == "/large" else []
            self.answer(201, json.dumps(said).encode(), [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x-fc-own", "1")] + large)
        if not quiet:
            print(f"FC Invoke End RequestId: {request_id}", flush=True)

    def stream(self, request_id):
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.chunk(b"first ")
        if self.path == "/break":
            os._exit(7)
        # Whoever reads says when it has arrived.
        while not os.path.exists(os.environ["ARRIVED"]):
            time.sleep(0.005)
        self.chunk(b"second")
        self.chunk(b"")
        print(f"FC Invoke End RequestId: {request_id}", flush=True)

    def chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    do_GET = do_POST = do_DELETE = handle_one


with open(os.environ["STARTS"], "ab+") as count:
    count.write(b".")
    count.flush()
    starts = count.tell()
if os.environ.get("START") == "exit":
    sys.exit(3)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["FC_SERVER_PORT"])), Handler).serve_forever()
