"""The statement on an outage and its cause: one paragraph and one page of plain English that can be sent as they are.

Begin with :func:`statement`. It is told from the JSON document alone: every insertion is a field of it, named
by its JSON pointer, so that each number can be looked up. The sentences are those of ``statement_words`` and of the
room ``cause``. The order is Dyn's of 22 December 2014: the pattern; what it is consistent with; what is less likely and
why; what the data cannot say; never an actor.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gonedark.model.place import Place
from gonedark.model.time import SECOND_US, TimeSpan, parse_time
from gonedark.outage.origins import ORIGIN_CHANGE
from gonedark.publish.facts import MOST_ORIGIN_CHANGES, families
from gonedark.publish.headline import of_outage
from gonedark.publish.quiet import unsettled
from gonedark.publish.reading import report_of
from gonedark.publish.statement_words import HEADINGS, SENTENCES
from gonedark.publish.words import UNIT_NOUNS, Clock, as_text, clean, clock_duration, count, duration, listed, percent

Json = Mapping[str, Any]
Shown = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Insertion:
    """What stands in a sentence: the field's name, where the report holds it (JSON pointer), how it is shown."""

    name: str
    pointer: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the closed list with its insertions."""

    template: str
    text: str
    insertions: tuple[Insertion, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the page."""

    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The same in one paragraph and on one page."""

    paragraph: tuple[Sentence, ...]
    page: tuple[Section, ...]

    @property
    def text(self) -> str:
        """The paragraph."""
        return " ".join(sentence.text for sentence in self.paragraph)


def resolve(document: Json, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901, without escapes); KeyError or IndexError where there is none."""
    value: Any = document
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@dataclass(slots=True)
class _Teller:
    """Makes sentences out of a document."""

    document: Json
    clock: Clock
    names: dict[int, str]
    at: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = {item["id"]: f"/evidence/{index}" for index, item in enumerate(self.document["evidence"])}

    def value(self, identity: str) -> Any:
        """Value of a piece of evidence, None where there is none."""
        return resolve(self.document, self.at[identity] + "/value") if identity in self.at else None

    def say(self, template: str, **inserted: tuple[str, Shown]) -> Sentence:
        """A sentence; each insertion is a pointer and how to show what is there."""
        shown = tuple(
            Insertion(name, pointer, show(resolve(self.document, pointer)))
            for name, (pointer, show) in inserted.items()
        )
        words = SENTENCES[template].format(**{item.name: item.text for item in shown})
        return Sentence(template, words, shown)

    def evidence(self, identity: str, path: str, show: Shown) -> tuple[str, Shown]:
        """An insertion from a piece of evidence."""
        return f"{self.at[identity]}/value{path}", show

    def asns(self, numbers: Iterable[int]) -> str:
        return listed((as_text(asn, self.names) for asn in numbers), most=6)

    def time(self, text: str) -> str:
        return self.clock.utc(parse_time(text))

    def headline(self, outage: str) -> str:
        """The quotable sentence of an outage, so that statement and headline never say different things."""
        report = report_of(dict(self.document))
        return ": ".join(of_outage(report, next(item for item in report.outages if item.id == outage), self.clock))


def statement(document: Json, place: Place | None = None, names: Mapping[int, str] | None = None) -> Statement | None:
    """The statement of a report's document; None where no cause was examined. Raises ValueError for an unknown zone."""
    if document.get("cause") is None:
        return None
    teller = _Teller(document, Clock(place), dict(names or {}))
    seen = tuple(_seen(teller))
    causes = tuple(_causes(teller))
    reconstruction = [teller.say("lead.reconstruction")] if document["kind"] == "reconstruction" else []
    paragraph = (
        *reconstruction,
        *(item for item in seen if item.template not in _PAGE_ONLY),
        *(item for item in causes if item.template not in _PAGE_ONLY),
        teller.say("cannot"),
    )
    parts = {
        "seen": (*reconstruction, *seen),
        "where": tuple(_where(teller)),
        "causes": causes,
        "reasons": tuple(_reasons(teller)),
        "apart": tuple(_apart(teller)),
        "limits": tuple(_limits(teller)),
        "ratios": tuple(_ratios(teller)),
    }
    page = tuple(Section(HEADINGS[name], sentences) for name, sentences in parts.items() if sentences)
    return Statement(paragraph, page)


_PAGE_ONLY = frozenset({"comparators", "contradicted", "less-likely.one", "not-observable"})


def _outage_pointer(document: Json) -> str | None:
    wanted = document["cause"].get("outage")
    for index, item in enumerate(document["outages"]):
        if item["id"] == wanted:
            return f"/outages/{index}"
    return None


def _seen(teller: _Teller) -> Iterator[Sentence]:
    """The pattern."""
    pointer = _outage_pointer(teller.document)
    if pointer is None:
        yield teller.say("lead.no-loss", country=_COUNTRY, **_window(teller), text_blind=("/phases", _blind))
        yield from _glimpses(teller)
        yield from _origin_changes(teller)
        yield from _without_loss(teller)
        return
    yield teller.say("lead.outage", text_outage=(pointer, _always(teller.headline(teller.document["cause"]["outage"]))))
    outages = len(teller.document["outages"])
    if outages > 1:
        yield teller.say("lead.others", count=("/outages", _always(f"{outages:,}")))
    yield from _size(teller)
    yield from _before(teller, pointer)
    yield from _onset(teller)
    yield from _after(teller, pointer)


def _glimpses(teller: _Teller) -> Iterator[Sentence]:
    """What was missing for a time of which nobody knows how long it was, and before the window."""
    report = report_of(dict(teller.document))
    for family in families(report):
        for seen in unsettled(report, family, teller.clock):
            yield teller.say("lead.glimpse", text_seen=("/phases", _always(seen)))


_COUNTRY: tuple[str, Shown] = ("/country/name", clean)


def _blind(phases: Iterable[Json]) -> str:
    """Words for a window that could not be watched all the time."""
    return SENTENCES["blind"] if any(phase["phase"] == "blind" for phase in phases) else ""


def _window(teller: _Teller) -> dict[str, tuple[str, Shown]]:
    return {"from": ("/window/from", teller.time), "until": ("/window/until", teller.time)}


def _size(teller: _Teller) -> Iterator[Sentence]:
    baseline = teller.document["baseline"]
    if baseline["prefixes_v4"]:
        network = "IPv4 network" if baseline["prefixes_v6"] else "network"
        common: dict[str, tuple[str, Shown]] = {
            "networks": ("/baseline/prefixes_v4", lambda number: count(number, network)),
            "addresses": ("/baseline/addresses_v4", lambda number: count(number, "address")),
        }
        if len(baseline["origins"]) <= 3:
            yield teller.say("size", **common, as_list=("/baseline/origins", teller.asns))
        else:
            yield teller.say("size.many", **common, origins=("/baseline/origins", _origins))
    if baseline["prefixes_v6"]:
        yield teller.say(
            "size.six" if baseline["prefixes_v4"] else "size.six.only",
            networks=("/baseline/prefixes_v6", lambda number: count(number, "IPv6 network")),
            addresses=("/baseline/slash48s_v6", lambda number: count(number, UNIT_NOUNS["ipv6"])),
        )
    yield from _origin_changes(teller)
    if teller.document["coverage"]["voters"]:
        yield teller.say(
            "watched",
            voters=("/coverage/voters", lambda number: count(number, "network")),
            collectors=("/coverage/collectors", lambda names: count(len(names), "collector")),
        )
    if teller.value("cause.comparators"):
        show = {name: teller.evidence("cause.comparators", f"/{name}", _integer) for name in _COMPARED}
        yield teller.say("comparators", **show)


def _origin_changes(teller: _Teller) -> Iterator[Sentence]:
    """Who announces it since when, where that changed within the window."""
    for family, noun in UNIT_NOUNS.items():
        found = [identity for identity in teller.at if identity.startswith(f"{family}/{ORIGIN_CHANGE}/")]
        for identity in found[:MOST_ORIGIN_CHANGES]:
            yield teller.say(
                "origin-change",
                as_after=teller.evidence(identity, "/asn", lambda asn: teller.asns([asn])),
                addresses=teller.evidence(identity, "/addresses", partial(count, noun=noun)),
                **{"from": teller.evidence(identity, "/since", teller.time)},
                text_end=teller.evidence(
                    identity, "/lasting", lambda lasting: "" if lasting else SENTENCES["origin-change.end"]
                ),
                as_before=teller.evidence(identity, "/before", teller.asns),
            )


_COMPARED = ("countries", "smaller", "median")


def _before(teller: _Teller, pointer: str) -> Iterator[Sentence]:
    lead = teller.value("cause.lead-up")
    if lead is None:
        return
    if lead["crossings"]:
        told = resolve(teller.document, f"{pointer}/lead_up") is not None
        seconds = teller.evidence("cause.lead-up", "/seconds", _seconds)
        yield teller.say(
            "lead-up",
            length=(f"{pointer}/lead_up", _clock_length) if told else seconds,
            swings=teller.evidence("cause.lead-up", "/crossings", lambda number: count(number, "swing")),
            trend=teller.evidence("cause.lead-up", "/trend", lambda trend: _TRENDS[trend]),
        )
    else:
        variant = "quiet.since" if lead.get("restless_before") else "quiet"
        yield teller.say(variant, hours=teller.evidence("cause.lead-up", "/watched_seconds", _seconds))


_TRENDS = {"worsening": "growing worse", "steady": "without a trend", "improving": "growing better"}


def _onset(teller: _Teller) -> Iterator[Sentence]:
    patterns = teller.document["cause"]["patterns"]
    spread = teller.evidence("cause.onset-spread", "", _seconds) if "cause.onset-spread" in teller.at else None
    if spread is None:
        return
    if "staged" in patterns:
        lost = teller.evidence("cause.order", "/order", lambda order: count(len(order), "origin network"))
        yield teller.say("staged", lost=lost, seconds=spread)
    elif "cliff" in patterns and "unstable-then-dark" not in patterns:
        yield teller.say("cliff", seconds=spread)
    elif "decay" in patterns:
        yield teller.say("decayed", seconds=spread)
    if "spared-network" in patterns:
        yield teller.say("spared", as_list=teller.evidence("cause.spared", "", teller.asns))
    if "part-of-peers" in patterns:
        yield teller.say("holders", percent=teller.evidence("cause.holders", "/share", percent))
    if "daily-window" in patterns:
        yield teller.say("repeated", count=teller.evidence("cause.recurrence", "", _integer))


def _after(teller: _Teller, pointer: str) -> Iterator[Sentence]:
    back = resolve(teller.document, f"{pointer}/restoration")
    if not back or not back["providers_after"]:
        return
    after = (f"{pointer}/restoration/providers_after", teller.asns)
    if back["same_providers"]:
        variant = "return.same" if len(back["providers_after"]) > 1 else "return.same.one"
        yield teller.say(variant, as_list=after)
    elif back["same_providers"] is False and back["providers_before"]:
        yield teller.say(
            "return.other", as_after=after, as_before=(f"{pointer}/restoration/providers_before", teller.asns)
        )


def _without_loss(teller: _Teller) -> Iterator[Sentence]:
    change = teller.value("cause.provider-change")
    if change and not (change["before"] and change["after"]):
        side = "to" if change["after"] else "from"
        pointer = "/after" if change["after"] else "/before"
        named = teller.evidence("cause.provider-change", pointer, teller.asns)
        yield teller.say(f"provider-change.{side}", as_list=named)
    elif change:
        yield _changed_ways(teller, change["before"], change["after"])
    if "data-plane-only" in teller.document["cause"]["patterns"]:
        yield teller.say("data-plane")


def _changed_ways(teller: _Teller, before: Sequence[int], after: Sequence[int]) -> Sentence:
    """Who came and who went; of two long lists that share most names a reader would have to find that out."""
    came = teller.evidence("cause.provider-change", "/after", lambda asns: teller.asns(_without(asns, before)))
    went = teller.evidence("cause.provider-change", "/before", lambda asns: teller.asns(_without(asns, after)))
    if not set(before) & set(after):
        return teller.say("provider-change", as_before=went, as_after=came)
    if not _without(before, after):
        return teller.say("provider-change.came", as_after=came)
    if not _without(after, before):
        return teller.say("provider-change.went", as_before=went)
    return teller.say("provider-change.came-and-went", as_before=went, as_after=came)


def _without(asns: Iterable[int], others: Sequence[int]) -> list[int]:
    return [asn for asn in asns if asn not in others]


def _causes(teller: _Teller) -> Iterator[Sentence]:
    """What it is consistent with, what is less likely and why, what not; then the verdict."""
    cause = teller.document["cause"]
    groups = _groups(cause["hypotheses"])
    if ("consistent", None) in groups:
        yield _of_group(teller, "consistent", groups[("consistent", None)], None)
    elif any(stance != "not-observable" for stance, _ in groups):
        yield teller.say("consistent.none")
    for stance in ("less-likely", "contradicted"):
        for (found, reason), members in groups.items():
            if found == stance:
                yield _of_group(teller, stance, members, reason)
    if ("not-observable", None) in groups:
        yield _of_group(teller, "not-observable", groups[("not-observable", None)], None)
    if cause["outage"] is not None:
        if cause["verdict"] == "unknown":
            yield teller.say("verdict.unknown")
        else:
            at = next(index for index, item in enumerate(cause["hypotheses"]) if item["id"] == cause["verdict"])
            yield teller.say("verdict.one", text_causes=(f"/cause/hypotheses/{at}/label", clean))


def _groups(hypotheses: list[Json]) -> dict[tuple[str, str | None], list[int]]:
    """Hypotheses of one stance together; the less likely and the ruled out by their first reason."""
    found: dict[tuple[str, str | None], list[int]] = {}
    for index, item in enumerate(hypotheses):
        told = item["stance"] in ("less-likely", "contradicted")
        found.setdefault((item["stance"], item["reasons"][0]["words"] if told else None), []).append(index)
    return found


def _of_group(teller: _Teller, template: str, members: list[int], reason: str | None) -> Sentence:
    names = [teller.document["cause"]["hypotheses"][index]["label"] for index in members]
    inserted: dict[str, tuple[str, Shown]] = {
        "text_causes": ("/cause/hypotheses", _always(_all_listed([clean(name) for name in names])))
    }
    if reason is not None:
        inserted["text_reason"] = (f"/cause/hypotheses/{members[0]}/reasons/0/words", clean)
    if template == "less-likely" and len(members) == 1:
        template = "less-likely.one"
    return teller.say(template, **inserted)


def _where(teller: _Teller) -> Iterator[Sentence]:
    if teller.document["cause"].get("where"):
        yield teller.say("where", text_where=("/cause/where/statement", lambda text: clean(text, 2000)))


def _reasons(teller: _Teller) -> Iterator[Sentence]:
    for index, item in enumerate(teller.document["cause"]["hypotheses"]):
        for side in ("for", "against"):
            words = [clean(told["words"]) for told in item["reasons"] if told["side"] == side]
            if words:
                pointer = f"/cause/hypotheses/{index}"
                yield teller.say(
                    side,
                    text_cause=(f"{pointer}/label", clean),
                    text_reasons=(f"{pointer}/reasons", _always(" ".join(words))),
                )


def _apart(teller: _Teller) -> Iterator[Sentence]:
    """Each question once, with the consistent hypotheses that it bears on."""
    bearing: dict[str, list[tuple[str, str]]] = {}
    for index, item in enumerate(teller.document["cause"]["hypotheses"]):
        for number, asked in enumerate(item["apart"] if item["stance"] == "consistent" else ()):
            pointer = f"/cause/hypotheses/{index}/apart/{number}"
            bearing.setdefault(asked["question"], []).append((clean(item["label"]), pointer))
    for found in bearing.values():
        labels, pointer = [label for label, _ in found], found[0][1]
        yield teller.say(
            "apart",
            text_question=(f"{pointer}/question", clean),
            text_causes=("/cause/hypotheses", _always(_all_listed(labels))),
            text_seen=(f"{pointer}/observable", lambda seen: SENTENCES["apart.seen" if seen else "apart.unseen"]),
        )


def _limits(teller: _Teller) -> Iterator[Sentence]:
    for number in range(len(teller.document["cause"]["cannot_tell"])):
        yield teller.say("cannot.item", text_limit=(f"/cause/cannot_tell/{number}", clean))


def _ratios(teller: _Teller) -> Iterator[Sentence]:
    ratios = teller.document["cause"].get("likelihood_ratios", ())
    if ratios:
        yield teller.say("ratio.context")
    for number, item in enumerate(ratios):
        if item["evidence"] in teller.at:
            yield teller.say(
                "ratio",
                text_evidence=(f"{teller.at[item['evidence']]}/statement", clean),
                ratio=(f"/cause/likelihood_ratios/{number}/ratio", lambda ratio: f"{ratio:g}"),
                text_note=(f"/cause/likelihood_ratios/{number}/note", clean),
            )


def _always(words: str) -> Shown:
    """Shows words that were put together from several fields at or below the pointer."""
    return lambda _value: words


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return "a second"
    return duration(round(seconds * SECOND_US))


def _clock_length(span: Json) -> str:
    """As the clock shows it, so that it is what a reader finds who subtracts."""
    return clock_duration(TimeSpan(parse_time(span["from"]), parse_time(span["until"])))


def _integer(number: int) -> str:
    return f"{number:,}"


def _origins(origins: list[int]) -> str:
    return count(len(origins), "origin network")


def _all_listed(names: list[str]) -> str:
    return listed(names, most=20)
