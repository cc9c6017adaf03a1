"""A report read back from its JSON, for claims, comparisons and other faces that work on finished reports.

Begin with :func:`parse`. Everything in the file is hostile until it has passed: one clear line says what is wrong. The
series is not in the JSON and stays empty.
"""

import json
from typing import Any, get_args

from gonedark.model.cause import (
    Candidate,
    Cause,
    Discriminator,
    Hypothesis,
    LikelihoodRatio,
    Reason,
    Stance,
    Weighed,
    Where,
)
from gonedark.model.claim import Claim, JudgedClaim, Verdict
from gonedark.model.prefix import FAMILIES
from gonedark.model.report import (
    SCHEMA,
    Baseline,
    Country,
    Coverage,
    CoverageGap,
    Evidence,
    Input,
    LeadUp,
    Loss,
    Outage,
    Phase,
    PhaseName,
    Report,
    Restoration,
    Software,
    Trend,
)
from gonedark.model.time import TimeSpan, parse_time

MOST_BYTES = 256_000_000
"""Longer files are no reports."""

Json = dict[str, Any]


def parse(data: bytes, name: str = "report") -> Report:
    """The report. Raises ValueError with one line where the bytes are none."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"{name} is larger than any report ({len(data):,} bytes)")
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} is not JSON: {error}") from None
    if not isinstance(tree, dict) or tree.get("schema") != SCHEMA:
        raise ValueError(f"{name} is not a report of the schema {SCHEMA}; make one with --format json")
    try:
        return report_of(tree)
    except KeyError as error:
        raise ValueError(f"{name} is damaged: {error} is missing") from None
    except (TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError(f"{name} is damaged: {error}") from None


def report_of(tree: Json) -> Report:
    """The report of a document that is known to be one."""
    baseline, coverage, software = tree["baseline"], tree["coverage"], tree["software"]
    return Report(
        kind=_one_of(tree["kind"], ("measurement", "reconstruction")),
        country=Country(_text(tree["country"]["code"]), _text(tree["country"]["name"])),
        window=_span(tree["window"]),
        baseline=Baseline(
            at_us=_time(baseline["at"]),
            prefixes_v4=_count(baseline["prefixes_v4"]),
            prefixes_v6=_count(baseline["prefixes_v6"]),
            addresses_v4=_count(baseline["addresses_v4"]),
            slash48s_v6=_count(baseline["slash48s_v6"]),
            origins=None if baseline["origins"] is None else _asns(baseline["origins"]),
        ),
        coverage=Coverage(
            collectors=tuple(_text(item) for item in coverage["collectors"]),
            peers=_whole(coverage["peers"]),
            full_feed_peers=_whole(coverage["full_feed_peers"]),
            full_feed_asns=_whole(coverage["full_feed_asns"]),
            voters=_whole(coverage["voters"]),
            gaps=tuple(
                CoverageGap(_span(gap), _text(gap["collector"]), _text(gap["reason"])) for gap in coverage["gaps"]
            ),
        ),
        phases=tuple(_phase(item) for item in tree["phases"]),
        outages=tuple(_outage(item) for item in tree["outages"]),
        evidence=tuple(
            Evidence(_text(item["id"]), _text(item["statement"]), item["value"], _text(item["source"]))
            for item in tree["evidence"]
        ),
        inputs=tuple(_input(item) for item in tree["inputs"]),
        software=Software(_text(software["version"]), _text(software["delegation"]), dict(software["thresholds"])),
        warnings=tuple(_text(item) for item in tree.get("warnings", ())),
        exposure=tree["exposure"],
        exposure_after=tree["exposure_after"],
        users=tree["users"],
        cause=None if tree["cause"] is None else _cause(tree["cause"]),
        claims=None if tree["claims"] is None else tuple(_claim(item) for item in tree["claims"]),
    )


def _phase(item: Json) -> Phase:
    fields = ("prefixes_visible_min", "prefixes_visible_max", "addresses_min", "addresses_max")
    reason = None if item["reason"] is None else _text(item["reason"])
    family, phase = _one_of(item["family"], FAMILIES), _one_of(item["phase"], get_args(PhaseName))
    low, high, fewest, most = (_count(item[key]) for key in fields)
    return Phase(family, phase, reason, _span(item), low, high, fewest, most)


def _outage(item: Json) -> Outage:
    lead, back = item["lead_up"], item["restoration"]
    return Outage(
        id=_text(item["id"]),
        family=_one_of(item["family"], FAMILIES),
        start_us=_time(item["start"]),
        start_earliest_us=_time(item["start_earliest"]),
        start_latest_us=_time(item["start_latest"]),
        end_us=_time(item["end"]),
        end_earliest_us=_time(item["end_earliest"]),
        end_latest_us=_time(item["end_latest"]),
        depth=_number(item["depth"]),
        complete=bool(item["complete"]),
        dark=tuple(_span(span) for span in item["dark"]),
        onset_spread_seconds=_maybe(item["onset_spread_seconds"]),
        order=tuple(Loss(_whole(loss["asn"]), _moment(loss["lost_at"])) for loss in item["order"]),
        lead_up=None
        if lead is None
        else LeadUp(_span(lead), _whole(lead["crossings"]), _one_of(lead["trend"], get_args(Trend))),
        restoration=None
        if back is None
        else Restoration(
            _maybe(back["spread_seconds"]),
            _asns(back["providers_before"] or ()),
            _asns(back["providers_after"] or ()),
            None if back["same_providers"] is None else bool(back["same_providers"]),
        ),
        none_visible=tuple(_span(span) for span in item["none_visible"]),
    )


def _input(item: Json) -> Input:
    span = None if item["from"] is None or item["until"] is None else _span(item)
    url = None if item["url"] is None else _text(item["url"])
    name, sha256 = _text(item["name"]), _text(item["sha256"])
    return Input(name, url, sha256, _whole(item["bytes"]), _whole(item["records"]), span)


def _cause(item: Json) -> Cause:
    where = item.get("where")
    return Cause(
        outage=None if item.get("outage") is None else _text(item["outage"]),
        patterns=tuple(_text(code) for code in item.get("patterns", ())),
        verdict=_text(item["verdict"]),
        hypotheses=tuple(_hypothesis(found) for found in item["hypotheses"]),
        where=None
        if where is None
        else Where(
            None if where["best"] is None else _candidate(where["best"]),
            tuple(_candidate(place) for place in where["alike"]),
            _text(where["statement"]),
        ),
        ratios=tuple(
            LikelihoodRatio(_text(found["evidence"]), _number(found["ratio"]), _text(found["note"]))
            for found in item.get("likelihood_ratios", ())
        ),
        cannot_tell=tuple(_text(words) for words in item["cannot_tell"]),
        limits={_text(name): _number(value) for name, value in item.get("limits", {}).items()},
        others=tuple(_weighed(found) for found in item.get("others", ())),
    )


def _weighed(item: Json) -> Weighed:
    return Weighed(
        _text(item["outage"]),
        tuple(_text(code) for code in item["patterns"]),
        _text(item["verdict"]),
        {_text(name): _one_of(stance, get_args(Stance)) for name, stance in item["stances"].items()},
    )


def _candidate(item: Json) -> Candidate:
    kind = _one_of(item["kind"], ("as", "adjacency"))
    return Candidate(kind, _asns(item["asns"]), _number(item["lost_share"]), _number(item["carried_lost_share"]))


def _hypothesis(item: Json) -> Hypothesis:
    return Hypothesis(
        id=_text(item["id"]),
        label=_text(item.get("label", item["id"])),
        stance=_one_of(item["stance"], get_args(Stance)),
        supporting=tuple(_text(identity) for identity in item["for"]),
        against=tuple(_text(identity) for identity in item["against"]),
        reasons=tuple(
            Reason(_one_of(told["side"], ("for", "against", "neither")), told["evidence"], _text(told["words"]))
            for told in item.get("reasons", ())
        ),
        apart=tuple(
            Discriminator(_text(asked["question"]), bool(asked["observable"]), asked["evidence"])
            for asked in item.get("apart", ())
        ),
        sources=tuple(_text(source) for source in item.get("sources", ())),
    )


def _claim(item: Json) -> JudgedClaim:
    claim = Claim(
        id=_text(item["id"]),
        speaker=_text(item["speaker"]),
        said_at_us=_time(item["said_at"]),
        source=_text(item["source"]),
        text=_text(item["text"]),
        kind=_text(item.get("kind", "other")),
        states={key: parse_time(value) if key in _MOMENTS else value for key, value in item.get("states", {}).items()},
        denied=bool(item.get("denied", False)),
    )
    margin = None if item.get("margin") is None else _text(item["margin"])
    evidence = tuple(_text(identity) for identity in item["evidence"])
    return JudgedClaim(
        claim, _one_of(item["verdict"], get_args(Verdict)), _text(item.get("reason", "")), margin, evidence
    )


_MOMENTS = ("time", "by", "from", "until", "about")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:60]!r} should be text")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{str(value)[:60]!r} should be a whole number")
    return value


def _count(value: object) -> int | None:
    return None if value is None else _whole(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{str(value)[:60]!r} should be a number")
    return value


def _maybe(value: object) -> float | None:
    return None if value is None else _number(value)


def _one_of(value: object, known: tuple[str, ...]) -> Any:
    if value not in known:
        raise ValueError(f"{str(value)[:60]!r} is none of {', '.join(known)}")
    return value


def _asns(values: Any) -> tuple[int, ...]:
    return tuple(_whole(value) for value in values)


def _moment(value: object) -> int:
    return parse_time(_text(value))


def _time(value: object) -> int | None:
    return None if value is None else _moment(value)


def _span(item: Json) -> TimeSpan:
    return TimeSpan(_moment(item["from"]), _moment(item["until"]))
