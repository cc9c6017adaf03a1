"""Batches as Arrow tables, whose text columns are dictionaries so that nothing is written twice.

Begin with :func:`arrow_batch`. Not imported by the decoder: PyArrow is large.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gonedark.mrt.batch import KIND_LETTERS, NONE, STATE, Batch

KINDS = pa.array(list(KIND_LETTERS))
TEXT = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        pa.field("kind", pa.dictionary(pa.int8(), pa.string()), metadata={"about": "A, W, R, S or E (End-of-RIB)"}),
        pa.field("time", pa.timestamp("us", "UTC")),
        pa.field("collector", TEXT),
        pa.field("peer_asn", pa.uint32()),
        pa.field("peer_address", TEXT),
        pa.field("prefix", TEXT, metadata={"about": "null for S and E rows"}),
        pa.field("as_path", TEXT, metadata={"about": "null for W, S and E rows"}),
        pa.field("origin", pa.uint32(), metadata={"about": "null for a set, and where there is no path"}),
        pa.field(
            "old_state", pa.uint8(), metadata={"about": "of S rows: RFC 4271 section 8.2.2, 1 idle to 6 established"}
        ),
        pa.field("new_state", pa.uint8()),
    ]
)


def arrow_batch(batch: Batch, collector: str = "") -> pa.RecordBatch:
    """One batch as a record batch of :data:`SCHEMA`."""
    dictionaries = batch.dictionaries
    peers = dictionaries.peers
    origins = np.append(dictionaries.path_origins(), NONE)[batch.path]
    asns = np.array([peer.asn for peer in peers] or [0], np.uint32)[batch.peer]
    is_state = batch.kind == STATE
    columns = [
        pa.DictionaryArray.from_arrays(pa.array(batch.kind.astype(np.int8)), KINDS),
        pa.array(batch.time_us, pa.timestamp("us", "UTC")),
        pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(batch), np.int32)), pa.array([collector])),
        pa.array(asns),
        _texts(batch.peer, lambda peer: peers[peer].address),
        _texts(batch.prefix, dictionaries.prefix_text),
        _texts(batch.path, dictionaries.path_text),
        pa.array(np.where(origins == NONE, 0, origins).astype(np.uint32), mask=origins == NONE),
        pa.array((batch.state >> 8).astype(np.uint8), mask=~is_state),
        pa.array((batch.state & 255).astype(np.uint8), mask=~is_state),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _texts(ids: NDArray[np.int32], text: Callable[[int], str]) -> Any:
    """A dictionary column of the ids' texts; null where there is none."""
    distinct, inverse = np.unique(ids, return_inverse=True)
    values = [None if one == NONE else text(one) for one in distinct.tolist()]
    if values and values[0] is None:
        # An index of null, not an index of a null value: readers count nulls by the former.
        indexes = pa.array(np.maximum(inverse - 1, 0).astype(np.int32), mask=inverse == 0)
        return pa.DictionaryArray.from_arrays(indexes, pa.array(values[1:], pa.string()))
    return pa.DictionaryArray.from_arrays(pa.array(inverse.astype(np.int32)), pa.array(values, pa.string()))
