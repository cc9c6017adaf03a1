"""The working memory of one reader: columns that the parser's loops write and the resolver turns into batches.

Begin with :class:`Rows`. The loops run one after another over a block of decompressed bytes: framing fills *records*,
table dumps and messages fill *rows* and *keys* (prefixes, peers and, from attribute blocks, paths). Rows hold indexes
into the keys until the resolver has interned those. Not for reading outside the room.
"""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

RECORD_ROWS = 65536
"""No record may give more rows than this; loops stop before a record for which there would be no space."""
RECORDS = 16384
"""Most records of one framing step."""
FINDINGS = 4096
"""Most findings and gaps of one framing or parsing step that are kept with their place; all are counted."""

FORM_AS4, FORM_TABLE, FORM_NLRI = 1, 2, 4
"""Bits of an attribute block's form: AS numbers of four bytes; from a table dump; the message has plain NLRI."""


class Records:
    """What the loops of the parser keep among themselves; every column's meaning stands in its name."""

    def __init__(self, batch_rows: int) -> None:
        size = batch_rows + RECORD_ROWS + RECORDS
        self.record_time_us = np.empty(RECORDS, np.int64)
        self.record_type = np.empty(RECORDS, np.int32)
        self.record_subtype = np.empty(RECORDS, np.int32)
        self.record_start = np.empty(RECORDS, np.int64)
        self.record_end = np.empty(RECORDS, np.int64)
        self.finding_byte = np.empty(FINDINGS, np.int64)
        self.finding_code = np.empty(FINDINGS, np.int32)
        self.attribute_byte = np.empty(FINDINGS, np.int64)
        self.attribute_code = np.empty(FINDINGS, np.int32)
        self.block_start = np.empty(size, np.int64)
        self.block_length = np.empty(size, np.int32)
        self.block_form = np.empty(size, np.uint8)
        self.block_verdict = np.empty(size, np.uint8)
        self.holder_prefix = np.empty(size, np.int32)
        self.holder_peer = np.empty(size, np.int32)


class Rows:
    """The columns of one batch, which grow from step to step; memory that is never written costs nothing."""

    def __init__(self, batch_rows: int, *, attributes: bool) -> None:
        size = batch_rows + RECORD_ROWS
        self.room = batch_rows
        """Loops begin no further record once they have written more rows."""
        self.keeps_path_ids = attributes
        """Whether ``path_id`` is asked of routes without one too, where it is zero."""
        self.is_resolved = False
        """Whether the batch has been made, so that these columns are nobody's but its own."""
        types = [np.dtype(kind) for kind in ("i8", "i4", "i4", "i4", "i4", "u4", "u2", "u1", "u1")]
        cells = [size, size if attributes else 0, *[size] * 7]
        # One memory, widest cells first, so that each is where its kind must be.
        ends = np.cumsum([kind.itemsize * count for kind, count in zip(types, cells, strict=True)]).tolist()
        self._memory = np.empty(ends[-1], np.uint8)
        columns = [
            self._memory[start:end].view(kind) for start, end, kind in zip([0, *ends], ends, types, strict=False)
        ]
        self.time_us, self.block, self.peer, self.prefix, self.path, *others = columns
        self.path_id, self.state, self.kind, self.flags = others
        self._own_references = sys.getrefcount(self._memory)

    @property
    def is_free(self) -> bool:
        """Whether they may be written anew: no batch, and no column of one, refers to their memory any more.

        Memory that is touched for the first time costs ten times as much, on virtual machines above all.
        """
        return self.is_resolved and sys.getrefcount(self._memory) <= self._own_references


class Keys:
    """What one step's rows name by index, and room for the ids. Paths are spans of ``side``."""

    def __init__(self, batch_rows: int) -> None:
        size = batch_rows + RECORD_ROWS + RECORDS
        self.prefix_high = np.empty(size, np.uint64)
        self.prefix_low = np.empty(size, np.uint64)
        self.prefix_length = np.empty(size, np.uint8)
        self.prefix_family = np.empty(size, np.uint8)
        self.prefix_ids = np.empty(size, np.int32)
        self.peer_asn = np.empty(size, np.uint32)
        self.peer_high = np.empty(size, np.uint64)
        self.peer_low = np.empty(size, np.uint64)
        self.peer_family = np.empty(size, np.uint8)
        self.local_high = np.empty(size, np.uint64)
        self.local_low = np.empty(size, np.uint64)
        self.peer_ids = np.empty(size, np.int32)
        self.span_start = np.empty(size, np.int64)
        self.span_length = np.empty(size, np.int32)
        self.span_hash = np.empty(size, np.uint64)
        self.path_ids = np.empty(size, np.int32)
        self.side = np.empty(0, np.uint8)

    def reserve_side(self, buffer_bytes: int) -> None:
        """Room for the paths of all attributes in a buffer of this size: AS numbers of two bytes become four."""
        if len(self.side) < 2 * buffer_bytes + 1024:
            self.side = np.empty(2 * buffer_bytes + 1024, np.uint8)


def view(array: NDArray[Any]) -> memoryview:
    """What the loops are handed: indexing a memoryview gives plain Python numbers when they run uncompiled."""
    return array.data
