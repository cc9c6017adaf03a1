"""Writes an evidence bundle: report, page, chart, series, inputs or their hashes, thresholds, versions.

Begin with :func:`write_bundle`. The report's parts are rendered as on the command line; inputs keep their names, since
names tell which files of a regular grid are missing.
"""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gonedark import __version__
from gonedark.bundle.manifest import NAME, BundleError, Kept, Manifest, Source, render
from gonedark.delegation.names import place_of
from gonedark.delegation.registry import nearest_snapshot
from gonedark.feeds.collector import by_collector
from gonedark.feeds.files import gather
from gonedark.feeds.hashing import sha256_of
from gonedark.investigate import Question
from gonedark.model.report import Report
from gonedark.model.time import format_time
from gonedark.publish import formats

FACES = {"report.json": "json", "report.html": "html", "report.txt": "text", "series.csv": "csv", "chart.svg": "svg"}
"""Files of a bundle that show the report, and their formats."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of all members of a zip file, so that the same bundle has the same bytes."""


@dataclass(slots=True)
class _Folder:
    """A bundle in the making."""

    root: Path
    kept: list[Kept] = field(default_factory=list)

    def add(self, path: str, data: bytes, role: str) -> None:
        """Write a file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.kept.append(Kept(path, hashlib.sha256(data).hexdigest(), len(data), role))

    def copy(self, source: Path, path: str, role: str) -> None:
        """Copy a file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        self.kept.append(Kept(path, sha256_of(target), target.stat().st_size, role))


def write_bundle(
    report: Report,
    question: Question,
    target: Path,
    *,
    copy_inputs: bool = True,
    context: str | None = None,
    claims: str | None = None,
) -> Path:
    """Write the bundle of a report: into a new folder, or as one file where ``target`` ends in ``.zip``.

    ``question`` is what the report answers. Without ``copy_inputs`` only hashes, sizes and URLs of the MRT files are
    kept. ``context`` and ``claims`` are the texts of those files, where they were given. Raises BundleError.
    """
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise BundleError(f"{target} exists already; choose a new folder or file")
    try:
        if target.suffix == ".zip":
            with tempfile.TemporaryDirectory(prefix="gonedark-bundle-", dir=target.absolute().parent) as scratch:
                root = Path(scratch) / "bundle"
                root.mkdir()
                _fill(_Folder(root), report, question, copy_inputs, (context, claims))
                _zip(root, Path(scratch) / "zip").replace(target)
        else:
            with _whole(target):
                _fill(_Folder(target), report, question, copy_inputs, (context, claims))
    except OSError as error:
        raise BundleError(f"cannot write {target}: {error.strerror or error}") from None
    return target


@contextmanager
def _whole(folder: Path) -> Iterator[None]:
    """A folder that is filled, or is as it was: none, or an empty one."""
    was_there = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if was_there:
            folder.mkdir(exist_ok=True)
        raise


def _fill(
    folder: _Folder, report: Report, question: Question, copy_inputs: bool, texts: tuple[str | None, str | None]
) -> None:
    place = place_of(report.country.code)
    for path, name in FACES.items():
        folder.add(path, formats.render(report, name, place), "report")
    for path, text in zip(("context.toml", "claims.toml"), texts, strict=True):
        if text is not None:
            folder.add(path, text.encode(), path.removesuffix(".toml"))
    for role, paths in (("delegation", question.delegation), ("attribute", question.attribute)):
        for number, (source, name) in enumerate(_files(paths)):
            folder.copy(source, f"{role}/{number:03}/{name}", role)
    sources, passed_over = _inputs(folder, question, copy_inputs)
    manifest = Manifest(
        version=__version__,
        country=report.country,
        window=report.window,
        thresholds=question.thresholds,
        gaps=question.gaps,
        snapshot=None if question.delegation else snapshot_of(question.window.from_us),
        passed_over=passed_over,
        files=tuple(folder.kept),
        sources=sources,
    )
    (folder.root / NAME).write_bytes(render(manifest))


def snapshot_of(at_us: int) -> tuple[str, str]:
    """Name and hash of the embedded delegation data that a report of this time uses."""
    path = nearest_snapshot(int(format_time(at_us)[:10].replace("-", "")))
    return path.name, sha256_of(path)


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        entries = sorted(entry for entry in path.rglob("*") if entry.is_file()) if path.is_dir() else [path]
        yield from ((entry, _text(entry.name)) for entry in entries)


def _text(name: str) -> str:
    """A name of any bytes as one that zip files can hold."""
    return os.fsencode(name).decode("utf-8", "replace")


def _inputs(folder: _Folder, question: Question, copy_inputs: bool) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """All MRT files that count, each in a folder of its collector; equal names of one collector are kept apart."""
    gathered = gather(question.mrt)
    sources = []
    read = [file for file in gathered.files if file.first_us < question.window.until_us]
    for place, (collector, group) in enumerate(by_collector(read).items()):
        taken: dict[str, int] = {}
        for file in group:
            name = file.path.name
            shown = _text(name)
            again = taken[shown] = taken.get(shown, 0) + 1
            path = f"inputs/{place:03}/{again}/{shown}" if copy_inputs else None
            if path is not None:
                folder.copy(file.path, path, "input")
            sources.append(Source(name, collector, file.sha256, file.bytes, file.url, path))
    return tuple(sources), gathered.warnings


def _zip(root: Path, target: Path) -> Path:
    """One file, members sorted and undated. MRT files are compressed already, so nothing is compressed twice."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for path in sorted(entry for entry in root.rglob("*") if entry.is_file()):
            member = zipfile.ZipInfo(path.relative_to(root).as_posix(), _EPOCH)
            member.compress_type = zipfile.ZIP_STORED if "inputs" in member.filename else zipfile.ZIP_DEFLATED
            with path.open("rb") as stream, archive.open(member, "w", force_zip64=True) as kept:
                shutil.copyfileobj(stream, kept, 1 << 20)
    return target
