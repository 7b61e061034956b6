#!/usr/bin/env python3
"""Custom runtimes of SCF that have nothing of fx in them: an event function, and a web function where FX_LISTEN is set."""
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def call(method, path, body=None):
    base = f"http://{os.environ['SCF_RUNTIME_API']}:{os.environ['SCF_RUNTIME_API_PORT']}"
    request = urllib.request.Request(base + path, method=method, data=body)
    with urllib.request.urlopen(request) as reply:
        return reply.headers, reply.read()


def work(event, headers):
    what = event.get("do") if isinstance(event, dict) else None
    if what == "exit":
        os._exit(7)
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "sleep":
        time.sleep(60)
    if what == "fail":
        return "error", b"on purpose"
    if what == "large":
        return "response", b"x" * (6 * 1024 * 1024 + 1)
    if what == "again":
        again, _ = call("GET", "/runtime/invocation/next")
        return "response", json.dumps(again["request_id"] == headers["request_id"]).encode()
    if isinstance(event, dict) and "httpMethod" in event:
        if event["path"] == "/odd":
            return "response", b"{}"
        answer = {"isBase64Encoded": False, "statusCode": 201, "body": json.dumps(event),
                  "headers": {"content-type": "application/json", "set-cookie": ["a=1", "b=2"]}}
        return "response", json.dumps(answer).encode()
    seen = {"event": event, "pid": os.getpid(), "time": headers["time_limit_in_ms"], "memory": headers["memory_limit_in_mb"],
            "environment": {name: value for name, value in os.environ.items() if name.startswith(("SCF_", "TENCENTCLOUD_"))}}
    return "response", json.dumps(seen).encode()


def pull():
    call("POST", "/runtime/init/ready", b" ")
    while True:
        headers, body = call("GET", "/runtime/invocation/next")
        kind, answer = work(json.loads(body), headers)
        call("POST", f"/runtime/invocation/{kind}", answer)
        if os.environ.get("START") == "twice":
            try:
                call("POST", f"/runtime/invocation/{kind}", answer)
            except urllib.error.HTTPError as error:
                print(f"second report: {error.code}", flush=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(60)
        if self.path == "/exit":
            os._exit(7)
        if self.path == "/kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.path in ("/stream", "/break"):
            return self.stream()
        body = json.dumps({"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}}).encode()
        self.send_response(202)
        self.send_header("content-length", str(len(body)))
        if self.path == "/large":
            self.send_header("x-large", "v" * 4096)
        self.end_headers()
        self.wfile.write(body)

    def stream(self):
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

    def chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


with open(os.environ["STARTS"], "ab+") as count:
    count.write(b".")
    count.flush()
    starts = count.tell()
if os.environ.get("START") == "exit" or (os.environ.get("START") == "exit the second" and starts == 2):
    sys.exit(3)
if "FX_LISTEN" in os.environ:
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["FX_LISTEN"].split(":")[1])), Handler).serve_forever()
else:
    pull()
