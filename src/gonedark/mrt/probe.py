"""A cheap look at a file: is it MRT at all, a table or updates, from when and of whose sessions.

Begin with :func:`probe`. It decompresses no more than it must. Not for routes.
"""

from dataclasses import dataclass

from gonedark.mrt.decoder import Decoder
from gonedark.mrt.decompress import BlockStream, Source
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.summary import FileKind

LOOK_BYTES = 1 << 20
ENOUGH_RECORDS = 64
SESSIONS_KEPT = 16


@dataclass(frozen=True, slots=True)
class SeenSession:
    """A session named near the file's beginning. ``local_address`` is the collector's own; tables do not tell it."""

    peer_asn: int
    peer_address: str
    local_address: str | None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file is. ``reason`` says why it is not MRT, and is None where ``is_mrt``."""

    is_mrt: bool
    reason: str | None
    compression: str
    kind: FileKind
    first_time_us: int | None
    view_name: str
    collector_id: int
    sessions: tuple[SeenSession, ...]


def probe(source: Source) -> Probe:
    """Look at the beginning of a file, bytes or stream. Raises OSError where it cannot be opened or read."""
    decoder = Decoder(Dictionaries(), batch_rows=1 << 12)
    head = b""
    with BlockStream(source, ahead=False, block_bytes=LOOK_BYTES) as stream:
        compression = stream.compression
        looked, ended = 0, True
        for block in stream:
            head = head or block[:512]
            looked += len(block)
            for _ in decoder.feed(block):
                pass
            if decoder.summary.records >= ENOUGH_RECORDS or looked >= LOOK_BYTES:
                ended = False
                break
        if ended:
            for _ in decoder.finish(stream.damage):
                pass
    return _judge(decoder, compression, head, stream.damage)


def _judge(decoder: Decoder, compression: str, head: bytes, damage: str | None) -> Probe:
    summary = decoder.summary
    is_mrt = summary.records > 0
    return Probe(
        is_mrt=is_mrt,
        reason=None if is_mrt else _why_not(head, compression, damage),
        compression=compression,
        kind=summary.kind,
        first_time_us=summary.first_time_us,
        view_name=summary.view_name,
        collector_id=summary.collector_id,
        sessions=_sessions(decoder),
    )


def _why_not(head: bytes, compression: str, damage: str | None) -> str:
    if damage is not None:
        whole = "what is whole of it holds no MRT record" if head else "nothing of it can be decompressed"
        return f"it is {compression}, and {whole}: {damage}"
    if not head:
        return "it is empty"
    if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head):
        return "it is text, not MRT"
    return "no MRT record begins in it"


def _sessions(decoder: Decoder) -> tuple[SeenSession, ...]:
    local_addresses = decoder.summary.local_addresses
    seen = []
    for peer, who in enumerate(decoder.dictionaries.peers[:SESSIONS_KEPT]):
        for local in local_addresses.get(peer, (None,)):
            seen.append(SeenSession(who.asn, who.address, local))
    return tuple(seen)
