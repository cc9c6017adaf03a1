"""Generate a synthetic routing table, or a busy day's updates, as an MRT file.

    python bench/generate.py --prefixes 1000000 --peers 40 --out rib.gz
    python bench/generate.py --small --out rib.bz2
    python bench/generate.py --updates 1000000 --rate 300 --out updates.gz

The ending of the name decides the compression (gz, bz2, zst, else none), at the levels that the archives use. The same
arguments give the same records; IPv6 prefixes are among the ``--prefixes``, and each peer's sessions are one a family.
"""

import argparse
import queue
import shutil
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import zstandard
from synthetic_rib import rib_bytes
from synthetic_updates import update_bytes
from synthetic_world import World, make_world

SMALL = {"prefixes": 50_000, "peers": 20}
FULL = {"prefixes": 1_000_000, "peers": 40}


def _write_gz(pieces: Iterable[bytes], out: BinaryIO) -> None:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for piece in pieces:
        out.write(packer.compress(piece))
    out.write(packer.flush())


def _write_bz2(pieces: Iterable[bytes], out: BinaryIO) -> None:
    """By lbzip2 or bzip2, both of which write one stream of 900 kB blocks, as RouteViews' files are."""
    tool = shutil.which("lbzip2") or shutil.which("bzip2")
    if tool is None:
        sys.exit("writing bz2 needs lbzip2 or bzip2; install one, or let the name end in .gz")
    with subprocess.Popen([tool, "-9", "-c"], stdin=subprocess.PIPE, stdout=out) as process:
        assert process.stdin is not None, "a pipe was asked for"
        for piece in pieces:
            process.stdin.write(piece)
        process.stdin.close()
        if process.wait():
            sys.exit(f"{tool} failed")


def _write_zst(pieces: Iterable[bytes], out: BinaryIO) -> None:
    with zstandard.ZstdCompressor(level=3).stream_writer(out, closefd=False) as packer:
        for piece in pieces:
            packer.write(piece)


def _write_plain(pieces: Iterable[bytes], out: BinaryIO) -> None:
    out.writelines(pieces)


WRITERS: dict[str, Callable[[Iterable[bytes], BinaryIO], None]] = {
    ".gz": _write_gz,
    ".bz2": _write_bz2,
    ".zst": _write_zst,
}


def write(pieces: Iterable[bytes], path: Path) -> int:
    """Write the pieces compressed, generating while compressing; returns the bytes before compression.

    The file appears under its name only when it is whole.
    """
    ahead: queue.Queue[bytes | None] = queue.Queue(8)
    total = 0

    def drain() -> Iterable[bytes]:
        while (piece := ahead.get()) is not None:
            yield piece

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as out:
        writer = threading.Thread(target=WRITERS.get(path.suffix, _write_plain), args=(drain(), out))
        writer.start()
        for piece in pieces:
            total += len(piece)
            while True:
                try:
                    ahead.put(piece, timeout=5)
                    break
                except queue.Full:
                    if not writer.is_alive():
                        sys.exit(f"writing {path} failed")
        ahead.put(None)
        writer.join()
    part.rename(path)
    return total


def rib(world: World, path: Path) -> int:
    """Write the world's routing table."""
    return write(rib_bytes(world), path)


def main() -> None:
    """Parse the arguments, generate, say what was made on standard error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    parser.add_argument("--prefixes", type=int, default=FULL["prefixes"])
    parser.add_argument("--peers", type=int, default=FULL["peers"], help="peers with a full table")
    parser.add_argument("--ipv6-share", type=float, default=0.1, help="share of the prefixes that are IPv6")
    parser.add_argument("--small", action="store_true", help="50,000 prefixes and 20 peers, for a quick run")
    parser.add_argument("--updates", type=int, metavar="N", help="N update messages instead of a routing table")
    parser.add_argument("--rate", type=float, default=300, help="update messages a second of the day")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    size = SMALL if given.small else {"prefixes": given.prefixes, "peers": given.peers}
    began = time.monotonic()
    try:
        world = make_world(given.seed, ipv6_share=given.ipv6_share, **size)
    except ValueError as error:
        parser.error(str(error))
    total = write(update_bytes(world, given.updates, given.rate), given.out) if given.updates else rib(world, given.out)
    packed = given.out.stat().st_size
    print(
        f"{given.out}: {total:,} bytes of MRT in {packed:,} ({total / packed:.1f} to 1), "
        f"{time.monotonic() - began:.0f} s",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
