"""Fetches the registries' current delegation files and keeps them, checked, for :func:`~.registry.load_registry`.

Begin with :func:`update_registry`. Either all five files arrive whole and sound and are kept, or nothing changes.
Not for reading them, which is ``rir``.
"""

import gzip
import http.client
import os
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gonedark.delegation.registry import combine
from gonedark.delegation.rir import KINDS, DelegationError, Delegations, read_delegation
from gonedark.delegation.snapshot import Snapshot, snapshot_name, write_snapshot

REGISTRIES = {
    "afrinic": "https://ftp.afrinic.net/pub/stats",
    "apnic": "https://ftp.apnic.net/stats",
    "arin": "https://ftp.arin.net/pub/stats",
    "lacnic": "https://ftp.lacnic.net/pub/stats",
    "ripencc": "https://ftp.ripe.net/pub/stats",
}
"""Registry to the folder above its own; a mirror has all five below one such folder."""

MAX_BYTES = 256 << 20
MOST_BAD_SHARE = 0.001
_CHUNK_BYTES = 1 << 16


class UpdateError(DelegationError):
    """The update did not happen and nothing was changed; the message says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait: for any single answer, and for one file altogether."""

    answer_seconds: float = 30.0
    file_seconds: float = 600.0


def file_url(registry: str, base_url: str | None = None) -> str:
    """Where a registry's current file lies, at itself or below a mirror's ``base_url``."""
    base = (base_url or REGISTRIES[registry]).rstrip("/")
    return f"{base}/{registry}/delegated-{registry}-extended-latest"


def update_registry(
    folder: Path,
    base_url: str | None = None,
    limits: Limits | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Fetch all five registries' files into a folder, with a snapshot of them. Returns the snapshot's path.

    ``progress`` hears the URL of each file. Raises UpdateError; the folder is then as it was.
    """
    if base_url is not None and not base_url.lower().startswith(("http://", "https://")):
        raise UpdateError(f"--base-url {base_url!r} must begin with http:// or https://")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".update-") as name:
            return _update(Path(name), folder, base_url, limits or Limits(), progress or (lambda url: None))
    except OSError as error:
        raise UpdateError(f"cannot write to {folder}: {error.strerror or error}") from None


def _update(scratch: Path, folder: Path, base_url: str | None, limits: Limits, progress: Callable[[str], None]) -> Path:
    files: list[Delegations] = []
    for registry in REGISTRIES:
        url = file_url(registry, base_url)
        progress(url)
        raw = scratch / registry
        fetch(url, raw, limits)
        files.append(_checked(raw, registry, url))
        with raw.open("rb") as plain, gzip.GzipFile(scratch / _kept_name(files[-1]), "wb", mtime=0) as packed:
            shutil.copyfileobj(plain, packed)
    made = combine(files)
    source = f"registry update: delegated-extended files of {made.source}"
    snapshot = snapshot_name(made.date)
    write_snapshot(scratch / snapshot, Snapshot(made.date, source, made.codes, made.ranges))
    # The snapshot comes last: what is found under its name has all its files beside it.
    for kept in [*(_kept_name(file) for file in files), snapshot]:
        os.replace(scratch / kept, folder / kept)
    return folder / snapshot


def _kept_name(file: Delegations) -> str:
    return f"delegated-{file.registry}-extended-{file.date:08d}.gz"


def _checked(path: Path, registry: str, url: str) -> Delegations:
    """Read what arrived; it must be that registry's whole file, with hardly a bad row."""
    try:
        file = read_delegation(path)
    except DelegationError:
        raise UpdateError(f"what {url} answered is not a delegation file; nothing was changed") from None
    if file.registry != registry:
        raise UpdateError(f"{url} holds the file of {file.registry!r}; nothing was changed")
    for kind in KINDS:
        if not file.complete(kind):
            promised = f"{file.promised[kind]:,}" if kind in file.promised else "an unknown number of"
            raise UpdateError(
                f"{url} has {file.rows[kind]:,} of {promised} {kind} rows; nothing was changed, try later"
            )
    if file.cut or file.bad_rows > MOST_BAD_SHARE * sum(file.rows.values()):
        raise UpdateError(f"{url} has {file.bad_rows:,} unusable rows; nothing was changed, try later")
    return file


def fetch(url: str, target: Path, limits: Limits) -> None:
    """Download one file whole. Raises UpdateError for anything less."""
    until = time.monotonic() + limits.file_seconds
    try:
        with urllib.request.urlopen(url, timeout=limits.answer_seconds) as answer, target.open("wb") as out:
            promised = answer.headers.get("Content-Length", "")
            taken = 0
            while chunk := answer.read1(_CHUNK_BYTES):
                taken += len(chunk)
                out.write(chunk)
                if taken > MAX_BYTES:
                    raise UpdateError(f"{url} is larger than {MAX_BYTES >> 20} MiB; nothing was changed")
                if time.monotonic() > until:
                    raise UpdateError(f"{url} came too slowly; nothing was changed, try later or another --base-url")
    except UpdateError:
        raise
    except urllib.error.HTTPError as error:
        error.close()
        raise UpdateError(f"{url} answered {error.code} {error.reason}; nothing was changed") from None
    except (TimeoutError, urllib.error.URLError, http.client.HTTPException, ConnectionError, ValueError) as error:
        raise UpdateError(_unreachable(url, error)) from None
    if promised.isdigit() and int(promised) != taken:
        raise UpdateError(f"{url} broke off after {taken:,} of {int(promised):,} bytes; nothing was changed, try again")


def _unreachable(url: str, error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return (
        f"cannot fetch {url} ({said}); nothing was changed. Without a network the data that came with gonedark stay in "
        "use; with one, try again or give a mirror with --base-url"
    )
