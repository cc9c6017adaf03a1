"""A part's rows divided by country while they come in, so that one country can be read without the others.

Begin with :class:`Division`, which a tracker's rows go through; :func:`owners_of` says whose a prefix is. What is
divided is kept or written elsewhere. Not for decisions.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gonedark.model.attribution import SHORTEST, Ranges, Registry, spans
from gonedark.model.prefix import FAMILIES, Family
from gonedark.mrt.batch import Dictionaries
from gonedark.table.changes import RouteColumns

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Indexes of prefixes, ascending, and countries that own them: a prefix may have none, one or two."""
Owners = Callable[[Family, NDArray[np.uint64], NDArray[np.uint8]], Pairs]
"""Of one family: addresses (as attributions keep them) and lengths to owners."""

_NOBODY = -1


@dataclass(frozen=True, eq=False, slots=True)
class World:
    """All countries, by the registry's numbers: what is delegated to them, and how many they are."""

    ranges: dict[Family, Ranges]
    countries: int

    @classmethod
    def of(cls, registry: Registry) -> Self:
        """The registry's."""
        return cls(registry.ranges, len(registry.codes))


def owners_of(world: World) -> Owners:
    """Owners by the rule of :meth:`Attribution.is_national` for each country."""

    def owners(family: Family, addresses: NDArray[np.uint64], lengths: NDArray[np.uint8]) -> Pairs:
        table = world.ranges[family]
        first, last = spans(family, addresses, lengths)
        low, high = np.searchsorted(table.last, first), np.searchsorted(table.first, last, side="right")
        counts = np.where(lengths >= SHORTEST[family], np.maximum(high - low, 0), 0)
        prefix = np.repeat(np.arange(len(first)), counts)
        if not len(prefix):
            return prefix, prefix
        at = np.arange(len(prefix)) - np.repeat(np.cumsum(counts) - counts - low, counts)
        held = np.minimum(table.last[at], last[prefix]) - np.maximum(table.first[at], first[prefix]) + np.uint64(1)
        country = table.country[at].astype(np.int64)
        order = np.lexsort((country, prefix))
        prefix, country = prefix[order], country[order]
        fresh = np.flatnonzero((np.diff(prefix, prepend=-1) != 0) | (np.diff(country, prepend=-2) != 0))
        sums = np.add.reduceat(held[order], fresh)
        prefix, country = prefix[fresh], country[fresh]
        enough = sums > (last - first)[prefix] >> np.uint64(1)
        return prefix[enough], country[enough]

    return owners


def one_owner(_family: Family, addresses: NDArray[np.uint64], _lengths: NDArray[np.uint8]) -> Pairs:
    """Where only one country is looked at, all is its own."""
    return np.arange(len(addresses)), np.zeros(len(addresses), dtype=np.int64)


class Division:
    """Which country a tracker's slots belong to. In its country each slot has a number, in the order of coming."""

    def __init__(self, dictionaries: Dictionaries, owners: Owners, countries: int) -> None:
        self.countries = countries
        self._dictionaries = dictionaries
        self._owners = owners
        self._sizes = np.zeros(countries, dtype=np.int64)
        self._country = np.zeros(0, dtype=np.int16)
        self._number = np.zeros(0, dtype=np.int32)
        self._is_shared = np.zeros(0, dtype=bool)
        self._second: dict[int, tuple[int, int]] = {}
        self._members: list[Pairs] = []

    def sorted(self, routes: RouteColumns, slots: NDArray[np.int64]) -> tuple[RouteColumns, NDArray[np.int64]]:
        """The rows by country, in each as they came, prefixes by their number there; and where each country begins.

        ``slots`` are the prefixes (dictionary ids) by slot. Rows of nobody are left out, those of two come twice.
        """
        self._grow(slots)
        rows, country, number = None, self._country[routes.prefix], self._number[routes.prefix]
        shared = np.flatnonzero(self._is_shared[routes.prefix])
        if len(shared):
            rows, country, number = self._with_second(routes, shared, country, number)
        order = np.argsort(country, kind="stable")
        start = np.searchsorted(country[order], np.arange(self.countries + 1))
        order = order[start[0] :]
        return replace(routes.take(order if rows is None else rows[order]), prefix=number[order]), start - start[0]

    def _with_second(
        self, routes: RouteColumns, shared: NDArray[np.intp], country: NDArray[np.int16], number: NDArray[np.int32]
    ) -> tuple[NDArray[np.intp], NDArray[np.int16], NDArray[np.int32]]:
        """Rows with countries and numbers, those that belong to two of them a second time behind the first."""
        times = np.ones(len(country), dtype=np.int64)
        times[shared] = 2
        rows = np.repeat(np.arange(len(country)), times)
        country, number = country[rows], number[rows]
        again = shared + np.arange(1, len(shared) + 1)
        second = np.array([self._second[slot] for slot in routes.prefix[shared].tolist()], dtype=np.int64)
        country[again], number[again] = second.T
        return rows, country, number

    def members(self) -> Pairs:
        """Prefixes (dictionary ids) of one country after the other, by their numbers there, and where each begins."""
        prefix = np.concatenate([np.zeros(0, np.int64), *(prefixes for prefixes, _ in self._members)])
        country = np.concatenate([np.zeros(0, np.int64), *(countries for _, countries in self._members)])
        order = np.argsort(country, kind="stable")
        return prefix[order], np.searchsorted(country[order], np.arange(self.countries + 1))

    def _grow(self, slots: NDArray[np.int64]) -> None:
        """Give countries and numbers to new slots."""
        known = len(self._country)
        if len(slots) == known:
            return
        slot, country = self._owned(slots[known:])
        # By country, in each by slot, so that a place minus the country's begin is the number to come.
        order = np.argsort(country, kind="stable")
        slot, country = slot[order], country[order]
        begin = np.searchsorted(country, np.arange(self.countries))
        number = self._sizes[country] + np.arange(len(country)) - begin[country]
        self._sizes += np.bincount(country, minlength=self.countries)
        self._members.append((slots[known:][slot], country))
        owner = np.full(len(slots) - known, _NOBODY, dtype=np.int16)
        numbers = np.zeros(len(slots) - known, dtype=np.int32)
        first = np.zeros(len(slot), dtype=bool)
        first[np.unique(slot, return_index=True)[1]] = True
        owner[slot[first]], numbers[slot[first]] = country[first], number[first]
        is_shared = np.zeros(len(slots) - known, dtype=bool)
        for one, whose, which in zip(*(column[~first].tolist() for column in (slot, country, number)), strict=True):
            self._second[one + known] = whose, which
            is_shared[one] = True
        self._country = np.concatenate([self._country, owner])
        self._number = np.concatenate([self._number, numbers])
        self._is_shared = np.concatenate([self._is_shared, is_shared])

    def _owned(self, prefixes: NDArray[np.int64]) -> Pairs:
        """Owners of these prefixes (dictionary ids), by place among them."""
        families = self._dictionaries.prefix_families()[prefixes]
        halves = self._dictionaries.prefix_addresses()[prefixes]
        lengths = self._dictionaries.prefix_lengths()[prefixes]
        found: list[Pairs] = []
        for number, family in enumerate(FAMILIES):
            mine = np.flatnonzero(families == number)
            half = np.ascontiguousarray(halves[mine, 0 if family == "ipv6" else 1])
            place, country = self._owners(family, half, lengths[mine])
            found.append((mine[place], country))
        slot, country = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.argsort(slot, kind="stable")
        return slot[order], country[order]
