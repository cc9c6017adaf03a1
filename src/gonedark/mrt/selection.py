"""Which rows are wanted: by prefix, origin, peer, country and time.

Begin with :class:`Selection`. What it asks of prefixes it also tells the reader as ranges, so that other routes are not
even decoded. Not for reading files.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gonedark.model.attribution import Attribution
from gonedark.model.prefix import ADDRESS_BITS, FAMILIES, Family, Prefix
from gonedark.mrt.batch import NONE, Attributes, Batch
from gonedark.mrt.batch import Dictionaries as DictionariesProtocol

Match = Literal["exact", "more", "less"]
MATCHES: tuple[Match, Match, Match] = ("exact", "more", "less")
HALF = (1 << 64) - 1
UNKNOWN, NO, YES = -1, 0, 1


def _masks(family: Family) -> NDArray[np.uint64]:
    """(bits + 1, 2): upper and lower half of each length's mask."""
    bits = ADDRESS_BITS[family]
    full = (1 << bits) - 1
    masks = [full & ~((1 << (bits - length)) - 1) for length in range(bits + 1)]
    return np.array([(mask >> 64, mask & HALF) for mask in masks], np.uint64)


MASKS = {family: _masks(family) for family in FAMILIES}


@dataclass(frozen=True)
class Selection:
    """Rows that fulfil every condition given; an empty one asks nothing.

    A row fulfils ``prefixes`` by being one of them (``exact``), one of them or more specific (``more``), one of them
    or less specific (``less``); ``origins`` by the AS number that ends its path, which withdrawals do not have;
    ``asns`` or ``addresses`` by its peer; ``country`` by being a national prefix (Attribution.is_national) or of an
    added origin. Times are [since_us, until_us).
    """

    prefixes: tuple[Prefix, ...] = ()
    match: Match = "exact"
    origins: frozenset[int] = frozenset()
    asns: frozenset[int] = frozenset()
    addresses: frozenset[str] = frozenset()
    country: Attribution | None = None
    since_us: int | None = None
    until_us: int | None = None

    def ranges(self) -> dict[Family, NDArray[np.uint64]] | None:
        """Address ranges outside which no row is wanted, for the reader; None where there are none such."""
        if self.prefixes:
            return {family: self._range_of(family) for family in FAMILIES}
        if self.country is not None and not self.country.origins:
            return self.country.ranges
        return None

    def _range_of(self, family: Family) -> NDArray[np.uint64]:
        shift = 64 if family == "ipv6" else 0
        found = []
        for prefix in self.prefixes:
            if prefix.family == family:
                last = prefix.address | ((1 << (ADDRESS_BITS[family] - prefix.length)) - 1)
                found.append((prefix.address >> shift, last >> shift))
        return np.array(found, np.uint64).reshape(-1, 2)

    def applied(self) -> "Applied":
        """The selection at work on one collector's batches."""
        return Applied(self)


class Applied:
    """Remembers, for one dictionaries object, which prefixes were found to be wanted."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self._dictionaries: DictionariesProtocol | None = None
        self._known: NDArray[np.int8] = np.empty(0, np.int8)

    def apply(self, batch: Batch) -> Batch:
        """The batch with only the wanted rows."""
        selection = self.selection
        kept = np.ones(len(batch), np.bool_)
        if selection.since_us is not None:
            kept &= batch.time_us >= selection.since_us
        if selection.until_us is not None:
            kept &= batch.time_us < selection.until_us
        if selection.asns or selection.addresses:
            wanted = [peer.asn in selection.asns or peer.address in selection.addresses for peer in _peers(batch)]
            kept &= np.array(wanted, np.bool_)[batch.peer]
        if selection.origins:
            kept &= self._of_origins(batch, selection.origins)
        if selection.prefixes:
            kept &= self._of_prefixes(batch)
        if selection.country is not None:
            kept &= self._national(batch, selection.country)
        return batch if bool(kept.all()) else take(batch, kept)

    @staticmethod
    def _of_origins(batch: Batch, origins: frozenset[int]) -> NDArray[np.bool_]:
        by_path = np.append(np.isin(batch.dictionaries.path_origins(), list(origins)), False)
        return np.asarray(by_path[batch.path])

    def _of_prefixes(self, batch: Batch) -> NDArray[np.bool_]:
        """Whether any wanted prefix matches, worked out for the batch's distinct prefixes."""
        ids, inverse = np.unique(batch.prefix, return_inverse=True)
        known = ids[ids != NONE]
        addresses = batch.dictionaries.prefix_addresses()[known]
        lengths = batch.dictionaries.prefix_lengths()[known].astype(np.int64)
        families = batch.dictionaries.prefix_families()[known]
        found = np.zeros(len(known), np.bool_)
        for prefix in self.selection.prefixes:
            found |= (families == FAMILIES.index(prefix.family)) & self._matches(prefix, addresses, lengths)
        return np.asarray(np.append(np.zeros(len(ids) - len(known), np.bool_), found)[inverse])

    def _matches(self, prefix: Prefix, addresses: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.bool_]:
        masks = MASKS[prefix.family]
        network = np.array([prefix.address >> 64, prefix.address & HALF], np.uint64)
        if self.selection.match == "less":
            fitting = np.minimum(lengths, prefix.length)
            return np.asarray((lengths <= prefix.length) & ((network & masks[fitting]) == addresses).all(axis=1))
        inside = ((addresses & masks[prefix.length]) == network).all(axis=1)
        same_length = lengths == prefix.length if self.selection.match == "exact" else lengths >= prefix.length
        return np.asarray(inside & same_length)

    def _national(self, batch: Batch, country: Attribution) -> NDArray[np.bool_]:
        """National prefixes, each judged once, and announcements of added origins."""
        if self._dictionaries is not batch.dictionaries:
            self._dictionaries, self._known = batch.dictionaries, np.empty(0, np.int8)
        missing = batch.dictionaries.prefix_count - len(self._known)
        if missing > 0:
            self._known = np.append(self._known, np.full(missing, UNKNOWN, np.int8))
        ids = np.unique(batch.prefix)
        for one in ids[(ids != NONE) & (self._known[ids] == UNKNOWN)].tolist():
            self._known[one] = YES if country.is_national(prefix_of(batch.dictionaries, one)) else NO
        national = np.asarray(np.append(self._known == YES, False)[batch.prefix])
        return national | self._of_origins(batch, country.origins) if country.origins else national


def prefix_of(dictionaries: DictionariesProtocol, prefix: int) -> Prefix:
    """A prefix by id as a value."""
    high, low = dictionaries.prefix_addresses()[prefix].tolist()
    family = FAMILIES[int(dictionaries.prefix_families()[prefix])]
    return Prefix(family, high << 64 | low, int(dictionaries.prefix_lengths()[prefix]))


def take(batch: Batch, kept: NDArray[np.bool_]) -> Batch:
    """The rows for which ``kept`` is true."""
    attributes = batch.attributes
    if attributes is not None:
        attributes = Attributes(attributes.index[kept], attributes.blocks, attributes.forms)
    return replace(
        batch,
        time_us=batch.time_us[kept],
        kind=batch.kind[kept],
        peer=batch.peer[kept],
        prefix=batch.prefix[kept],
        path=batch.path[kept],
        flags=batch.flags[kept],
        state=batch.state[kept],
        attributes=attributes,
        path_id=None if batch.path_id is None else batch.path_id[kept],
    )


def _peers(batch: Batch) -> list[Any]:
    return list(batch.dictionaries.peers)
