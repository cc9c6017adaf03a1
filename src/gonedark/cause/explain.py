"""From studies to the cause part of a report: features, evidence, hypotheses, verdict, and what nobody can tell.

Begin with :func:`explained` or :func:`causes` for measured data, with :func:`explain` for a feature set made by hand.
The verdict is the only consistent hypothesis, and only where at least one piece of evidence contradicts or makes less
likely every rival; otherwise it is "unknown".
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gonedark.cause.base_rates import ratios
from gonedark.cause.context import NOTHING, Context
from gonedark.cause.evidence import evidence_of
from gonedark.cause.features import Comparators, Features
from gonedark.cause.hypotheses import RULES
from gonedark.cause.limits import Limits
from gonedark.cause.observe import observe, observe_quiet
from gonedark.cause.patterns import patterns
from gonedark.cause.rules import judge
from gonedark.cause.templates import say
from gonedark.model.attribution import Attribution, Registry
from gonedark.model.cause import UNKNOWN_CAUSE, Cause, Hypothesis, Weighed
from gonedark.model.gravity import weight
from gonedark.model.place import Place
from gonedark.model.report import CoverageGap, Evidence, Kind, Outage, Report
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.study import Study

_MOST_OTHERS = 20
"""So many outages beside the gravest are weighed."""

Found = tuple[Cause | None, tuple[Evidence, ...]]


def causes(
    studies: Sequence[Study],
    window: TimeSpan,
    *,
    gaps: Sequence[CoverageGap] = (),
    place: Place | None = None,
    context: Context = NOTHING,
    rules: Thresholds | None = None,
    limits: Limits | None = None,
    kind: Kind = "measurement",
    registry: Registry | None = None,
) -> Found:
    """The cause of the gravest outage with its evidence, to be added to the report's; the others in short.

    (None, ()) where no family has a baseline. Without an outage the cause says that routing shows none, and what that
    does not exclude. ``registry`` gives the comparators.
    """
    rules, limits = rules or Thresholds(), limits or Limits()
    judged = [found for found in studies if found.has_baseline]
    if not judged:
        return None, ()
    ranked = by_gravity(judged, window)[: 1 + _MOST_OTHERS]
    seen = [
        observe(found, outage, _beside(found, judged), gaps, place, context, rules, limits) for found, outage in ranked
    ]
    main = seen[0] if seen else observe_quiet(judged[0], window, context, rules)
    if registry is not None:
        main = replace(main, comparators=comparators(registry, judged[0].attribution))
    cause, evidence = explain(main, limits=limits, kind=kind)
    others = sorted(zip(ranked[1:], seen[1:], strict=True), key=lambda item: item[0][1].id)
    return replace(cause, others=tuple(_in_short(features, limits) for _, features in others)), evidence


def _beside(found: Study, judged: Sequence[Study]) -> Study | None:
    """The other family's study."""
    return next((item for item in judged if item.family != found.family), None)


def _in_short(seen: Features, limits: Limits) -> Weighed:
    cause, _ = explain(seen, limits=limits)
    return Weighed(
        seen.outage or "", cause.patterns, cause.verdict, {item.id: item.stance for item in cause.hypotheses}
    )


def comparators(registry: Registry, attribution: Attribution) -> Comparators | None:
    """The country's delegated addresses beside those of all countries that have any; None where it has none."""
    table = registry.ranges["ipv4"]
    sizes = np.bincount(table.country, weights=(table.last - table.first + np.uint64(1)).astype(float))
    held = np.sort(sizes[sizes > 0]).astype(np.int64)
    own = attribution.addresses("ipv4")
    if not own or not len(held):
        return None
    return Comparators(own, len(held), int(np.searchsorted(held, own)), int(np.median(held)))


def explained(
    report: Report,
    studies: Sequence[Study],
    registry: Registry,
    place: Place | None,
    context: Context = NOTHING,
    rules: Thresholds | None = None,
) -> Report:
    """The report with its cause part and the evidence for it."""
    gaps, kind = report.coverage.gaps, report.kind
    cause, evidence = causes(
        studies, report.window, gaps=gaps, place=place, context=context, rules=rules, kind=kind, registry=registry
    )
    return replace(report, cause=cause, evidence=(*report.evidence, *evidence))


def by_gravity(studies: Sequence[Study], window: TimeSpan) -> list[tuple[Study, Outage]]:
    """All outages, first the one that the headline is about."""
    pairs = [(found, outage) for found in studies for outage in found.outages]
    return sorted(pairs, key=lambda pair: weight(pair[1], pair[0].phases, window), reverse=True)


def explain(
    seen: Features, *, limits: Limits | None = None, kind: Kind = "measurement"
) -> tuple[Cause, tuple[Evidence, ...]]:
    """Judge one feature set."""
    limits = limits or Limits()
    evidence = evidence_of(seen)
    observed = {item.id for item in evidence if item.value is not None}
    hypotheses = tuple(judge(rule, seen, observed, limits) for rule in RULES)
    cause = Cause(
        outage=seen.outage,
        patterns=patterns(seen, limits),
        verdict=verdict(hypotheses),
        hypotheses=hypotheses,
        where=seen.where,
        ratios=ratios(seen, limits),
        cannot_tell=_cannot_tell(seen, kind),
        limits=limits.to_dict(),
    )
    return cause, evidence


def verdict(hypotheses: Sequence[Hypothesis]) -> str:
    """The only consistent one, if every rival has evidence against it; else ``"unknown"``."""
    consistent = [item for item in hypotheses if item.stance == "consistent"]
    rivals = [item for item in hypotheses if item.stance != "consistent"]
    if len(consistent) == 1 and all(item.against for item in rivals):
        return consistent[0].id
    return UNKNOWN_CAUSE


def _cannot_tell(seen: Features, kind: Kind) -> tuple[str, ...]:
    ids = ["limit.who", "limit.why"]
    if not seen.loss:
        ids.append("limit.no-loss")
    else:
        single = seen.where is not None and seen.where.best is not None
        ids += ["limit.which-end"] if single else ["limit.mechanism"]
        ids += ["limit.traffic"]
    ids += ["limit.reconstruction"] if kind == "reconstruction" else []
    return tuple(say(identity) for identity in ids)
