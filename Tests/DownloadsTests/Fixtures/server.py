"""A web server on loopback that misbehaves on request: server.py PORT_FILE.

The path's first word says how; its query only keeps the tests' requests apart. It ends with its parent.
"""

import http.server
import os
import sys
import threading
import time

CONTENT = bytes(i * 31 % 251 for i in range(200_000))
counts = {}
log = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def head(self, status, length, *headers):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def body(self, content, cut=None):
        self.wfile.write(content if cut is None else content[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True

    def file(self, etag='"one"', cut=None, ranges=True, content=CONTENT):
        wanted = self.headers.get("Range")
        condition = self.headers.get("If-Range")
        if ranges and wanted and condition in (None, etag):
            start = int(wanted.split("=")[1].rstrip("-"))
            if start >= len(content):
                return self.head(416, 0, ("Content-Range", f"bytes */{len(content)}"))
            rest = content[start:]
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.head(206, len(rest), ("ETag", etag), ("Content-Range", span))
            return self.body(rest, cut)
        self.head(200, len(content), *([("ETag", etag)] if etag else []))
        self.body(content, cut)

    def do_GET(self):
        path = self.path
        count = counts[path] = counts.get(path, 0) + 1
        log.setdefault(path, []).append(
            f"{self.headers.get('Range', '-')} {self.headers.get('If-Range', '-')}")
        kind = path.split("?")[0].strip("/")
        if kind == "log":
            # What was asked for the path in the query, a line each.
            text = "\n".join(log.get(path.split("?", 1)[1], [])).encode()
            self.head(200, len(text))
            self.body(text)
        elif kind == "file":
            self.file()
        elif kind == "cut":
            self.file(cut=60_000 if count < 4 else None)
        elif kind == "always-cut":
            self.file(cut=1000 if count == 1 else 0)
        elif kind == "cut-untagged":
            self.file(etag=None, cut=60_000 if count == 1 else None)
        elif kind == "cut-then-changed":
            content = CONTENT if count > 1 else CONTENT[::-1]
            self.file(etag=f'"{min(count, 2)}"', cut=60_000 if count == 1 else None, content=content)
        elif kind == "cut-then-no-range":
            self.file(cut=60_000 if count == 1 else None, ranges=False)
        elif kind == "wrong-range":
            if count == 1:
                self.file(cut=60_000)
            elif self.headers.get("Range"):
                span = f"bytes 7-{len(CONTENT) - 1}/{len(CONTENT)}"
                self.head(206, len(CONTENT) - 7, ("ETag", '"one"'), ("Content-Range", span))
                self.body(CONTENT[7:])
            else:
                self.file()
        elif kind == "no-length":
            self.close_connection = True
            self.head(200, None, ("Connection", "close"))
            self.body(CONTENT)
        elif kind == "stall":
            self.head(200, len(CONTENT))
            self.wfile.write(CONTENT[:1000])
            self.wfile.flush()
            time.sleep(20)
            self.close_connection = True
        elif kind == "busy":
            if count < 3:
                self.head(503, 0)
            else:
                self.file()
        elif kind == "redirect":
            self.head(302, 0, ("Location", "/file?" + path.split("?", 1)[1]))
        elif kind == "redirect-elsewhere":
            self.head(302, 0, ("Location", "ftp://localhost/file"))
        elif path.startswith("http://weights.invalid/"):
            # Only a proxy is asked for a whole address.
            self.file()
        else:
            self.head(404, 0)


def end_with(parent):
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
