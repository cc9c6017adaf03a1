"""Throw damaged MRT at the decoder: it must end in findings and gaps, never in an exception, a hang or a false sum.

    python fuzz/fuzz_mrt.py --seconds 60 [--seed N] [FILE]...

Files (real ones are best) are cut into samples, which are then mutated; without files the samples are built here.
What fails is printed as hex with its seed. Begin with :func:`survives`.
"""

import argparse
import random
import sys
import time
from pathlib import Path

import numpy as np

from gonedark.model.prefix import Prefix
from gonedark.mrt import writer
from gonedark.mrt.batch import NONE, Batch, Peer
from gonedark.mrt.decoder import Decoder
from gonedark.mrt.decompress import BlockStream
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.lines import LineWriter

SAMPLE_BYTES = 4096
HEX_BYTES = 2048
TIME_US = 1_400_000_000_000_000
RANGES = {"ipv4": np.array([[0xC0000000, 0xDFFFFFFF]], np.uint64), "ipv6": np.empty((0, 2), np.uint64)}
INTERESTING = (b"\0", b"\xff", b"\x7f\xff", b"\x80\0", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff" * 16)


def samples_of(path: Path) -> list[bytes]:
    """Stretches of a real file, decompressed."""
    with BlockStream(path) as stream:
        data = next(iter(stream), b"")
    starts = range(0, min(len(data), 64 * SAMPLE_BYTES), SAMPLE_BYTES)
    return [data[:SAMPLE_BYTES], *(data[start : start + 2 * SAMPLE_BYTES] for start in starts)]


def built_samples() -> list[bytes]:
    """A small table and some updates."""
    peers = [Peer(64500, "192.0.2.1"), Peer(64501, "2001:db8::1")]
    prefixes = [Prefix.parse(text) for text in ("198.51.100.0/24", "203.0.113.128/25", "2001:db8:1::/48")]
    table = writer.peer_index_table(TIME_US, collector_id="192.0.2.254", view="view", peers=peers)
    for number, prefix in enumerate(prefixes):
        attributes = [writer.rib_attributes((peer.asn, 3356, (64510, 64511)), peer.address) for peer in peers]
        entries = [writer.rib_entry(index, TIME_US, one) for index, one in enumerate(attributes)]
        table += writer.rib_record(TIME_US, number, prefix, entries)
    updates = b""
    session = writer.Session(peers[0], 6447, "192.0.2.254")
    for asn_bytes in (2, 4):
        path = (64500, 4_200_000_000, (64510, 64511))
        messages = writer.announcements(
            prefixes, path, next_hop_v4="192.0.2.1", next_hop_v6="2001:db8::1", asn_bytes=asn_bytes
        )
        for message in (*messages, *writer.withdrawals(prefixes), writer.end_of_rib("ipv6")):
            updates += writer.message_record(TIME_US, session, message, asn_bytes=asn_bytes, precise=asn_bytes == 2)
        updates += writer.state_change(TIME_US, session, writer.ESTABLISHED, writer.IDLE, asn_bytes=asn_bytes)
    return [table, updates, table + updates]


def mutated(sample: bytes, chance: random.Random) -> bytes:
    """The sample with a few bytes changed, inserted, repeated or cut out."""
    data = bytearray(sample)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0 if at < len(data):
                data[at] = chance.randrange(256)
            case 1 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 2:
                piece = chance.choice(INTERESTING)
                data[at : at + len(piece)] = piece
            case 3:
                del data[at : at + chance.randint(1, 40)]
            case 4:
                data[at:at] = chance.randbytes(chance.randint(1, 40))
            case _:
                data[at:at] = data[at : at + chance.randint(1, 200)]
    return bytes(data)


def survives(data: bytes, chance: random.Random) -> None:
    """Decode the bytes, whole and in pieces, with and without ranges, and check what came out. Raises on any fault."""
    told = []
    for pieces in ([data], _cut(data, chance)):
        told.append(_decode(pieces))
        _decode(pieces, ranges=RANGES)
    assert told[0] == told[1], "rows depend on how the stream is cut"


def _decode(pieces: list[bytes], **options: object) -> list[str]:
    """A line for each row, findings and gaps behind them."""
    decoder = Decoder(Dictionaries(), everything=True, attributes=True, batch_rows=64, **options)  # type: ignore[arg-type]  # passed on
    line_writer = LineWriter()
    lines: list[str] = []
    for piece in [*pieces, None]:
        for batch in decoder.finish() if piece is None else decoder.feed(piece):
            _check(batch)
            lines += line_writer.lines(batch)
    summary = decoder.summary
    assert summary.decompressed_bytes == sum(map(len, pieces)), "bytes went missing"
    for gap in summary.gaps:
        assert 0 <= gap.from_byte < (gap.until_byte or summary.decompressed_bytes + 1) <= summary.decompressed_bytes + 1
    return [*lines, *map(str, summary.findings), *map(str, summary.gaps)]


def _check(batch: Batch) -> None:
    names = batch.dictionaries
    counts = (len(names.peers), names.prefix_count, names.path_count)
    for ids, count in zip((batch.peer, batch.prefix, batch.path), counts, strict=True):
        assert ids.min(initial=0) >= NONE
        assert ids.max(initial=NONE) < count
    lengths, families = names.prefix_lengths(), names.prefix_families()
    assert (lengths <= np.where(families == 1, 128, 32)).all(), "a prefix is longer than its family"
    assert len(names.path_origins()) == names.path_count
    if batch.presence is not None:
        assert batch.presence.mask.shape[0] == len(batch.presence.prefix) == len(batch.presence.family_v6)


def _cut(data: bytes, chance: random.Random) -> list[bytes]:
    pieces = []
    at = 0
    while at < len(data):
        size = chance.choice((1, 2, 3, 7, 12, 40, 500))
        pieces.append(data[at : at + size])
        at += size
    return pieces


def run(samples: list[bytes], seed: int, rounds: int | None, seconds: float | None) -> int:
    """Mutate and decode until rounds or seconds are over; how often. Raises AssertionError with the failing bytes."""
    until = None if seconds is None else time.monotonic() + seconds
    done = 0
    while (rounds is None or done < rounds) and (until is None or time.monotonic() < until):
        chance = random.Random(seed + done)
        data = mutated(chance.choice(samples), chance)
        try:
            survives(data, chance)
        except Exception as error:
            raise AssertionError(f"seed {seed + done}: {error!r} on {data[:HEX_BYTES].hex()}") from error
        done += 1
    return done


def main() -> None:
    """Fuzz for so many seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="MRT files to begin with")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    samples = [sample for path in given.files for sample in samples_of(path) if sample] or built_samples()
    done = run(samples, given.seed, None, given.seconds)
    print(f"{done} mutations of {len(samples)} samples decoded, nothing but findings and gaps", file=sys.stderr)


if __name__ == "__main__":
    main()
