"""What a country hangs on, as the ``exposure`` and ``users`` parts of the contract: plain dicts, ready for JSON.

Begin with :func:`document`. Units are told by family: ``addresses_v4`` or ``slash48s_v6``, the other one null. The
sentence and the warnings that belong to the numbers are made here, so that every face says the same. Not for layout.
"""

from collections.abc import Sequence
from typing import Any

from gonedark.model.exposure import (
    Census,
    Dependence,
    Exposure,
    ExposureChange,
    Network,
    Summary,
    Users,
    WhatIf,
)
from gonedark.model.prefix import Family
from gonedark.model.time import format_time
from gonedark.publish.words import UNIT_NOUNS, as_text, clean, count, listed, percent

Json = dict[str, Any]
MOST_HEGEMONY = 200
_SEVERAL = 10
_ENOUGH_VOTERS = 5
UNIT_KEYS: dict[Family, str] = {"ipv4": "addresses_v4", "ipv6": "slash48s_v6"}


def document(country_name: str, exposures: Sequence[Exposure]) -> Json | None:
    """One country's exposure, IPv4 first where there is any; the other family under its name. None for nothing."""
    seen = [item for item in exposures if item.census.prefixes] or list(exposures)
    if not seen:
        return None
    lead = min(seen, key=lambda item: item.family)
    made = _family(country_name, lead)
    others = [item for item in exposures if item is not lead and (item.census.prefixes or item.census.delegated_units)]
    made["ipv6" if lead.family == "ipv4" else "ipv4"] = _family(country_name, others[0]) if others else None
    return made


def _family(country_name: str, found: Exposure) -> Json:
    family = found.family
    return {
        "at": format_time(found.at_us),
        "family": family,
        "headline": _broken_off(country_name) if _is_unread(found) else headline(country_name, found.summary),
        "voters": len(found.voters),
        "voter_asns": list(found.voters),
        "table_complete": found.is_complete,
        "warnings": warnings(found),
        "census": census_document(found.census) if found.voters and not _is_unread(found) else None,
        "frontier": [
            {**_named(row.network), **units(family, row.units), "share": row.share, "voters": row.voters}
            for row in found.frontier
        ],
        "foreign_providers": [
            {**_placed(row.network), "share": row.share, "voters": row.voters} for row in found.providers
        ],
        "risk_class": found.risk_class,
        "single_points_of_failure": [
            {
                **_placed(row.network),
                **units(family, row.units_lost, "_lost"),
                "share_lost": row.share_lost,
                "position": row.position,
                "first_hops": row.first_hops,
            }
            for row in found.points
        ],
        "minimum_cut": found.minimum_cut
        and {
            "size": found.minimum_cut.size,
            "innermost": list(found.minimum_cut.innermost),
            "outermost": list(found.minimum_cut.outermost),
        },
        "points_of_control": found.control
        and {
            "share": found.control.share,
            "asns": list(found.control.members),
            **units(family, found.control.units_lost, "_lost"),
            "lower_bound": found.control.lower_bound,
            "exact": found.control.is_exact,
        },
        "hegemony": _values(found.hegemony[:MOST_HEGEMONY]),
        "hegemony_trimmed": found.is_trimmed,
        "hegemony_by_origin": [
            {**_named(row.origin), **units(family, row.units), "on": _values(row.on)} for row in found.local_hegemony
        ],
        "country_transit_influence": None if found.influence is None else _values(found.influence[:MOST_HEGEMONY]),
        "transit_countries": [
            {"country": row.country, "name": row.name, "share": row.share, "adjacent_share": row.adjacent_share}
            for row in found.transit_countries
        ],
        "flows": [
            {
                "origin": row.origin,
                "frontier": row.frontier,
                "provider": row.provider,
                "country": row.country,
                "units": row.units,
            }
            for row in found.flows
        ],
        "what_if": found.what_if and what_if_document(family, found.what_if),
        "comparators": [
            {"country": row.country, "name": row.name, "prefixes": row.prefixes, **units(family, row.units)}
            if row.prefixes or found.is_complete
            else {"country": row.country, "name": row.name, "prefixes": None, **units(family, None)}
            for row in found.comparators
        ],
        "nameless_origins": [
            {"asn": row.asn, **units(family, row.units), "counted_as": [_placed(network) for network in row.counted_as]}
            for row in found.nameless
        ],
        "names": {str(asn): network.name for asn, network in sorted(found.names.items()) if network.name},
    }


def _is_unread(found: Exposure) -> bool:
    """Whether the country may be in the part of the table that is missing."""
    return not found.is_complete and not found.census.prefixes


def _broken_off(country_name: str) -> str:
    return f"Nothing can be said of {country_name}: the table breaks off, and what it holds has nothing of it."


def units(family: Family, value: int | None, suffix: str = "") -> Json:
    """The value under its family's name, the other one unknown."""
    four, six = (value, None) if family == "ipv4" else (None, value)
    return {UNIT_KEYS["ipv4"] + suffix: four, UNIT_KEYS["ipv6"] + suffix: six}


def _named(network: Network) -> Json:
    return {"asn": network.asn, "name": network.name}


def _placed(network: Network) -> Json:
    return {"asn": network.asn, "name": network.name, "country": network.country}


def _values(rows: Sequence[Dependence]) -> list[Json]:
    return [{**_placed(row.network), "value": row.value} for row in rows]


def census_document(found: Census) -> Json:
    """What is announced, what is dark, who announces it."""
    family = found.family
    return {
        "prefixes": found.prefixes,
        **units(family, found.units),
        "delegated": found.delegated_units,
        "dark": found.dark_units,
        "origins": found.origins,
        "domestic_origins": found.domestic_origins,
        "delegated_asns": found.delegated_asns,
        "foreign_origins": [
            {**_placed(row.network), "prefixes": row.prefixes, **units(family, row.units)}
            for row in found.foreign_origins
        ],
        "elsewhere_prefixes": found.elsewhere_prefixes,
        "elsewhere": found.elsewhere_units,
    }


def what_if_document(family: Family, found: WhatIf) -> Json:
    """What is left without something."""
    return {
        "without": list(found.without),
        "prefixes": found.prefixes,
        **units(family, found.units),
        "prefixes_left": found.prefixes_left,
        **units(family, found.units_left, "_left"),
        **units(family, found.units_unmoved, "_unmoved"),
        "voters": found.voters,
        "bound": "at least this much is left: backup routes that nobody uses are in no table",
    }


def users_document(found: Users) -> Json:
    """A range with its method and date."""
    return {"low": found.low, "high": found.high, "method": found.method, "date": found.date}


def change_document(found: ExposureChange) -> Json:
    """What differs between two dates."""
    return {
        "family": found.family,
        "from": format_time(found.from_us),
        "until": format_time(found.until_us),
        "providers_gained": list(found.providers_gained),
        "providers_lost": list(found.providers_lost),
        "frontier_gained": list(found.frontier_gained),
        "frontier_lost": list(found.frontier_lost),
        "class_before": found.class_before,
        "class_after": found.class_after,
        "units_before": found.units_before,
        "units_after": found.units_after,
    }


def headline(country_name: str, found: Summary) -> str:
    """One sentence that a newspaper can quote."""
    if not found.voters:
        return f"Nothing can be said of {country_name}: no network outside it gave a full table."
    counts, noun = found.counts, UNIT_NOUNS[found.family]
    if not counts.prefixes:
        return f"Nothing of {country_name} is visible in this table."
    what = f"{country_name}: {count(counts.prefixes, 'network')} with {count(counts.units, noun)}"
    abroad = counts.foreign_units
    if abroad == counts.units:
        return f"{what}, all announced from abroad."
    if abroad:
        what += f", {abroad:,} of them announced from abroad"
    if not found.frontier:
        return f"{what}; no way out of the country was seen."
    names = {row.network.asn: clean(row.network.name, 60) for row in found.providers[:3] if row.network.name}
    first = found.providers[0] if found.providers else None
    if first is None:
        return f"{what}."
    label = as_text(first.network.asn, names)
    nation = next((row.name for row in found.transit_countries if row.country == first.network.country), "")
    where = f" in {nation}" if nation else ""
    rest = "the rest " if abroad else ""
    if len(found.providers) == 1:
        return f"{what}, {rest}all reached through one foreign network, {label}{where}."
    if first.share >= 0.95:
        part = f"{percent(first.share)} of the rest" if abroad else percent(first.share)
        return f"{what}, {part} reached through one foreign network, {label}{where}."
    largest = listed(f"{as_text(row.network.asn, names)} {percent(row.share)}" for row in found.providers[:3])
    several = count(len(found.providers), "foreign network")
    return f"{what}, {rest}reached through {several}, the largest being {largest}."


def warnings(found: Exposure) -> list[str]:
    """How far the numbers can be trusted."""
    said: list[str] = []
    voters = len(found.voters)
    if not voters:
        said.append("no network outside the country gave a full table: nothing can be said")
    elif voters < _ENOUGH_VOTERS:
        who = listed(f"AS{asn}" for asn in found.voters)
        said.append(
            f"thin evidence: {count(voters, 'full table')} ({who}). A route that is seen exists; "
            "other ways out may exist that so few networks do not use"
        )
    if voters and not found.is_trimmed:
        said.append(
            f"hegemony needs {_SEVERAL} viewpoints for its extremes to be left out and has {voters}: "
            "its values are plain means"
        )
    if not found.is_complete:
        said.append("the table breaks off: only what it holds was counted")
    strange = [row.network.asn for row in found.providers if not row.is_attributed]
    if strange:
        said.append(f"of unknown country, taken as foreign: {listed(f'AS{asn}' for asn in strange)}")
    return [*said, *_nameless(found), *_unplaced(found.census)]


def _nameless(found: Exposure) -> list[str]:
    """Who announces the country's space by a number that names no network."""
    if not found.nameless:
        return []
    noun = UNIT_NOUNS[found.family]
    numbers = listed((f"AS{row.asn} with {count(row.units, noun)}" for row in found.nameless), most=5)
    networks = {network.asn: clean(network.name or "", 48) for row in found.nameless for network in row.counted_as}
    names = {asn: name for asn, name in networks.items() if name}
    whose = listed((as_text(asn, names) for asn in networks), most=4)
    return [
        f"announced by numbers for private or special use, which name no network: {numbers}. They count as announced "
        f"by the network before them, {whose}, though who uses them may be the country's own"
    ]


def _unplaced(found: Census) -> list[str]:
    """Who announces the country's space while nobody knows whose network it is."""
    unplaced = [row for row in found.foreign_origins if row.network.country is None]
    if not unplaced:
        return []
    names = {row.network.asn: clean(row.network.name, 48) for row in unplaced if row.network.name}
    noun = UNIT_NOUNS[found.family]
    who = listed((f"{as_text(row.network.asn, names)} with {count(row.units, noun)}" for row in unplaced), most=5)
    return [
        f"announced by networks of unknown country, which count as foreign: {who}. The delegations "
        "have no country for these AS numbers; --delegation takes others, and --attribute makes an AS the country's"
    ]


def census_answer(country_name: str, counted: Sequence[Census], *, is_complete: bool = True) -> Json:
    """The answer from a table without paths: everything that needs paths is null, never zero. Nor is it zero what one
    that breaks off does not hold."""
    if not counted:
        return {"exposure": None, "users": None, "changes": []}
    made = [_census_only(country_name, item, is_complete=is_complete) for item in counted]
    made[0]["ipv6" if counted[0].family == "ipv4" else "ipv4"] = made[1] if len(made) > 1 else None
    return {"exposure": made[0], "users": None, "changes": []}


def _census_only(country_name: str, found: Census, *, is_complete: bool) -> Json:
    is_unread = not is_complete and not found.prefixes
    what = f"{count(found.prefixes, 'network')} with {count(found.units, UNIT_NOUNS[found.family])}"
    names = {str(row.network.asn): row.network.name for row in found.foreign_origins if row.network.name}
    unknown = (
        *("at", "voters", "voter_asns", "table_complete", "frontier", "foreign_providers", "risk_class"),
        *("single_points_of_failure", "minimum_cut", "points_of_control", "hegemony", "hegemony_trimmed"),
        *("hegemony_by_origin", "country_transit_influence", "transit_countries", "flows", "what_if", "comparators"),
    )
    return {
        "family": found.family,
        "headline": _broken_off(country_name)
        if is_unread
        else f"{country_name}: {what}; the table has no paths, so what they hang on is unknown.",
        "warnings": [
            "a table of origins has no paths and no viewpoints: every prefix in it is taken as visible",
            *_unplaced(found),
        ],
        "census": None if is_unread else census_document(found) | ({} if is_complete else {"dark": None}),
        "names": names,
        **dict.fromkeys(unknown),
    }
