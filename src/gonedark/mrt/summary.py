"""What a file turned out to be, beside its rows: kind, times, peers, counts, findings and gaps.

Begin with :class:`Summary`, which :class:`gonedark.mrt.reader.MrtReader` gives; :class:`Notes` is its draft.
"""

from dataclasses import dataclass
from typing import Literal

from gonedark.model.prefix import Family
from gonedark.mrt.batch import Finding, Gap

FileKind = Literal["rib", "updates", "mixed", "empty"]
KEPT = 1000
"""So many findings and gaps are kept one by one; of the others, findings are counted and gaps merged into the last."""
LOCAL_ADDRESSES_KEPT = 4


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of a file after (or while) reading it.

    Times are the least and greatest of all records, None where there are none. ``rib_entries`` counts, for each peer id
    and family, the prefixes with an entry in table dumps (several paths count once). ``local_addresses`` are the
    collector's own, for each peer id, as BGP4MP names them. ``torn``: something at the end, or everything after a gap,
    is missing.
    """

    records: int
    first_time_us: int | None
    last_time_us: int | None
    kind: FileKind
    view_name: str
    collector_id: int
    index_peers: tuple[int, ...]
    local_addresses: dict[int, tuple[str, ...]]
    rib_entries: dict[tuple[int, Family], int]
    findings: tuple[Finding, ...]
    finding_count: int
    gaps: tuple[Gap, ...]
    gap_count: int
    torn: bool
    decompressed_bytes: int


class Notes:
    """The draft of a summary."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.records = 0
        self.first_time_us: int | None = None
        self.last_time_us: int | None = None
        self.tables = 0
        self.messages = 0
        self.view_name = ""
        self.collector_id = 0
        self.index_peers: list[int] = []
        self.local_addresses: dict[int, tuple[str, ...]] = {}
        self.findings: list[Finding] = []
        self.finding_count = 0
        self.gaps: list[Gap] = []
        self.gap_count = 0

    def times(self, records: int, first: int, last: int) -> None:
        """So many records with times between these were read."""
        self.records += records
        self.first_time_us = first if self.first_time_us is None else min(first, self.first_time_us)
        self.last_time_us = last if self.last_time_us is None else max(last, self.last_time_us)

    def kinds(self, tables: int, messages: int) -> None:
        """So many records of tables and of messages were read."""
        self.tables += tables
        self.messages += messages

    def index(self, view_name: str, collector_id: int) -> None:
        """A peer index table was read."""
        self.view_name, self.collector_id = view_name, collector_id

    def finding(self, byte: int, cause: str, treatment: str) -> None:
        """One thing that was wrong or odd."""
        self.finding_count += 1
        if len(self.findings) < KEPT:
            self.findings.append(Finding(self.name, byte, cause, treatment))

    def more_findings(self, count: int) -> None:
        """So many things more were wrong that nobody kept the places of."""
        self.finding_count += count

    def gap(self, from_byte: int, until_byte: int | None, cause: str, torn: bool) -> None:
        """Bytes that could not be decoded."""
        self.gap_count += 1
        if len(self.gaps) < KEPT:
            self.gaps.append(Gap(self.name, from_byte, until_byte, cause, torn))
            return
        last = self.gaps[-1]
        cause = last.cause if last.cause.endswith("more of them") else f"{last.cause}, and more of them"
        self.gaps[-1] = Gap(self.name, last.from_byte, until_byte, cause, last.torn or torn)

    def damage(self, end: int, cause: str) -> None:
        """The stream broke off at this byte; what was cut there by that is the same gap."""
        if self.gaps and self.gaps[-1].until_byte == end:
            end = self.gaps.pop().from_byte
            self.gap_count -= 1
        self.gap(end, None, cause, True)

    def local_address(self, peer: int, text: str) -> None:
        """The collector's own address of a peer's session."""
        known = self.local_addresses.get(peer, ())
        if text not in known and len(known) < LOCAL_ADDRESSES_KEPT:
            self.local_addresses[peer] = (*known, text)

    def kind(self) -> FileKind:
        """Tables, messages, both or neither."""
        if self.tables and self.messages:
            return "mixed"
        if self.tables:
            return "rib"
        return "updates" if self.messages else "empty"

    def summary(self, rib_entries: dict[tuple[int, Family], int], decompressed_bytes: int) -> Summary:
        """The frozen summary of what was noted so far."""
        return Summary(
            records=self.records,
            first_time_us=self.first_time_us,
            last_time_us=self.last_time_us,
            kind=self.kind(),
            view_name=self.view_name,
            collector_id=self.collector_id,
            index_peers=tuple(self.index_peers),
            local_addresses=dict(self.local_addresses),
            rib_entries=rib_entries,
            findings=tuple(sorted(self.findings, key=lambda finding: finding.byte)),
            finding_count=self.finding_count,
            gaps=tuple(self.gaps),
            gap_count=self.gap_count,
            torn=any(gap.torn for gap in self.gaps),
            decompressed_bytes=decompressed_bytes,
        )
