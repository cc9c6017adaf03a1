"""The tables of an exposure as rows of words, for the terminal and the page alike; read from the contract's dicts.

Begin with :func:`sections`. What the numbers mean stands in docs/exposure.md. Not for the picture, which is ``flow``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from gonedark.publish.grid import Grid, Pairs
from gonedark.publish.words import UNKNOWN, clean, count, integer, listed, percent

Json = dict[str, Any]
CLASS_WORDS = {
    "severe": "severe: one or two networks at the border",
    "significant": "significant: three to nine networks at the border",
    "low": "low: ten to forty networks at the border",
    "resistant": "resistant: more than forty networks at the border",
}
POSITION_WORDS = {"inside": "in the country", "adjacent": "first foreign network", "beyond": "further out"}
MOST = 15
_WEAKNESS = "a count of networks over-rates a country where one of many carries nearly everything; see the next lines"


def pick(row: Json, name: str = "") -> int | None:
    """The value that is told in the row's family."""
    for key in (f"addresses_v4{name}", f"slash48s_v6{name}"):
        value = row.get(key)
        if value is not None:
            return int(value)
    return None


def label(row: Json, names: Json | None = None) -> str:
    """``AS4837 (CHINA169-BACKBONE …)``."""
    name = row.get("name") or (names or {}).get(str(row["asn"]))
    return f"AS{row['asn']}" + (f" ({clean(name, 48)})" if name else "")


def unit_noun(found: Json) -> str:
    """What is counted in this family."""
    return "address" if found["family"] == "ipv4" else "/48 block"


_EMPTY: Json = {
    "family": "ipv4",
    **dict.fromkeys(
        ("headline", "at", "voters", "census", "risk_class", "minimum_cut", "points_of_control", "what_if")
    ),
}
_ROWS = (
    *("voter_asns", "warnings", "frontier", "foreign_providers", "single_points_of_failure", "hegemony"),
    *("country_transit_influence", "transit_countries", "comparators", "flows"),
)


def filled(found: Json) -> Json:
    """The same with every part that tables read: the contract asks for few of them, and others may be null."""
    complete = {**_EMPTY, **found, "names": found.get("names") or {}, "headline": found.get("headline") or ""}
    return complete | {key: found.get(key) or [] for key in _ROWS}


def moment(found: Json) -> str:
    """When the table was taken."""
    return _as_utc(found["at"] or UNKNOWN)


def _as_utc(time: str) -> str:
    """A time of the contract as the rest of a report writes times."""
    return clean(time, 40).replace("T", " ", 1).replace("Z", " UTC", 1)


def watched(found: Json) -> Pairs:
    """Who watched, if anybody did."""
    voters = listed((f"AS{asn}" for asn in found["voter_asns"]), most=8)
    return [("Voters", f"{found['voters']}" + (f" ({voters})" if voters else ""))] if found["voters"] else []


def share(value: float | None) -> str:
    """A share in words."""
    return UNKNOWN if value is None else percent(value)


def key_facts(found: Json) -> Pairs:
    """What is there and how it stands, in a few lines."""
    found = filled(found)
    pairs = _census_facts(found) if found["census"] else []
    risk, names = found["risk_class"], found["names"]
    pairs.append(("Risk class (Renesys)", f"{CLASS_WORDS[risk]} ({_WEAKNESS})" if risk else _no_class(found)))
    cut = found["minimum_cut"]
    if cut:
        members = listed((label({"asn": asn}, names) for asn in cut["outermost"]), most=8)
        pairs.append(("Cuts off everything", f"{count(cut['size'], 'network')} at least: {members}"))
    control = found["points_of_control"]
    if control:
        members = listed((label({"asn": asn}, names) for asn in control["asns"]), most=8)
        proof = "no fewer do" if control["exact"] else f"best found; no fewer than {control['lower_bound']} can do"
        told = f"{count(len(control['asns']), 'network')} ({proof}): {members}"
        pairs.append((f"Cuts off {percent(control['share'])}", told))
    return pairs


def _no_class(found: Json) -> str:
    """Why a country has none: nothing was seen, or nothing of what was seen is a border of the country's."""
    census = found["census"]
    if not census or not census["foreign_origins"] or census["domestic_origins"]:
        return UNKNOWN
    most = census["foreign_origins"][0]
    part = percent((pick(most) or 0) / max(1, pick(census) or 0))
    return (
        "none: all is announced by networks abroad, so that no border of the country is seen, nor what lies between "
        f"them and it; {label(most)} alone announces {part}"
    )


def _census_facts(found: Json) -> Pairs:
    census, noun = found["census"], unit_noun(found)
    pairs: Pairs = [
        ("Announced", f"{count(census['prefixes'], 'network')}, {count(pick(census) or 0, noun)}"),
        ("Delegated but dark", f"{integer(census['dark'])} of {integer(census['delegated'])}"),
        ("Origins", f"{count(census['origins'], 'network')}, {integer(census['domestic_origins'])} domestic"),
    ]
    if census["foreign_origins"]:
        rows = census["foreign_origins"]
        total = max(1, pick(census) or 0)
        told = listed(
            (f"{label(row)} {integer(pick(row))} ({percent((pick(row) or 0) / total)})" for row in rows), most=4
        )
        pairs.append(("Announced from abroad", told))
    if census["elsewhere_prefixes"] is not None:
        pairs.append(("Its ASes announce elsewhere", count(census["elsewhere_prefixes"], "network")))
    return pairs


def sections(found: Json) -> Iterator[tuple[str, Grid]]:
    """Titles and tables, only those that have rows."""
    found = filled(found)
    candidates = (
        ("Foreign providers", _providers(found)),
        ("Border networks", _frontier(found)),
        ("Single points of failure", _points(found)),
        ("Hegemony", _values(found, "hegemony")),
        ("Country transit influence", _values(found, "country_transit_influence")),
        ("Through foreign countries", _countries(found)),
        ("To compare", _comparators(found)),
    )
    yield from ((title, grid) for title, grid in candidates if grid.rows)


def _providers(found: Json) -> Grid:
    rows = [
        (label(row), clean(row["country"] or "?", 2), share(row.get("share")), integer(row.get("voters")))
        for row in found["foreign_providers"]
    ]
    return _grid(("Network", "Country", "Share", "Seen by"), rows, "Share", "Seen by")


def _frontier(found: Json) -> Grid:
    rows = [
        (label(row), integer(pick(row)), share(row.get("share")), integer(row.get("voters")))
        for row in found["frontier"]
    ]
    unit = "Addresses" if found["family"] == "ipv4" else "/48s"
    return _grid(("Network", unit, "Share", "Seen by"), rows, unit, "Share", "Seen by")


def _points(found: Json) -> Grid:
    rows = [
        (
            label(row),
            clean(row["country"] or "?", 2),
            POSITION_WORDS.get(row.get("position"), UNKNOWN),
            integer(pick(row, "_lost")),
            share(row.get("share_lost")),
        )
        for row in found["single_points_of_failure"]
    ]
    return _grid(("Without", "Country", "Where", "Lost", "Share"), rows, "Lost", "Share")


def _values(found: Json, key: str) -> Grid:
    rows = [(label(row), clean(row["country"] or "?", 2), f"{row['value']:.3f}") for row in found[key]]
    return _grid(("Network", "Country", "Value"), rows, "Value")


def _countries(found: Json) -> Grid:
    rows = [
        (
            clean(row.get("name") or clean(row["country"] or "?", 2), 40),
            share(row.get("share")),
            share(row.get("adjacent_share")),
        )
        for row in found["transit_countries"]
    ]
    return _grid(("Country", "Share of paths", "As first country"), rows, "Share of paths", "As first country")


def _comparators(found: Json) -> Grid:
    rows = [(clean(row["name"], 40), integer(row["prefixes"]), integer(pick(row))) for row in found["comparators"]]
    return _grid(("Country", "Networks", "Addresses"), rows, "Networks", "Addresses")


def _grid(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], *numeric: str) -> Grid:
    shown = list(rows[:MOST])
    if len(rows) > MOST:
        rest = (f"and {count(len(rows) - MOST, 'more row')} in the JSON form", *[""] * (len(heads) - 1))
        shown = [*shown, rest]
    return Grid(heads, shown, frozenset(numeric))


def what_if_words(found: Json) -> str:
    """What is left without something, in a sentence; empty where nobody asked."""
    answer = found.get("what_if")
    if not answer:
        return ""
    without = listed(clean(item, 40) for item in answer["without"])
    left, all_of = pick(answer, "_left"), pick(answer) or 0
    if left is None:
        return f"Without {without}: unknown, since no other network outside the country gave a full table."
    noun, bound = unit_noun(found), answer["bound"]
    return (
        f"Without {without}: {count(left, noun)} of {integer(all_of)} stay reachable on routes that were seen, in "
        f"{integer(answer['prefixes_left'])} of {count(answer['prefixes'], 'network')}; "
        f"{integer(pick(answer, '_unmoved'))} without any route changing. {bound[0].upper()}{bound[1:]}."
    )


def change_words(change: Json) -> list[str]:
    """What differs from an earlier table, one line each."""
    lines = []
    for key, verb in (("gained", "New"), ("lost", "Gone")):
        for kind, noun in (("providers", "foreign provider"), ("frontier", "border network")):
            asns = change[f"{kind}_{key}"]
            if asns:
                named = listed((f"AS{asn}" for asn in asns), most=10)
                lines.append(f"{verb}: {count(len(asns), noun)}: {named}")
    before, after = change["class_before"], change["class_after"]
    if before != after:
        lines.append(f"Risk class: {before or 'unknown'} before, {after or 'unknown'} now")
    if change["units_before"] != change["units_after"]:
        lines.append(f"Announced: {integer(change['units_before'])} before, {integer(change['units_after'])} now")
    since = f"Since {_as_utc(change['from'])}" + (", IPv6" if change["family"] == "ipv6" else "")
    return [f"{since}: {line}" for line in lines] or [f"{since}: nothing changed"]


def changed_words(before: Json, after: Json | None) -> list[str]:
    """What an outage left different; empty where either side is unknown."""
    if after is None:
        return []
    lines = []
    for key, noun in (("foreign_providers", "foreign providers"), ("frontier", "border networks")):
        old, new = ({row["asn"]: row for row in found[key]} for found in (before, after))
        gained = [label(row) for asn, row in new.items() if asn not in old]
        lost = [label(row) for asn, row in old.items() if asn not in new]
        lines += [f"After it, new {noun}: {listed(gained)}"] if gained else []
        lines += [f"After it, gone {noun}: {listed(lost)}"] if lost else []
    if not any(found[key] for found in (before, after) for key in ("foreign_providers", "frontier")):
        return []
    return lines or ["After it: the same foreign providers and border networks as before"]


def users_words(users: Json | None) -> str:
    """The range, as roughly as it is known, with its method."""
    if not users:
        return UNKNOWN
    dated = f"; as of {clean(users['date'], 40)}" if users.get("date") else ""
    low, high = (f"{int(float(f'{users[key]:.2g}')):,}" for key in ("low", "high"))
    return f"about {low} to {high} ({clean(users['method'], 600)}{dated})"
