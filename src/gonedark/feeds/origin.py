"""Where a kept file came from: a small hidden file beside it, written before it and believed only while it fits.

Begin with :func:`read_origin`. Not for keeping files, which is ``cache``.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

ORIGIN_BYTES_MAX = 1 << 16


@dataclass(frozen=True, slots=True)
class Origin:
    """A download's source and identity. ``damage``: what is wrong with the file as the archive itself keeps it.

    ``quick_sha256``: the identity of its copy that opens fast (:mod:`gonedark.feeds.quick`), None where there is none.
    """

    url: str
    sha256: str
    bytes: int
    damage: str | None
    quick_sha256: str | None = None


def read_origin(path: Path) -> Origin | None:
    """What is known of the file; None where nothing is, or where the file has another size by now."""
    try:
        with _beside(path).open("rb") as stream:
            told = json.loads(stream.read(ORIGIN_BYTES_MAX))
        quick = told.get("quick_sha256")
        origin = Origin(str(told["url"]), str(told["sha256"]), int(told["bytes"]), told["damage"], quick)
        return origin if path.stat().st_size == origin.bytes else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_origin(path: Path, origin: Origin) -> None:
    """Note where a file comes from, in one step. Raises OSError."""
    beside = _beside(path)
    draft = beside.with_name(f"{beside.name}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(origin)), encoding="utf-8")
    draft.replace(beside)


def forget_origin(path: Path) -> None:
    """The file is gone."""
    _beside(path).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.origin")
