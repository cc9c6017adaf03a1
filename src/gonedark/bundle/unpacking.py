"""Takes out of a bundle's zip file what its manifest names, within bounds: a forged one could fill a disk.

Begin with :func:`unpack`. Not for bundles that are folders, which are read where they lie.
"""

import shutil
import zipfile
from pathlib import Path
from typing import IO

from gonedark.bundle.manifest import MOST_BYTES, NAME, BundleError, Kept, parse

MOST_TIMES = 100
"""No bundle's files have so many times the bytes of its zip file: most are routing data, which zip files hold as they
are, and the texts shrink to a tenth or so."""
SLACK_BYTES = 64_000_000
"""So much may be unpacked of any zip file, however small."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOST_MEMBERS = 1_000_000


def unpack(bundle: Path, scratch: Path) -> list[str]:
    """Unpack into a new folder; the paths of all that the zip file holds. Raises BundleError, OSError, and what
    zipfile raises for damage."""
    with zipfile.ZipFile(bundle) as archive:
        members = {member.filename: member for member in archive.infolist()[:_MOST_MEMBERS]}
        if NAME not in members:
            raise BundleError(f"it holds no {NAME}")
        data = _opened(archive, members[NAME]).read(MOST_BYTES + 1)
        named = [(item, members[item.path]) for item in parse(data).files if item.path in members]
        scratch.mkdir()
        _check_room(bundle, scratch, sum(_most_bytes(item, member) for item, member in named))
        (scratch / NAME).write_bytes(data)
        for item, member in named:
            target = scratch / item.path
            target.parent.mkdir(parents=True, exist_ok=True)
            with _opened(archive, member) as stream, target.open("wb") as kept:
                _copy(stream, kept, _most_bytes(item, member))
        return [member.filename for member in archive.infolist() if not member.is_dir()]


def _most_bytes(item: Kept, member: zipfile.ZipInfo) -> int:
    """How much of a file is taken out: one byte more than it should have shows that it is another."""
    return max(0, min(item.bytes + 1, member.file_size))


def _check_room(bundle: Path, scratch: Path, wanted: int) -> None:
    """Raise BundleError before anything is written that cannot be right, or has no room."""
    if wanted > MOST_TIMES * bundle.stat().st_size + SLACK_BYTES:
        raise BundleError(f"{bundle} is no bundle: it would unpack to {wanted:,} bytes, more than any of its size")
    free = shutil.disk_usage(scratch).free
    if wanted > free:
        raise BundleError(
            f"cannot unpack {bundle}: it needs {wanted:,} bytes and {free:,} are free; TMPDIR names the place for it"
        )


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    # Other methods turn a few bytes into gigabytes.
    if member.compress_type not in _METHODS:
        raise BundleError(f"{member.filename[:80]!r} is compressed as no bundle is")
    return archive.open(member)


def _copy(stream: IO[bytes], kept: IO[bytes], most: int) -> None:
    """Copy at most so many bytes."""
    while most and (block := stream.read(min(most, 1 << 20))):
        kept.write(block)
        most -= len(block)
