"""The country's visible address space as it changes, each address once.

Begin with :class:`NationalSpace`: it replays flips of visibility and tells, after each instant, how many prefixes and
addresses (IPv4) or /48s (IPv6) are visible, in all and of each network as many as the baseline has. Not for judging
levels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.atoms import Atoms
from gonedark.country.space_loop import Cover
from gonedark.country.units import unit_ranges
from gonedark.country.visibility import Flips
from gonedark.model.attribution import Attribution
from gonedark.model.prefix import Family, Prefix


@dataclass(frozen=True, slots=True)
class Reading:
    """The space after one instant: visible prefixes, all visible addresses, and at each of the shares (first the
    deciding one) how many, of each network at most as many as the baseline has. ``kept``: those of the baseline."""

    time_us: int
    prefixes: int
    addresses: int
    inside: tuple[int, ...]
    kept: int


class NationalSpace:
    """National prefixes of one family with their visibility at several shares.

    ``owners`` number the networks (origin ASes) of the prefixes from 0; None: all of one.
    """

    def __init__(
        self,
        prefixes: Sequence[Prefix],
        units: NDArray[np.uint64],
        flips: Flips,
        shares: int,
        owners: NDArray[np.int32] | None = None,
    ) -> None:
        owners = np.zeros(len(prefixes), dtype=np.int32) if owners is None else owners
        self._atoms = Atoms.cut(unit_ranges(prefixes), units, owners)
        self._networks = int(owners.max(initial=0)) + 1
        self._cover = Cover(self._atoms, self._networks, shares)
        self._cover.read(flips.time_us, flips.share, flips.prefix, flips.visible)
        self._flips = flips
        self._at = 0
        self._inside: tuple[int, ...] | None = None

    @property
    def visible(self) -> NDArray[np.bool_]:
        """Which prefixes are visible now, at the deciding share. A view, which moves on with the space."""
        mask: NDArray[np.bool_] = self._cover.visible[0].view(np.bool_)
        return mask

    @property
    def runs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Each prefix as a run [begin, end) of atoms, the smallest stretches between borders of prefixes."""
        return self._atoms.begin, self._atoms.end

    def addresses_of(self, chosen: NDArray[np.bool_]) -> int:
        """Addresses or /48s that the chosen prefixes cover together within the country's ranges."""
        return int(self._atoms.weight[self._atoms.covered(chosen)].sum())

    def measure_against(self, chosen: NDArray[np.bool_]) -> int:
        """Take the chosen prefixes as the baseline from now on; returns its addresses, A0 of the design."""
        self._inside = None
        covered = self._atoms.covered(chosen)
        usual = np.zeros(self._networks, dtype=np.int64)
        np.add.at(usual, self._atoms.home[covered], self._atoms.weight[covered])
        self._cover.measure_against(covered.view(np.uint8), usual)
        return int(usual.sum())

    def reading(self, time_us: int) -> Reading:
        """The space as it is."""
        cover = self._cover
        return Reading(time_us, cover.prefixes[0], cover.addresses[0], self.inside, cover.kept[0])

    @property
    def inside(self) -> tuple[int, ...]:
        """See :class:`Reading`."""
        if self._inside is None:
            self._inside = tuple(self._cover.inside)
        return self._inside

    def next_us(self) -> int | None:
        """When the next change comes, or None."""
        return int(self._flips.time_us[self._at]) if self._at < len(self._flips.time_us) else None

    def advance(self) -> NDArray[np.int32]:
        """Apply the next instant; returns the prefixes that changed at the deciding share."""
        flips, start = self._flips, self._at
        self._inside = None
        self._at = stop = self._cover.advance(start)
        changed: NDArray[np.int32] = flips.prefix[start:stop][flips.share[start:stop] == 0]
        return changed

    def readings(self, until_us: int) -> Iterator[Reading]:
        """All instants before ``until_us`` from here on."""
        while (time_us := self.next_us()) is not None and time_us < until_us:
            self.advance()
            yield self.reading(time_us)


def country_units(attribution: Attribution, family: Family, added: Sequence[Prefix] = ()) -> NDArray[np.uint64]:
    """The country's ranges as sorted, disjoint inclusive units (addresses or /48s), with prefixes added by origin."""
    table = attribution.ranges[family]
    if family == "ipv6":
        table = table >> np.uint64(16)
    elif not added:
        return table
    rows = np.concatenate([table, unit_ranges(added)])
    if not len(rows):
        return rows
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    reach = np.maximum.accumulate(rows[:, 1])
    fresh = np.concatenate([[True], rows[1:, 0] > reach[:-1]])
    begin = rows[fresh, 0]
    last = np.concatenate([reach[np.flatnonzero(fresh)[1:] - 1], reach[-1:]])
    return np.stack([begin, last], axis=1)
