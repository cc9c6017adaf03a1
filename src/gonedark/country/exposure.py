"""What a country hangs on, all questions answered at once out of one view of the table.

Begin with :func:`exposure` for one country; :func:`exposures` and :func:`summaries` are for every country of a table.
What is asked is in ``answers``. Not for rendering.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from gonedark.country.answers import Answers, Wishes, WorldIndex
from gonedark.country.census import origin_index
from gonedark.country.national import (
    Cuttings,
    Electorates,
    Known,
    Outline,
    cut_along,
    look_up,
    national_routes,
    outline,
    routes_of,
)
from gonedark.country.routing import RoutingView
from gonedark.model.attribution import Attribution, Registry
from gonedark.model.exposure import Exposure, Summary

T = TypeVar("T")
LARGE = 1 << 12
"""Countries with so many prefixes are cut out in a thread; asking two at a time would only make them wait, since most
of that is Python's."""


def world_index(view: RoutingView, registry: Registry, *, is_for_all: bool) -> WorldIndex:
    """Look at the whole view once; at who originates what only for all countries."""
    country = registry.asns.country_at(view.paths.asns.astype(np.uint64)).astype(np.int32)
    has_code = np.array([*(bool(code) for code in registry.codes), False])
    country[~has_code[country]] = -1
    return WorldIndex(origin_index(view, country) if is_for_all and view.is_world else None, country, {})


def exposure(view: RoutingView, attribution: Attribution, registry: Registry, wishes: Wishes | None = None) -> Exposure:
    """Answer everything about one country."""
    wishes = wishes or Wishes()
    found = national_routes(view, attribution, wishes.rules)
    return Answers(found, attribution, registry, wishes, world_index(view, registry, is_for_all=False)).exposure()


def exposures(view: RoutingView, registry: Registry, wishes: Wishes) -> Iterator[tuple[str, Exposure]]:
    """Every country that has a visible prefix in the table, by code."""
    return _countries(view, registry, wishes, Answers.exposure, is_counted=True)


def summaries(view: RoutingView, registry: Registry, wishes: Wishes) -> Iterator[tuple[str, Summary]]:
    """The same in short."""
    return _countries(view, registry, wishes, Answers.summary, is_counted=False)


def _countries(
    view: RoutingView, registry: Registry, wishes: Wishes, ask: Callable[[Answers], T], *, is_counted: bool
) -> Iterator[tuple[str, T]]:
    """What every country with a visible prefix answers. ``is_counted`` also looks who originates what elsewhere."""
    owner = registry.country_of_prefixes(view.family, view.address, view.length)
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(len(registry.codes) + 1))
    shared, electorates = world_index(view, registry, is_for_all=is_counted), Electorates(view)

    def outlined(number: int) -> Outline:
        attribution = registry.attribution(registry.codes[number])
        mine = order[bounds[number] : bounds[number + 1]]
        known = look_up(view, attribution) if attribution.origins else Known(mine, shared.country == number)
        return outline(view, attribution, known, electorates)

    def answer(along: Outline, cuttings: Cuttings) -> T | None:
        found = routes_of(view, along, cuttings)
        return ask(Answers(found, along.attribution, registry, wishes, shared)) if len(found.prefix) else None

    sizes = np.diff(bounds)
    asked = [at for at, code in enumerate(registry.codes) if code and (sizes[at] or registry.origins.get(code))]
    answers: dict[int, T | None] = {}
    with ThreadPoolExecutor(1) as pool:
        try:
            large = {at: outlined(at) for at in sorted(asked, key=lambda at: -sizes[at]) if sizes[at] >= LARGE}
            begun = {at: pool.submit(cut_along, view, along, wishes.rules) for at, along in large.items()}
            for at in asked:
                if at not in large:
                    along = outlined(at)
                    answers[at] = answer(along, cut_along(view, along, wishes.rules))
            for at, along in large.items():
                answers[at] = answer(along, begun.pop(at).result())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    for at in sorted(answers, key=lambda at: registry.codes[at]):
        found = answers.pop(at)
        if found is not None:
            yield registry.codes[at], found
