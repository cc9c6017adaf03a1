"""Decoding for tests: everything a decoder says about some bytes, comparable whatever the chunks they came in."""

from collections.abc import Iterable
from typing import Any

from gonedark.mrt.decoder import Decoder
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.lines import LineWriter
from gonedark.mrt.summary import Summary

Told = tuple[list[tuple[Any, ...]], Summary]


def decode(pieces: Iterable[bytes], **options: Any) -> Told:
    """Rows (ids as they were given, since these must not depend on chunks either) and summary of a stream in pieces."""
    decoder = Decoder(Dictionaries(), **({"everything": True, "batch_rows": 64} | options))
    batches = [batch for piece in pieces for batch in decoder.feed(piece)]
    batches += decoder.finish()
    rows: list[tuple[Any, ...]] = []
    for batch in batches:
        columns = (batch.time_us, batch.kind, batch.peer, batch.prefix, batch.path, batch.flags, batch.state)
        rows += zip(*(column.tolist() for column in columns), strict=True)
    return rows, decoder.summary


def lines(data: bytes, **options: Any) -> list[str]:
    """The stream's elements as bgpdump would print them."""
    decoder, writer = Decoder(Dictionaries(), everything=True, attributes=True, **options), LineWriter()
    batches = [*decoder.feed(data), *decoder.finish()]
    return [line for batch in batches for line in writer.lines(batch)]


def record(kind: int, subtype: int, body: bytes, seconds: int = 1_400_000_000) -> bytes:
    """An MRT record (RFC 6396 section 2)."""
    return seconds.to_bytes(4) + kind.to_bytes(2) + subtype.to_bytes(2) + len(body).to_bytes(4) + body


def bgp4mp(message: bytes, subtype: int = 4, seconds: int = 1_400_000_000) -> bytes:
    """A message in a record of BGP4MP, of peer AS64500 at 192.0.2.1 (AS numbers of four bytes in some subtypes)."""
    width = 4 if subtype in (4, 5, 7, 9, 11) else 2
    header = (64500).to_bytes(width) + (6447).to_bytes(width) + bytes([0, 0, 0, 1, 192, 0, 2, 1, 192, 0, 2, 254])
    return record(16, subtype, header + message, seconds)


def update(withdrawn: bytes = b"", attributes: bytes = b"", routes: bytes = b"") -> bytes:
    """An UPDATE message (RFC 4271 section 4.3)."""
    body = len(withdrawn).to_bytes(2) + withdrawn + len(attributes).to_bytes(2) + attributes + routes
    return b"\xff" * 16 + (len(body) + 19).to_bytes(2) + b"\x02" + body


def attribute(kind: int, value: bytes, flags: int = 0x40) -> bytes:
    """A path attribute; of extended length where it must be."""
    if len(value) > 255:
        return bytes([flags | 0x10, kind]) + len(value).to_bytes(2) + value
    return bytes([flags, kind, len(value)]) + value
