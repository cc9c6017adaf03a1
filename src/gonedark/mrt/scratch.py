"""The working memory of one reader: columns that the decoder's loops write and the reader turns into batches.

Begin with :class:`Scratch`. The loops run one after another over a block of decompressed bytes: framing fills
*records*, table dumps and messages fill *rows*, *prefixes*, *peers* and *attribute blocks*, interning turns those into
ids. Rows hold indexes into the other lists until then. Not for reading outside the room.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

RECORD_ROWS = 65536
"""No record may give more rows than this; loops stop before a record for which there would be no space."""
RECORDS = 16384
"""Most records of one framing step."""
FINDINGS = 4096
"""Most findings and gaps of one framing or decoding step that are kept with their place; all are counted."""

FORM_AS4, FORM_TABLE, FORM_NLRI = 1, 2, 4
"""Bits of an attribute block's form: AS numbers of four bytes; from a table dump; the message has plain NLRI."""


class Scratch:
    """Columns for at least ``batch_rows`` rows; every column's meaning stands beside it."""

    def __init__(self, batch_rows: int) -> None:
        self.row_capacity = batch_rows + RECORD_ROWS
        self.row_room = batch_rows
        """Loops begin no further record once they have written more rows."""
        self.key_capacity = self.row_capacity + RECORDS
        self._records()
        self._rows(self.row_capacity)
        self._keys(self.key_capacity)
        self.finding_byte = np.empty(FINDINGS, np.int64)
        self.finding_code = np.empty(FINDINGS, np.int32)
        self.holder_prefix = np.empty(self.key_capacity, np.int32)
        self.holder_peer = np.empty(self.key_capacity, np.int32)

    def _records(self) -> None:
        self.record_time_us = np.empty(RECORDS, np.int64)
        self.record_type = np.empty(RECORDS, np.int32)
        self.record_subtype = np.empty(RECORDS, np.int32)
        self.record_start = np.empty(RECORDS, np.int64)
        self.record_end = np.empty(RECORDS, np.int64)

    def _rows(self, size: int) -> None:
        self.time_us = np.empty(size, np.int64)
        self.kind = np.empty(size, np.uint8)
        self.peer = np.empty(size, np.int32)
        self.prefix = np.empty(size, np.int32)
        self.path = np.empty(size, np.int32)
        self.flags = np.empty(size, np.uint8)
        self.state = np.empty(size, np.uint16)
        self.path_id = np.empty(size, np.uint32)

    def _keys(self, size: int) -> None:
        self.prefix_high = np.empty(size, np.uint64)
        self.prefix_low = np.empty(size, np.uint64)
        self.prefix_length = np.empty(size, np.uint8)
        self.prefix_family = np.empty(size, np.uint8)
        self.prefix_ids = np.empty(size, np.int32)
        self.block_start = np.empty(size, np.int64)
        self.block_length = np.empty(size, np.int32)
        self.block_form = np.empty(size, np.uint8)
        self.block_ids = np.empty(size, np.int32)
        self.block_verdict = np.empty(size, np.uint8)
        self.span_start = np.empty(size, np.int64)
        self.span_length = np.empty(size, np.int32)
        self._peers(size)

    def _peers(self, size: int) -> None:
        self.peer_asn = np.empty(size, np.uint32)
        self.peer_high = np.empty(size, np.uint64)
        self.peer_low = np.empty(size, np.uint64)
        self.peer_family = np.empty(size, np.uint8)
        self.peer_ids = np.empty(size, np.int32)
        self.local_high = np.empty(size, np.uint64)
        self.local_low = np.empty(size, np.uint64)


def view(array: NDArray[Any]) -> memoryview:
    """What the loops are handed: indexing a memoryview gives plain Python numbers when they run uncompiled."""
    return array.data
