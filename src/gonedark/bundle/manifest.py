"""What a bundle says about itself: the question, the files with their hashes, where the inputs came from.

Begin with :class:`Manifest`, :func:`render` and :func:`parse`. Whoever reads a bundle trusts none of it before it is
checked; paths that lead out of the bundle are refused here.
"""

import json
import os
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from gonedark.config import checked_thresholds
from gonedark.model.report import Country, CoverageGap
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan, format_time, parse_time

SCHEMA = "gonedark.bundle/1"
NAME = "manifest.json"
MOST_BYTES = 64_000_000
_LONGEST_NAME = 255
Json = dict[str, Any]


class BundleError(ValueError):
    """A bundle that cannot be written or read; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the bundle: its path inside, hash of its bytes, and what it is for."""

    path: str
    sha256: str
    bytes: int
    role: str


@dataclass(frozen=True, slots=True)
class Source:
    """One MRT file of the report. ``path`` None: only its hash is here."""

    name: str
    collector: str
    sha256: str
    bytes: int
    url: str | None
    path: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The bundle's own account. ``snapshot`` is (name, sha256) of the embedded delegation data, where they were used;
    ``passed_over`` are warnings on files that were no MRT and are not here."""

    version: str
    country: Country
    window: TimeSpan
    thresholds: Thresholds
    gaps: tuple[CoverageGap, ...]
    snapshot: tuple[str, str] | None
    passed_over: tuple[str, ...]
    files: tuple[Kept, ...]
    sources: tuple[Source, ...]

    def of_role(self, role: str) -> tuple[Kept, ...]:
        """Files of one role, in order."""
        return tuple(item for item in self.files if item.role == role)


def render(manifest: Manifest) -> bytes:
    """The manifest as JSON, the same bytes for the same content."""
    tree = {
        "schema": SCHEMA,
        "gonedark": manifest.version,
        "question": {
            "country": {"code": manifest.country.code, "name": manifest.country.name},
            "from": format_time(manifest.window.from_us),
            "until": format_time(manifest.window.until_us),
            "thresholds": manifest.thresholds.to_dict(),
            "gaps": [
                {
                    "from": format_time(gap.span.from_us),
                    "until": format_time(gap.span.until_us),
                    "collector": gap.collector,
                    "reason": gap.reason,
                }
                for gap in manifest.gaps
            ],
        },
        "snapshot": None
        if manifest.snapshot is None
        else dict(zip(("name", "sha256"), manifest.snapshot, strict=True)),
        "passed_over": list(manifest.passed_over),
        "files": [
            {name: getattr(item, name) for name in ("path", "sha256", "bytes", "role")} for item in manifest.files
        ],
        "inputs": [
            {name: getattr(item, name) for name in ("name", "collector", "sha256", "bytes", "url", "path")}
            for item in manifest.sources
        ],
    }
    return (json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def parse(data: bytes) -> Manifest:
    """Read a manifest. Raises BundleError with one line."""
    if len(data) > MOST_BYTES:
        raise BundleError(f"{NAME} is larger than any manifest")
    try:
        tree = json.loads(data)
        if not isinstance(tree, dict) or tree.get("schema") != SCHEMA:
            raise BundleError(f"{NAME} is not of the schema {SCHEMA}")
        return _manifest(tree)
    except KeyError as error:
        raise BundleError(f"{NAME} is damaged: {error} is missing") from None
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise error if isinstance(error, BundleError) else BundleError(f"{NAME} is damaged: {error}") from None


def _manifest(tree: Json) -> Manifest:
    asked, snapshot = tree["question"], tree["snapshot"]
    return Manifest(
        version=str(tree["gonedark"]),
        country=Country(str(asked["country"]["code"]), str(asked["country"]["name"])),
        window=_span(asked),
        thresholds=checked_thresholds(asked["thresholds"], NAME),
        gaps=tuple(CoverageGap(_span(gap), str(gap["collector"]), str(gap["reason"])) for gap in asked["gaps"]),
        snapshot=None if snapshot is None else (str(snapshot["name"]), str(snapshot["sha256"])),
        passed_over=tuple(str(text) for text in tree["passed_over"]),
        files=_files(tree["files"]),
        sources=tuple(_source(item) for item in tree["inputs"]),
    )


def _files(rows: list[Json]) -> tuple[Kept, ...]:
    files = {}
    for item in rows:
        kept = Kept(safe(item["path"]), str(item["sha256"]), int(item["bytes"]), str(item["role"]))
        if kept.path in files:
            raise BundleError(f"{NAME} names {kept.path[:80]!r} twice")
        files[kept.path] = kept
    return tuple(files.values())


def _source(item: Json) -> Source:
    path = None if item["path"] is None else safe(item["path"])
    url = None if item["url"] is None else str(item["url"])
    name = str(item["name"])
    if not name or "/" in name or name in (".", "..") or not _can_be_named(name):
        raise BundleError(f"{NAME}: {name[:60]!r} is no file name")
    return Source(name, str(item["collector"]), str(item["sha256"]), int(item["bytes"]), url, path)


def safe(path: object) -> str:
    """A path inside the bundle. Raises BundleError for one that leads out of it."""
    pure = PurePosixPath(str(path))
    text = str(pure)
    outside = pure.is_absolute() or ".." in pure.parts or text in (".", "") or "\\" in text
    if outside or not all(_can_be_named(part) for part in pure.parts):
        raise BundleError(f"{str(path)[:80]!r} leads out of the bundle")
    return text


def _can_be_named(part: str) -> bool:
    """Whether file systems take this as the name of a file."""
    try:
        return "\0" not in part and len(os.fsencode(part)) <= _LONGEST_NAME
    except UnicodeEncodeError:
        return False


def _span(item: Json) -> TimeSpan:
    return TimeSpan(parse_time(item["from"]), parse_time(item["until"]))
