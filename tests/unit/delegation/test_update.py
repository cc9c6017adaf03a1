"""registry update against a local server with the registries' layout, well and badly behaved."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gonedark.delegation.registry import data_folder, load_registry
from gonedark.delegation.update import REGISTRIES, Limits, UpdateError, file_url, update_registry

Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


def body(registry: str, number: int) -> bytes:
    """A small whole file of one registry."""
    lines = [
        f"2.3|{registry}|1|4|19700101|20261121|+0000",
        *(f"{registry}|*|{kind}|*|1|summary" for kind in ("asn", "ipv4", "ipv6")),
        f"{registry}|KP|asn|{64500 + number}|1|20091221|allocated|x",
        f"{registry}|KP|ipv4|10.{number}.0.0|1024|20091221|allocated|x",
        f"{registry}|KP|ipv6|2001:db{number}::|32|20091221|assigned|x",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def well(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(blob)))
    handler.end_headers()
    handler.wfile.write(blob)


def missing(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    handler.send_error(404)


def torn(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(blob)))
    handler.end_headers()
    handler.wfile.write(blob[:-40])


def short(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    """Cut at a line's end with a length that fits: only the file's own counts tell."""
    well(handler, blob[: blob.rindex(b"\n", 0, -1) + 1])


def unmeasured(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(blob[:-60])


def page(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    well(handler, b"<html><body>Please log in to this hotel's network</body></html>")


def another(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    well(handler, blob.replace(b"arin", b"nira"))


def silent(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    """No answer as long as the client waits for one."""
    handler.connection.recv(1)


def dripping(handler: BaseHTTPRequestHandler, blob: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"# slow\n")
        time.sleep(0.05)


class Mirror(ThreadingHTTPServer):
    """All five registries below one folder; ``answers`` says who misbehaves."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/stats"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        for number, registry in enumerate(REGISTRIES):
            if self.path == f"/stats/{registry}/delegated-{registry}-extended-latest":
                self.server.answers.get(registry, well)(self, body(registry, number))
                return
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("no_proxy", "*")
    server = Mirror()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_an_update_is_kept_and_used(mirror: Mirror) -> None:
    heard: list[str] = []
    snapshot = update_registry(data_folder(), mirror.url, progress=heard.append)
    assert heard == [file_url(registry, mirror.url) for registry in REGISTRIES]
    registry = load_registry()
    assert registry.date == "2026-11-21"
    assert registry.attribution("KP").addresses("ipv4") == 5 * 1024
    assert registry.country_of_asn(64504) == "KP"
    assert registry.source == (
        "registry update: delegated-extended files of afrinic of 2026-11-21; apnic of 2026-11-21; arin of 2026-11-21; "
        "lacnic of 2026-11-21; ripencc of 2026-11-21"
    )
    assert sorted(path.name for path in data_folder().iterdir()) == [
        *(f"delegated-{name}-extended-20261121.gz" for name in REGISTRIES),
        snapshot.name,
    ]


def test_the_kept_files_serve_as_delegation_too(mirror: Mirror, tmp_path: Path) -> None:
    update_registry(tmp_path / "mine", mirror.url)
    registry = load_registry([tmp_path / "mine"])
    assert registry.attribution("KP").addresses("ipv4") == 5 * 1024


def test_a_second_update_leaves_the_same_bytes(mirror: Mirror) -> None:
    def digests() -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in data_folder().iterdir()}

    update_registry(data_folder(), mirror.url)
    before = digests()
    update_registry(data_folder(), mirror.url)
    assert digests() == before


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (missing, "answered 404"),
        (torn, "broke off after"),
        (short, "has 0 of 1 ipv6 rows"),
        (unmeasured, "rows; nothing was changed"),
        (page, "not a delegation file"),
        (another, "holds the file of 'nira'"),
        (silent, "timed out"),
        (dripping, "came too slowly"),
    ],
)
def test_anything_less_changes_nothing(mirror: Mirror, answer: Answer, said: str) -> None:
    mirror.answers["arin"] = answer
    # Only what is never done has to be given up soon.
    limits = Limits(
        answer_seconds=0.5 if answer is silent else 120.0, file_seconds=1.0 if answer is dripping else 120.0
    )
    with pytest.raises(UpdateError, match=said) as caught:
        update_registry(data_folder(), mirror.url, limits)
    assert "nothing was changed" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(data_folder().iterdir()) == []


def test_no_network_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(UpdateError, match="the data that came with gonedark stay in use"):
        update_registry(tmp_path, "http://127.0.0.1:1/stats")


@pytest.mark.parametrize("base", ["file:///etc", "ftp://x/", "nonsense", "http://["])
def test_odd_base_urls_are_refused(tmp_path: Path, base: str) -> None:
    with pytest.raises(UpdateError):
        update_registry(tmp_path, base)


def test_a_folder_that_cannot_be_written(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UpdateError, match="cannot write to"):
        update_registry(tmp_path / "file", mirror.url)


def test_each_registry_is_asked_at_its_own_server() -> None:
    assert file_url("apnic") == "https://ftp.apnic.net/stats/apnic/delegated-apnic-extended-latest"
    assert file_url("ripencc") == "https://ftp.ripe.net/pub/stats/ripencc/delegated-ripencc-extended-latest"
