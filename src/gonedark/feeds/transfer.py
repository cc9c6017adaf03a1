"""HTTP as archives deserve it: few connections, resumed transfers, patience with busy servers, a word when offline.

Begin with :class:`Transfer`. Not for judging what came, which is ``download``.
"""

import math
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from gonedark import __version__
from gonedark.feeds.cache import StoppedError
from gonedark.feeds.files import FeedError
from gonedark.feeds.listing import PAGE_BYTES_MAX, NoIndexError

T = TypeVar("T")

CONNECTIONS = 4
"""Parallel requests altogether; archives are public services run on gifts."""
FILE_BYTES_MAX = 8 << 30
_AGENT = f"gonedark/{__version__} (routing archives reader)"
_BUSY = (408, 425, 429, 500, 502, 503, 504)
_GONE = (401, 403, 404, 410)
_PROGRESS_BYTES = 1024


class TransferError(Exception):
    """A request that brought nothing; the message says why."""


class AbsentError(TransferError):
    """The archive does not have it."""


class UnreachableError(TransferError):
    """Nobody answers at that address."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try; tries count anew whenever a file has grown."""

    tries: int = 6
    unreachable_tries: int = 3
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 120.0
    answer_seconds: float = 30.0
    slowest_bytes_per_second: float = 256.0
    slow_seconds: float = 60.0


class Transfer:
    """Requests to archives. Use it as a context manager; ``stop`` calls all work off."""

    def __init__(self, patience: Patience | None = None, stop: threading.Event | None = None) -> None:
        self.patience = patience or Patience()
        self.stop = stop or threading.Event()
        self._not_before: dict[str, float] = {}
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self._client = httpx.Client(
            headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"},
            timeout=self.patience.answer_seconds,
            follow_redirects=True,
            limits=limits,
        )

    def __enter__(self) -> "Transfer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def page(self, url: str) -> str:
        """The text of an index page. Raises NoIndexError, FeedError when nobody answers, StoppedError."""
        try:
            return self._patiently(url, lambda: self._page(url), lambda: 0)
        except UnreachableError as error:
            raise FeedError(str(error)) from None
        except TransferError as error:
            raise NoIndexError(str(error)) from None

    def size(self, url: str) -> int | None:
        """Length of a file in bytes, 0 where it is not told, None where there is no file. Raises as ``page``."""
        try:
            return self._patiently(url, lambda: self._size(url), lambda: 0)
        except UnreachableError as error:
            raise FeedError(str(error)) from None
        except TransferError:
            return None

    def fetch(self, url: str, part: Path, heard: Callable[[int], None]) -> None:
        """Bring a file into ``part``, going on where an earlier try or process stopped.

        ``heard`` is told the number of bytes there are by now. On return the length is what the server said. Raises
        TransferError, StoppedError, OSError.
        """
        grown = _Grown(part)
        self._patiently(url, lambda: self._fetch(url, part, heard), grown)

    # One request each

    def _page(self, url: str) -> str:
        with self._client.stream("GET", url) as response:
            self._check(response)
            kind = response.headers.get("Content-Type", "html")
            if "html" not in kind and "json" not in kind:
                raise TransferError(f"{url} is not a page")
            page = bytearray()
            for piece in response.iter_bytes(1 << 16):
                page += piece
                if len(page) > PAGE_BYTES_MAX:
                    raise TransferError(f"the page {url} is longer than {PAGE_BYTES_MAX >> 20} MB")
            return page.decode("utf-8", "replace")

    def _size(self, url: str) -> int:
        response = self._client.head(url)
        self._check(response)
        return _number(response.headers.get("Content-Length")) or 0

    def _fetch(self, url: str, part: Path, heard: Callable[[int], None]) -> None:
        mark = part.with_name(f"{part.name}.mark")
        have = part.stat().st_size if part.exists() else 0
        headers = {}
        if have:
            headers["Range"] = f"bytes={have}-"
            if mark.exists():
                headers["If-Range"] = mark.read_text(encoding="latin-1")
        with self._client.stream("GET", url, headers=headers) as response:
            if response.status_code == 416:
                self._beyond(response, part, have)
            else:
                self._check(response)
                self._receive(response, part, self._begin(response, part, mark, have), heard)
        mark.unlink(missing_ok=True)

    def _beyond(self, response: httpx.Response, part: Path, have: int) -> None:
        """Nothing lies behind what is here: it was whole already, or it is no part of that file."""
        _, total = _content_range(response.headers.get("Content-Range", ""))
        if total != have:
            part.unlink(missing_ok=True)
            raise _AgainError(f"{response.url} is shorter than what is here")

    def _begin(self, response: httpx.Response, part: Path, mark: Path, have: int) -> int | None:
        """Make the part ready for what comes: its end where the server goes on, empty where it starts anew."""
        length = _number(response.headers.get("Content-Length"))
        if response.status_code == 206:
            start, total = _content_range(response.headers.get("Content-Range", ""))
            if start != have:
                part.unlink(missing_ok=True)
                raise _AgainError("the server sent another part than the one asked for")
            return total if total is not None else (None if length is None else have + length)
        part.write_bytes(b"")
        mark.unlink(missing_ok=True)
        tag = response.headers.get("ETag", "")
        since = response.headers.get("Last-Modified", "")
        if validator := (tag if tag.startswith('"') else since):
            mark.write_text(validator[:500], encoding="latin-1")
        return length

    def _receive(self, response: httpx.Response, part: Path, total: int | None, heard: Callable[[int], None]) -> None:
        rules = self.patience
        since, since_bytes = time.monotonic(), 0
        with part.open("ab") as stream:
            for piece in response.iter_raw():
                if self.stop.is_set():
                    raise StoppedError
                stream.write(piece)
                size = stream.tell()
                if size > FILE_BYTES_MAX:
                    raise TransferError(f"{response.url} is longer than {FILE_BYTES_MAX >> 30} GB")
                heard(size)
                since_bytes += len(piece)
                if time.monotonic() - since > rules.slow_seconds:
                    if since_bytes < rules.slowest_bytes_per_second * rules.slow_seconds:
                        raise _AgainError("it came too slowly")
                    since, since_bytes = time.monotonic(), 0
        size = part.stat().st_size
        if total is not None and size != total:
            if size > total:
                part.unlink(missing_ok=True)
            raise _AgainError(f"it broke off after {size:,} of {total:,} bytes")

    def _check(self, response: httpx.Response) -> None:
        """Raise for any answer without the thing itself."""
        status = response.status_code
        if status in _GONE:
            raise AbsentError(f"{response.url} answered {status}")
        if status in _BUSY:
            raise _AgainError(f"it answered {status}", _retry_after(response.headers.get("Retry-After")))
        if status not in (200, 206):
            raise TransferError(f"{response.url} answered {status}")

    # Patience

    def _patiently(self, url: str, work: Callable[[], T], grown: Callable[[], int]) -> T:
        """Do the work, again after a while where that may help."""
        host, failures, reason, reachable = urlsplit(url).netloc, 0, "", False
        while True:
            self._pause(host)
            before = grown()
            wait: float | None = None
            try:
                return work()
            except _AgainError as error:
                reason, wait, reachable = str(error), error.wait_seconds, True
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                reason = str(error) or "no connection"
            except httpx.TimeoutException:
                reason, reachable = f"no answer within {self.patience.answer_seconds:g} seconds", True
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                reason, reachable = f"it broke off ({error or type(error).__name__})", True
            failures = 1 if grown() - before >= _PROGRESS_BYTES else failures + 1
            if failures >= (self.patience.tries if reachable else self.patience.unreachable_tries):
                raise self._given_up(url, host, reason, reachable=reachable)
            self._not_before[host] = max(self._not_before.get(host, 0), time.monotonic() + self._wait(failures, wait))

    def _given_up(self, url: str, host: str, reason: str, *, reachable: bool) -> TransferError:
        if reachable:
            return TransferError(f"{url}: {reason}")
        return UnreachableError(
            f"cannot reach {host} ({reason}); is this machine offline? --offline takes what the cache has, "
            "--mrt files at hand"
        )

    def _wait(self, failures: int, asked_seconds: float | None) -> float:
        """Seconds before the next try: as the server asks, else twice as long each time, not in step with others."""
        rules = self.patience
        own = rules.first_wait_seconds * math.ldexp(random.uniform(0.75, 1.25), failures - 1)
        return min(rules.longest_wait_seconds, max(own, asked_seconds or 0.0))

    def _pause(self, host: str) -> None:
        """Wait for the host's turn: one busy answer holds back all requests to it."""
        while (left := self._not_before.get(host, 0) - time.monotonic()) > 0:
            if self.stop.wait(min(left, 1.0)):
                break
        if self.stop.is_set():
            raise StoppedError


class _AgainError(Exception):
    """Worth another try, perhaps after so many seconds."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


class _Grown:
    """The greatest size a file has had so far; starting anew is no progress."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._greatest = 0

    def __call__(self) -> int:
        size = os.path.getsize(self._path) if self._path.exists() else 0
        self._greatest = max(self._greatest, size)
        return self._greatest


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def _content_range(text: str) -> tuple[int | None, int | None]:
    """Start and total of ``bytes 100-199/200``."""
    span, _, total = text.removeprefix("bytes ").partition("/")
    return _number(span.partition("-")[0].strip()), _number(total.strip())


def _retry_after(text: str | None) -> float | None:
    """Seconds to wait, as a number or a date says (RFC 9110 section 10.2.3)."""
    if not text:
        return None
    if (seconds := _number(text.strip())) is not None:
        return float(seconds)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
