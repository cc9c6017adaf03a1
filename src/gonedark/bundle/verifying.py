"""Makes a bundle's report again from its inputs, and says identical, or exactly what differs, is missing or altered.

Begin with :func:`verify`. The bundle is never written to: a zip file is unpacked, and inputs are linked, into a place
that is removed afterwards.
"""

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from gonedark import __version__
from gonedark.bundle.comparing import differences
from gonedark.bundle.manifest import MOST_BYTES, NAME, BundleError, Manifest, Source, parse
from gonedark.bundle.unpacking import unpack
from gonedark.bundle.writing import snapshot_of
from gonedark.cause.claims.check import judged
from gonedark.cause.claims.reading import parse as parse_claims
from gonedark.cause.context import NOTHING, Context
from gonedark.cause.context import parse as parse_context
from gonedark.delegation.names import place_of
from gonedark.delegation.rir import DelegationError
from gonedark.feeds.files import FeedError
from gonedark.feeds.hashing import sha256_of
from gonedark.feeds.origin import Origin, write_origin
from gonedark.investigate import Question, investigate
from gonedark.named_file import read_named
from gonedark.publish import formats
from gonedark.publish import json as json_face

MOST_DIFFERENCES = 200
_MOST_STRANGERS = 20
_MOST_TEXT_BYTES = 1_000_000_000
_REPORT, _SERIES = "report.json", "series.csv"

FindingKind = Literal["missing", "altered", "differs", "unreadable", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be (or, as a note, that one should know), and where."""

    kind: FindingKind
    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Verification:
    """``findings`` in order; ``recomputed`` False: something that is needed was missing."""

    findings: tuple[Finding, ...]
    recomputed: bool

    @property
    def is_identical(self) -> bool:
        """Recomputed, and nothing but notes was found."""
        return self.recomputed and all(item.kind == "note" for item in self.findings)


def verify(bundle: Path, inputs: Sequence[Path] = ()) -> Verification:
    """Check a bundle. ``inputs`` are folders in which MRT files that it names by hash only may be found.

    Raises BundleError where it is no bundle at all.
    """
    with tempfile.TemporaryDirectory(prefix="gonedark-verify-") as scratch:
        root, held = _opened(bundle, Path(scratch) / "bundle")
        manifest = parse(_manifest_bytes(root))
        findings = [*_files(root, manifest), *_strangers(held, manifest), *_notes(manifest)]
        found, wrong = _sources(root, manifest, inputs)
        findings += wrong
        if any(item.kind == "missing" for item in findings):
            return Verification(tuple(findings), recomputed=False)
        findings += _recomputed(root, manifest, _laid_out(found, Path(scratch) / "mrt"))
        return Verification(tuple(findings), recomputed=True)


def _opened(bundle: Path, scratch: Path) -> tuple[Path, Sequence[str]]:
    """Where the bundle's files lie, and the paths of all that it holds."""
    if bundle.is_dir():
        return bundle, [path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if not path.is_dir()]
    if not bundle.is_file():
        raise BundleError(f"{bundle} does not exist")
    try:
        return scratch, unpack(bundle, scratch)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BundleError(f"{bundle} is no bundle: {error}") from None
    except OSError as error:
        raise BundleError(f"cannot unpack {bundle}: {error.strerror or error}; TMPDIR names the place for it") from None


def _manifest_bytes(root: Path) -> bytes:
    path = _inside(root, NAME)
    if path is None or not path.is_file():
        raise BundleError(f"there is no {NAME} in {root.name or root}; is it a bundle?")
    try:
        return read_named(path, MOST_BYTES)
    except OSError as error:
        raise BundleError(f"cannot read {path}: {error.strerror or error}") from None


def _files(root: Path, manifest: Manifest) -> Iterator[Finding]:
    """Files that are missing, or are not what the manifest says."""
    for item in manifest.files:
        path = _inside(root, item.path)
        if path is None or not path.is_file():
            yield Finding("missing", item.path, "the bundle names it and does not hold it")
        elif path.stat().st_size != item.bytes:
            words = f"it has {path.stat().st_size:,} bytes and should have {item.bytes:,}"
            yield Finding("altered", item.path, words)
        elif sha256_of(path) != item.sha256:
            yield Finding("altered", item.path, f"its SHA-256 is not {item.sha256}")
    named = {item.path for item in manifest.files}
    for name in (_REPORT, _SERIES):
        if name not in named:
            yield Finding("missing", name, "the manifest does not name it")


def _strangers(held: Sequence[str], manifest: Manifest) -> Iterator[Finding]:
    """Files that came from elsewhere: whoever finds them in a bundle may take them for a part of it."""
    others = sorted(set(held) - {item.path for item in manifest.files} - {NAME})
    for path in others[:_MOST_STRANGERS]:
        yield Finding("note", path, "the manifest does not name it: it is no part of the bundle and was not checked")
    if len(others) > _MOST_STRANGERS:
        yield Finding("note", "the bundle", f"{len(others) - _MOST_STRANGERS:,} more files are no part of it")


def _inside(root: Path, path: str) -> Path | None:
    """The file, unless a link leads out of the bundle or round in a circle."""
    try:
        found = (root / path).resolve()
    except (OSError, RuntimeError):
        return None
    return found if found.is_relative_to(root.resolve()) else None


def _notes(manifest: Manifest) -> Iterator[Finding]:
    if manifest.version != __version__:
        yield Finding("note", "gonedark", f"the bundle was made with {manifest.version}, this is {__version__}")
    if manifest.snapshot is not None:
        try:
            here = snapshot_of(manifest.window.from_us)
        except DelegationError as error:
            yield Finding("missing", manifest.snapshot[0], str(error))
            return
        if here != manifest.snapshot:
            words = f"this installation would use other delegation data ({here[0]}, SHA-256 {here[1]})"
            yield Finding("altered", manifest.snapshot[0], words)


def _sources(
    root: Path, manifest: Manifest, folders: Sequence[Path]
) -> tuple[list[tuple[Source, Path]], list[Finding]]:
    """Where each MRT file lies; those that lie nowhere, or of which the manifest says two things."""
    found: list[tuple[Source, Path]] = []
    findings: list[Finding] = []
    elsewhere: dict[str, Path] | None = None
    kept = {item.path: item for item in manifest.files}
    for item in manifest.sources:
        file = kept.get(item.path) if item.path is not None else None
        path = _inside(root, file.path) if file is not None else None
        if file is not None and path is not None and path.is_file():
            found.append((item, path))
            if (file.sha256, file.bytes) != (item.sha256, item.bytes):
                findings.append(Finding("altered", item.name, f"the manifest says otherwise of {file.path}"))
            continue
        elsewhere = _by_hash(manifest, folders) if elsewhere is None else elsewhere
        if item.sha256 in elsewhere:
            found.append((item, elsewhere[item.sha256]))
        else:
            where = f"; it came from {item.url}" if item.url else ""
            words = f"input with SHA-256 {item.sha256}{where}; name a folder that holds it with --inputs"
            findings.append(Finding("missing", item.name, words))
    return found, findings


def _by_hash(manifest: Manifest, folders: Sequence[Path]) -> dict[str, Path]:
    """Files of the folders that have the size and hash of an input."""
    sizes = {item.bytes for item in manifest.sources}
    entries = (entry for folder in folders for entry in sorted(folder.rglob("*")) if entry.is_file())
    return {sha256_of(entry): entry for entry in entries if entry.stat().st_size in sizes}


def _laid_out(found: Sequence[tuple[Source, Path]], scratch: Path) -> tuple[str, ...]:
    """Links to the inputs by collector, as arguments of ``--mrt``; with each the note of where it came from."""
    arguments: dict[str, str] = {}
    for number, (item, path) in enumerate(found):
        numbers = list(dict.fromkeys(source.collector for source, _ in found))
        folder = scratch / f"{numbers.index(item.collector):03}"
        target = folder / f"{number:06}" / item.name
        target.parent.mkdir(parents=True)
        try:
            os.symlink(path.resolve(), target)
        except OSError:
            shutil.copyfile(path, target)
        if item.url is not None:
            write_origin(target, Origin(item.url, item.sha256, item.bytes, None))
        plain = item.collector and "/" not in item.collector and "=" not in item.collector
        arguments[item.collector] = f"{item.collector}={folder}" if plain else str(folder)
    return tuple(arguments.values())


def _recomputed(root: Path, manifest: Manifest, mrt: tuple[str, ...]) -> Iterator[Finding]:
    """Every difference between the bundled report and the one that its inputs give now."""
    try:
        question = Question(
            manifest.country,
            manifest.window,
            mrt,
            tuple(root / item.path for item in manifest.of_role("delegation")),
            tuple(root / item.path for item in manifest.of_role("attribute")),
            manifest.thresholds,
            manifest.gaps,
            _context(root, manifest),
        )
        found = investigate(question)
        report, place = found.report, place_of(manifest.country.code)
        for item in manifest.of_role("claims"):
            claims = parse_claims(_bytes(root, item.path).decode(), item.path)
            report = judged(report, claims, place=place, country_of=found.registry.country_of_asn)
        written = _bytes(root, _SERIES)
        bundled = json.loads(_bytes(root, _REPORT))
        again = json.loads(json_face.render(report, place))
        series = formats.render(report, "csv", place)
    except (FeedError, DelegationError, ValueError, OSError, RecursionError) as error:
        yield Finding("unreadable", "the bundle", f"the report could not be made again: {error}")
        return
    _leave_out(bundled, manifest.passed_over)
    for other in islice(differences(bundled, again), MOST_DIFFERENCES):
        words = f"{other.bundled or 'nothing'} in the bundle, {other.recomputed or 'nothing'} recomputed"
        kind: FindingKind = "note" if other.pointer == "/software/version" else "differs"
        yield Finding(kind, f"{_REPORT}{other.pointer}", words)
    if written != series:
        yield Finding("differs", _SERIES, "the series recomputed is another")


def _bytes(root: Path, path: str) -> bytes:
    """A small file of the bundle, all of which was found to be there."""
    return read_named(root / path, _MOST_TEXT_BYTES)


def _context(root: Path, manifest: Manifest) -> Context:
    for item in manifest.of_role("context"):
        return parse_context(_bytes(root, item.path).decode(), item.path)
    return NOTHING


def _leave_out(bundled: Any, passed_over: Sequence[str]) -> None:
    """Warnings on files that were no MRT and are not in the bundle."""
    if isinstance(bundled, dict) and isinstance(bundled.get("warnings"), list):
        bundled["warnings"] = [text for text in bundled["warnings"] if text not in passed_over]
