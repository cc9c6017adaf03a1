"""Where ``gonedark elements`` writes, and in which form: lines of bgpdump, JSON lines, CSV or Parquet.

Begin with :data:`OUTPUTS`. Each output is given batches and a collector's name, and is closed at the end.
"""

from typing import BinaryIO, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from gonedark.model.time import format_time
from gonedark.mrt.arrow import SCHEMA, arrow_batch
from gonedark.mrt.batch import Batch
from gonedark.mrt.lines import LineWriter
from gonedark.mrt.rows import Row, rows


class Output(Protocol):
    """Something that takes batches."""

    needs_attributes: bool

    def __init__(self, stream: BinaryIO) -> None: ...

    def write(self, batch: Batch, collector: str) -> None: ...

    def close(self) -> None: ...


class TextOutput:
    """Exactly the lines of ``bgpdump -m``."""

    needs_attributes = True

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._writer = LineWriter()

    def write(self, batch: Batch, collector: str) -> None:
        lines = self._writer.lines(batch)
        if lines:
            self._stream.write(("\n".join(lines) + "\n").encode())

    def close(self) -> None:
        self._stream.flush()


class JsonOutput:
    """One JSON object a line; times in RFC 3339, unknown values null."""

    needs_attributes = True

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._encoder = msgspec.json.Encoder()

    def write(self, batch: Batch, collector: str) -> None:
        self._stream.write(self._encoder.encode_lines([_record(row) for row in rows(batch, collector)]))

    def close(self) -> None:
        self._stream.flush()


def _record(row: Row) -> dict[str, object]:
    record: dict[str, object] = {
        "kind": row.kind,
        "time": format_time(row.time_us),
        "collector": row.collector,
        "peer_asn": row.peer_asn,
        "peer_address": row.peer_address,
    }
    if row.states is not None:
        return record | {"old_state": row.states[0], "new_state": row.states[1]}
    record["prefix"] = row.prefix
    if row.path_id is not None:
        record["path_id"] = row.path_id
    if row.attributes is None:
        return record
    told = row.attributes
    return record | {
        "as_path": row.as_path,
        "origin": row.origin,
        "next_hops": [*([told.next_hop] if told.next_hop else []), *told.next_hops.values()],
        "local_pref": told.local_pref,
        "med": told.med,
        "communities": [f"{one >> 16}:{one & 0xFFFF}" for one in told.communities],
        "large_communities": [":".join(map(str, one)) for one in told.large_communities],
        "atomic_aggregate": told.atomic_aggregate,
        "aggregator": None if told.aggregator is None else f"{told.aggregator[0]} {told.aggregator[1]}",
    }


class CsvOutput:
    """The columns of :data:`gonedark.mrt.arrow.SCHEMA` with a header; empty where unknown."""

    needs_attributes = False

    def __init__(self, stream: BinaryIO) -> None:
        self._schema = pa.schema([pa.field(field.name, _plain(field.type)) for field in SCHEMA])
        self._time_at = self._schema.get_field_index("time")
        options = pa.csv.WriteOptions(quoting_style="needed")
        self._writer = pa.csv.CSVWriter(stream, self._schema, write_options=options)

    def write(self, batch: Batch, collector: str) -> None:
        table = pa.Table.from_batches([arrow_batch(batch, collector)])
        times = pa.compute.strftime(table["time"], "%Y-%m-%dT%H:%M:%SZ")
        self._writer.write(table.set_column(self._time_at, "time", times).cast(self._schema))

    def close(self) -> None:
        self._writer.close()


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.string()
    return kind.value_type if pa.types.is_dictionary(kind) else kind


class ParquetOutput:
    """The same columns as Parquet."""

    needs_attributes = False

    def __init__(self, stream: BinaryIO) -> None:
        self._writer = pa.parquet.ParquetWriter(stream, SCHEMA, compression="zstd")

    def write(self, batch: Batch, collector: str) -> None:
        self._writer.write_table(pa.Table.from_batches([arrow_batch(batch, collector)]))

    def close(self) -> None:
        self._writer.close()


OUTPUTS: dict[str, type[Output]] = {
    "text": TextOutput,
    "json": JsonOutput,
    "csv": CsvOutput,
    "parquet": ParquetOutput,
}
