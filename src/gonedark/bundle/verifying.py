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
from gonedark.bundle.manifest import MOST_BYTES, NAME, BundleError, Manifest, Source, parse, safe
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
from gonedark.publish import formats
from gonedark.publish import json as json_face

MOST_DIFFERENCES = 200
_SLACK_BYTES = 64_000_000
_MOST_MEMBERS = 1_000_000

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
        root = _opened(bundle, Path(scratch) / "bundle")
        manifest = parse(_manifest_bytes(root))
        findings = [*_files(root, manifest), *_notes(manifest)]
        found, missing = _sources(root, manifest, inputs)
        findings += missing
        if missing or any(item.kind == "missing" for item in findings):
            return Verification(tuple(findings), recomputed=False)
        findings += _recomputed(root, manifest, _laid_out(found, Path(scratch) / "mrt"))
        return Verification(tuple(findings), recomputed=True)


def _opened(bundle: Path, scratch: Path) -> Path:
    if bundle.is_dir():
        return bundle
    if not bundle.is_file():
        raise BundleError(f"{bundle} does not exist")
    try:
        with zipfile.ZipFile(bundle) as archive:
            _unpack(archive, scratch)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BundleError(f"{bundle} is no bundle: {error}") from None
    return scratch


def _unpack(archive: zipfile.ZipFile, scratch: Path) -> None:
    """Unpack what the manifest names, and no more bytes than it says."""
    members = {member.filename: member for member in archive.infolist()[:_MOST_MEMBERS]}
    if NAME not in members:
        raise BundleError(f"it holds no {NAME}")
    scratch.mkdir()
    left = MOST_BYTES
    with archive.open(members[NAME]) as stream:
        data = stream.read(MOST_BYTES + 1)
    (scratch / NAME).write_bytes(data)
    manifest = parse(data)
    left = sum(item.bytes for item in manifest.files) + _SLACK_BYTES
    for item in manifest.files:
        member = members.get(item.path)
        if member is None:
            continue
        target = scratch / safe(item.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as stream, target.open("wb") as kept:
            left -= _copy(stream, kept, left)


def _copy(stream: Any, kept: Any, most: int) -> int:
    """Copy at most so many bytes and one more, which the hash will show."""
    copied = 0
    while copied <= most and (block := stream.read(1 << 20)):
        kept.write(block)
        copied += len(block)
    return copied


def _manifest_bytes(root: Path) -> bytes:
    path = root / NAME
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BundleError(f"{path} is larger than any manifest")
        return path.read_bytes()
    except OSError:
        raise BundleError(f"there is no {NAME} in {root.name or root}; is it a bundle?") from None


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


def _inside(root: Path, path: str) -> Path | None:
    """The file, unless a link leads out of the bundle."""
    found = (root / path).resolve()
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
    """Where each MRT file lies, and those that lie nowhere."""
    found: list[tuple[Source, Path]] = []
    missing: list[Finding] = []
    elsewhere: dict[str, Path] | None = None
    for item in manifest.sources:
        path = _inside(root, item.path) if item.path is not None else None
        if path is not None and path.is_file():
            found.append((item, path))
            continue
        elsewhere = _by_hash(manifest, folders) if elsewhere is None else elsewhere
        if item.sha256 in elsewhere:
            found.append((item, elsewhere[item.sha256]))
        else:
            where = f"; it came from {item.url}" if item.url else ""
            words = f"input with SHA-256 {item.sha256}{where}; name a folder that holds it with --inputs"
            missing.append(Finding("missing", item.name, words))
    return found, missing


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
            claims = parse_claims((root / item.path).read_text(encoding="utf-8"), item.path)
            report = judged(report, claims, place=place, country_of=found.registry.country_of_asn)
        bundled = json.loads((root / "report.json").read_bytes())
        again = json.loads(json_face.render(report, place))
        series = formats.render(report, "csv", place)
    except (FeedError, DelegationError, ValueError, OSError, RecursionError) as error:
        yield Finding("unreadable", "the bundle", f"the report could not be made again: {error}")
        return
    _leave_out(bundled, manifest.passed_over)
    for other in islice(differences(bundled, again), MOST_DIFFERENCES):
        words = f"{other.bundled or 'nothing'} in the bundle, {other.recomputed or 'nothing'} recomputed"
        kind: FindingKind = "note" if other.pointer == "/software/version" else "differs"
        yield Finding(kind, f"report.json{other.pointer}", words)
    if (root / "series.csv").read_bytes() != series:
        yield Finding("differs", "series.csv", "the series recomputed is another")


def _context(root: Path, manifest: Manifest) -> Context:
    for item in manifest.of_role("context"):
        return parse_context((root / item.path).read_text(encoding="utf-8"), item.path)
    return NOTHING


def _leave_out(bundled: Any, passed_over: Sequence[str]) -> None:
    """Warnings on files that were no MRT and are not in the bundle."""
    if isinstance(bundled, dict) and isinstance(bundled.get("warnings"), list):
        bundled["warnings"] = [text for text in bundled["warnings"] if text not in passed_over]
