"""A small HTTP server that keeps archives as RouteViews and RIS do, well and badly behaved, for tests."""

import bz2
import hashlib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from email.utils import formatdate
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from urllib.parse import parse_qsl

from isal import igzip_lib

from gonedark.model.time import MINUTE_US
from worlds import Scene

Fault = Callable[["Handler", bytes], None]
"""Answers a request for a file in place of the server; it has the file's content."""


def layout(scene: Scene, *, ris_minutes: int = 5, routeviews_minutes: int = 15) -> dict[str, bytes]:
    """The scene's files as the projects would keep them: RIS by five minutes in gz, RouteViews by fifteen in bz2."""
    slots = {
        name: (ris_minutes if name.startswith("rrc") else routeviews_minutes) * MINUTE_US for name in scene.collectors
    }
    return dict(pack(name, data) for name, data in scene.files(slot_us=slots, compression="none"))


def pack(name: str, data: bytes) -> tuple[str, bytes]:
    """A plain file of an archive's layout, compressed as that archive does."""
    if name.startswith("rrc"):
        return f"{name}.gz", bytes(igzip_lib.compress(data, 1, igzip_lib.COMP_GZIP))
    return f"{name.removeprefix('route-views2/')}.bz2", bz2.compress(data)


class ArchiveServer(ThreadingHTTPServer):
    """Both archives below one base. ``faults[path]`` are answers given one after the other before the sound one;
    ``always`` holds a fault for every request of a path. ``asked`` counts requests, ``ranges`` those that resumed,
    ``heads`` those for sizes only. ``broker`` answers the questions to a broker at ``broker/search``. Where ``whole``
    is a number, only so many more files are given whole; of others half comes, and then nothing as long as one waits.
    """

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.always: dict[str, Fault] = {}
        self.index: Fault | None = None
        self.broker: Callable[[dict[str, str]], bytes] | None = None
        self.whole: int | None = None
        self.bytes_per_second: float | None = None
        self.asked: Counter[str] = Counter()
        self.heads: Counter[str] = Counter()
        self.ranges: Counter[str] = Counter()
        self.sent = 0
        self.busiest = 0
        self._open = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def bases(self) -> tuple[str, str]:
        return f"ris={self.url}", f"routeviews={self.url}"

    def __enter__(self) -> "ArchiveServer":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *unused: object) -> None:
        self.shutdown()
        self.server_close()

    def matching(self, text: str) -> list[str]:
        """Paths that contain the text, in order."""
        return sorted(path for path in self.files if text in path)

    def count(self, counter: Counter[str], path: str) -> None:
        with self._lock:
            counter[path] += 1

    def is_whole(self) -> bool:
        """Whether the file that is asked for now is given whole."""
        with self._lock:
            if self.whole is None:
                return True
            self.whole -= 1
            return self.whole >= 0

    def opened(self, step: int) -> None:
        with self._lock:
            self._open += step
            self.busiest = max(self.busiest, self._open)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    server: ArchiveServer
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.opened(1)
        try:
            self._answer(self.path.lstrip("/"))
        finally:
            self.server.opened(-1)

    def _answer(self, path: str) -> None:
        server = self.server
        server.count(server.heads if self.command == "HEAD" else server.asked, path)
        if path.startswith("broker/search?"):
            answer = server.broker and server.broker(dict(parse_qsl(path.partition("?")[2])))
            self.give(answer, kind="application/json") if answer else self.refuse(404)
        elif path.endswith("/"):
            page = index_page(path, server.files)
            if server.index is not None:
                server.index(self, page)
            elif page:
                self.give(page, kind="text/html;charset=utf-8")
            else:
                self.refuse(404)
        elif path not in server.files:
            self.refuse(404)
        elif path in server.always:
            server.always[path](self, server.files[path])
        elif server.faults[path]:
            server.faults[path].pop(0)(self, server.files[path])
        else:
            self.give(server.files[path], whole=server.is_whole())

    def refuse(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def give(
        self, blob: bytes, *, kind: str = "application/octet-stream", length: int | None = None, whole: bool = True
    ) -> None:
        """The file, or its rest where the request resumes; ``length`` other than the truth breaks the connection."""
        tag = f'"{hashlib.sha256(blob).hexdigest()[:16]}"'
        wanted = self.headers.get("Range", "")
        start = 0
        if wanted.startswith("bytes=") and self.headers.get("If-Range", tag) == tag:
            start = int(wanted[6:].rstrip("-"))
            if start >= len(blob):
                self.refuse(416, Content_Range=f"bytes */{len(blob)}")
                return
            self.server.count(self.server.ranges, self.path.lstrip("/"))
        body = blob[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(blob) - 1}/{len(blob)}")
        self.send_header("Content-Type", kind)
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", formatdate(1_419_000_000, usegmt=True))
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if length is not None:
            self.close_connection = True
        if self.command != "HEAD":
            self._send(body if whole else body[: len(body) // 2])
            if not whole:
                silent(self, blob)

    def _send(self, body: bytes) -> None:
        step = 4096 if self.server.bytes_per_second else len(body) or 1
        for at in range(0, len(body), step):
            piece = body[at : at + step]
            self.wfile.write(piece)
            self.server.sent += len(piece)
            if self.server.bytes_per_second:
                time.sleep(len(piece) / self.server.bytes_per_second)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


def index_page(path: str, files: Iterable[str]) -> bytes:
    """What Apache shows of a folder; nothing where there is no such folder."""
    rows = []
    for name, data in sorted(files.items()) if isinstance(files, dict) else ():
        if str(PurePosixPath(name).parent) == path.rstrip("/"):
            base = escape(PurePosixPath(name).name)
            link = f'<a href="{base}">{base}</a>'
            cells = f'<td>{link}</td><td align="right">2014-12-22 16:20  </td><td>{size_text(len(data))}</td>'
            rows.append(f'<tr><td valign="top"><img src="/icons/compressed.gif" alt="[   ]"></td>{cells}</tr>')
    if not rows:
        return b""
    head = '<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=S;O=A">Size</a></th></tr>'
    up = '<tr><td><a href="/">Parent Directory</a></td><td>-</td></tr>'
    return f"<html><body><h1>Index of /{path}</h1><table>{head}{up}{chr(10).join(rows)}</table></body></html>".encode()


def size_text(size: int) -> str:
    """A size as Apache rounds it."""
    if size < 1000:
        return f"{size} "
    for unit in "KMG":
        size_in_unit = size / 1024 ** ("KMG".index(unit) + 1)
        if size_in_unit < 1000:
            return f"{size_in_unit:.1f}{unit}" if size_in_unit < 10 else f"{size_in_unit:.0f}{unit}"
    raise AssertionError("larger than any file here")


# Ways to answer badly


def status(code: int, **headers: str) -> Fault:
    return lambda handler, blob: handler.refuse(code, **headers)


def dropped(share: float = 0.5) -> Fault:
    """The connection breaks off in the middle of what it promised."""

    def fault(handler: Handler, blob: bytes) -> None:
        start = int(handler.headers.get("Range", "bytes=0-")[6:].rstrip("-"))
        stop = max(start + 1, int(len(blob) * share))
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(blob) - 1}/{len(blob)}")
        handler.send_header("Content-Length", str(len(blob) - start))
        handler.end_headers()
        handler.wfile.write(blob[start:stop])
        handler.close_connection = True

    return fault


def truncated(share: float = 0.6) -> Fault:
    """A part that is given out as the whole."""
    return lambda handler, blob: handler.give(blob[: int(len(blob) * share)])


def corrupt(handler: Handler, blob: bytes) -> None:
    middle = len(blob) // 2
    handler.give(blob[:middle] + bytes(byte ^ 0xFF for byte in blob[middle : middle + 16]) + blob[middle + 16 :])


def too_long(handler: Handler, blob: bytes) -> None:
    handler.give(blob, length=len(blob) + 1000)


def too_short(handler: Handler, blob: bytes) -> None:
    handler.give(blob, length=len(blob) // 2)


def login_page(handler: Handler, blob: bytes) -> None:
    handler.give(b"<html><body>Please log in to this hotel's network</body></html>", kind="text/html")


def silent(handler: Handler, blob: bytes) -> None:
    """No answer as long as the client waits for one."""
    handler.connection.recv(1)
    handler.close_connection = True


def dripping(handler: Handler, blob: bytes) -> None:
    """Two hundred bytes a second, for as long as the client waits for more."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(1 << 30))
    handler.end_headers()
    while True:
        handler.wfile.write(bytes(20))
        time.sleep(0.1)


def without_ranges(handler: Handler, blob: bytes) -> None:
    """A server that knows no ranges sends everything from the beginning."""
    del handler.headers["Range"]
    handler.give(blob)
