"""One report as JSON: the contract ``gonedark.report/1``, byte for byte the same for the same report.

Begin with :func:`render` (bytes) or :func:`document` (the same as dicts and lists). ``schema.json`` beside this file
is its JSON Schema, which :func:`schema` returns. Not for the series, which ``series`` exports.
"""

import json
import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import msgspec
import numpy as np

from gonedark.model.cause import Candidate, Cause, Hypothesis
from gonedark.model.claim import JudgedClaim
from gonedark.model.place import Place
from gonedark.model.report import SCHEMA, Baseline, Coverage, LeadUp, Outage, Phase, Report, Restoration
from gonedark.model.time import TimeSpan, format_time
from gonedark.publish.facts import asn_names
from gonedark.publish.statement import statement

Json = dict[str, Any]


def render(report: Report, place: Place | None = None) -> bytes:
    """UTF-8 JSON, indented by one space, fields in the order of the contract, one line feed at the end.

    All fields are UTC; only the statement tells times by the clock of ``place`` too. Raises TypeError where a
    passed-through part holds something JSON cannot.
    """
    made = told(report, place)
    # Where json indents, it writes in Python; without, in C, and a tenth of the time.
    text = json.dumps(made, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        return msgspec.json.format(text.encode(), indent=1) + b"\n"
    except UnicodeEncodeError:
        text = json.dumps(made, ensure_ascii=False, allow_nan=False, indent=1)
        return (text + "\n").encode("utf-8", "backslashreplace")  # a lone surrogate becomes the JSON escape of itself


def told(report: Report, place: Place | None = None) -> Json:
    """The document, with the statement in words beside the cause. Raises ValueError for an unknown zone."""
    made = document(report)
    words = statement(made, place, asn_names(report))
    if words is not None:
        made["cause"]["statement"] = {
            "paragraph": words.text,
            "page": [
                {"heading": part.heading, "sentences": [sentence.text for sentence in part.sentences]}
                for part in words.page
            ],
        }
    return made


def schema() -> Json:
    """The JSON Schema (draft 2020-12) that every report satisfies."""
    loaded: Json = json.loads(files("gonedark.publish").joinpath("schema.json").read_text("utf-8"))
    return loaded


def document(report: Report) -> Json:
    """The report as plain dicts, lists, text and numbers; times as RFC 3339 text; None where unknown."""
    return {
        "schema": SCHEMA,
        "kind": report.kind,
        "country": {"code": report.country.code, "name": report.country.name},
        "window": _span(report.window),
        "baseline": _baseline(report.baseline),
        "coverage": _coverage(report.coverage),
        "phases": [_phase(phase) for phase in report.phases],
        "outages": [_outage(outage) for outage in report.outages],
        "exposure": plain(report.exposure),
        "exposure_after": plain(report.exposure_after),
        "users": plain(report.users),
        "cause": _cause(report.cause),
        "claims": _claims(report.claims),
        "evidence": [
            {"id": item.id, "statement": item.statement, "value": plain(item.value), "source": item.source}
            for item in report.evidence
        ],
        "inputs": [
            {
                "name": item.name,
                "url": item.url,
                "sha256": item.sha256,
                "bytes": int(item.bytes),
                "records": int(item.records),
                "from": _time(item.span.from_us if item.span else None),
                "until": _time(item.span.until_us if item.span else None),
            }
            for item in report.inputs
        ],
        "software": {
            "version": report.software.version,
            "delegation": report.software.delegation,
            "thresholds": {name: plain(value) for name, value in report.software.thresholds.items()},
        },
        "warnings": list(report.warnings),
    }


def _cause(cause: Cause | None) -> Json | None:
    if cause is None:
        return None
    return {
        "outage": cause.outage,
        "patterns": list(cause.patterns),
        "verdict": cause.verdict,
        "hypotheses": [_hypothesis(item) for item in cause.hypotheses],
        "where": None
        if cause.where is None
        else {
            "best": None if cause.where.best is None else _candidate(cause.where.best),
            "alike": [_candidate(item) for item in cause.where.alike],
            "statement": cause.where.statement,
        },
        "likelihood_ratios": [
            {"evidence": item.evidence, "ratio": item.ratio, "note": item.note} for item in cause.ratios
        ],
        "cannot_tell": list(cause.cannot_tell),
        "limits": {name: plain(value) for name, value in cause.limits.items()},
        "others": [
            {
                "outage": item.outage,
                "patterns": list(item.patterns),
                "verdict": item.verdict,
                "stances": dict(item.stances),
            }
            for item in cause.others
        ],
    }


def _candidate(item: Candidate) -> Json:
    return {
        "kind": item.kind,
        "asns": list(item.asns),
        "lost_share": plain(item.lost_share),
        "carried_lost_share": plain(item.carried_lost_share),
    }


def _hypothesis(item: Hypothesis) -> Json:
    return {
        "id": item.id,
        "label": item.label,
        "stance": item.stance,
        "for": list(item.supporting),
        "against": list(item.against),
        "reasons": [{"side": told.side, "evidence": told.evidence, "words": told.words} for told in item.reasons],
        "apart": [
            {"question": asked.question, "observable": asked.observable, "evidence": asked.evidence}
            for asked in item.apart
        ],
        "sources": list(item.sources),
    }


_MOMENTS = ("time", "by", "from", "until", "about")
"""Fields of claims that are times; the rest goes as it is."""


def _claims(claims: tuple[JudgedClaim, ...] | None) -> list[Json] | None:
    if claims is None:
        return None
    return [
        {
            "id": found.claim.id,
            "speaker": found.claim.speaker,
            "said_at": _time(found.claim.said_at_us),
            "text": found.claim.text,
            "source": found.claim.source,
            "kind": found.claim.kind,
            "states": {
                key: _time(value) if key in _MOMENTS else plain(value) for key, value in found.claim.states.items()
            },
            "denied": found.claim.denied,
            "verdict": found.verdict,
            "reason": found.reason,
            "margin": found.margin,
            "evidence": list(found.evidence),
        }
        for found in claims
    ]


def plain(value: Any) -> Any:
    """The value in JSON's own types: NumPy numbers unwrapped, spans as from/until, sets sorted, NaN null."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case np.bool_() | np.integer():
            return value.item()
        case TimeSpan():
            return _span(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return [plain(item) for item in sorted(value)]
        case np.ndarray():
            return [plain(item) for item in value.tolist()]
    raise TypeError(f"a report cannot carry a {type(value).__name__} in JSON")


def _time(time_us: int | None) -> str | None:
    return None if time_us is None else format_time(int(time_us))


def _span(span: TimeSpan) -> Json:
    return {"from": _time(span.from_us), "until": _time(span.until_us)}


def _number(value: float | None) -> float | int | None:
    """Seconds: whole where they are whole."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else float(value)


def _baseline(baseline: Baseline) -> Json:
    return {
        "at": _time(baseline.at_us),
        "prefixes_v4": plain(baseline.prefixes_v4),
        "prefixes_v6": plain(baseline.prefixes_v6),
        "addresses_v4": plain(baseline.addresses_v4),
        "slash48s_v6": plain(baseline.slash48s_v6),
        "origins": plain(baseline.origins),
    }


def _coverage(coverage: Coverage) -> Json:
    return {
        "collectors": list(coverage.collectors),
        "peers": int(coverage.peers),
        "full_feed_peers": int(coverage.full_feed_peers),
        "full_feed_asns": int(coverage.full_feed_asns),
        "voters": int(coverage.voters),
        "gaps": [{**_span(gap.span), "collector": gap.collector, "reason": gap.reason} for gap in coverage.gaps],
    }


def _phase(phase: Phase) -> Json:
    return {
        "family": phase.family,
        "phase": phase.phase,
        "reason": phase.reason,
        **_span(phase.span),
        "prefixes_visible_min": plain(phase.prefixes_visible_min),
        "prefixes_visible_max": plain(phase.prefixes_visible_max),
        "addresses_min": plain(phase.addresses_min),
        "addresses_max": plain(phase.addresses_max),
    }


def _outage(outage: Outage) -> Json:
    return {
        "id": outage.id,
        "family": outage.family,
        "start": _time(outage.start_us),
        "start_earliest": _time(outage.start_earliest_us),
        "start_latest": _time(outage.start_latest_us),
        "end": _time(outage.end_us),
        "end_earliest": _time(outage.end_earliest_us),
        "end_latest": _time(outage.end_latest_us),
        "duration_seconds": _number(outage.duration_seconds),
        "depth": plain(outage.depth),
        "complete": bool(outage.complete),
        "dark": [_span(span) for span in outage.dark],
        "none_visible": [_span(span) for span in outage.none_visible],
        "onset_spread_seconds": _number(outage.onset_spread_seconds),
        "order": [{"asn": int(loss.asn), "lost_at": _time(loss.lost_at_us)} for loss in outage.order],
        "lead_up": _lead_up(outage.lead_up) if outage.lead_up else None,
        "restoration": _restoration(outage.restoration) if outage.restoration else None,
    }


def _lead_up(lead_up: LeadUp) -> Json:
    return {**_span(lead_up.span), "crossings": int(lead_up.crossings), "trend": lead_up.trend}


def _restoration(restoration: Restoration) -> Json:
    return {
        "spread_seconds": _number(restoration.spread_seconds),
        "providers_before": plain(restoration.providers_before) or None,
        "providers_after": plain(restoration.providers_after) or None,
        "same_providers": plain(restoration.same_providers),
    }
