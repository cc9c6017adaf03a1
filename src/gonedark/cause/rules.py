"""How a hypothesis is judged: points for, against and contradicting, and no sum of them.

Begin with :class:`Rule` and :func:`judge`. One contradiction decides; else one point against makes a hypothesis less
likely; else one point for it makes it consistent; else nothing observable speaks to it. Points that could not be
observed count for nothing. The rules themselves are in :mod:`gonedark.cause.hypotheses`, one file each.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from gonedark.cause.features import Features
from gonedark.cause.limits import Limits
from gonedark.cause.patterns import Test
from gonedark.cause.templates import say
from gonedark.model.cause import Discriminator, Hypothesis, Reason, Stance

NO_LOSS, PLANES = "cause.no-loss", "cause.planes"


@dataclass(frozen=True, slots=True)
class Point:
    """One piece of evidence and what it means for the hypothesis, as a whole sentence without insertions."""

    evidence: str
    holds: Test
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """What would tell the hypothesis apart; ``evidence`` answers it where it was observed, None: never from here."""

    words: str
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A hypothesis. ``without_routes``: how it stands to a loss of packets that left the routes in place."""

    id: str
    label: str
    sources: tuple[str, ...]
    supporting: tuple[Point, ...]
    against: tuple[Point, ...]
    apart: tuple[Question, ...]
    contradicting: tuple[Point, ...] = ()
    without_routes: Literal["consistent", "less-likely"] = "consistent"
    without_routes_words: str = ""


def judge(rule: Rule, seen: Features, observed: Collection[str], limits: Limits) -> Hypothesis:
    """The hypothesis as it stands. ``observed`` are the ids of evidence that has a value."""
    if not seen.loss:
        return _without_loss(rule, seen, observed)
    supporting = [point for point in rule.supporting if point.holds(seen, limits)]
    against = [point for point in rule.against if point.holds(seen, limits)]
    contradicting = [point for point in rule.contradicting if point.holds(seen, limits)]
    stance: Stance
    if contradicting:
        stance = "contradicted"
    elif against:
        stance = "less-likely"
    elif supporting:
        stance = "consistent"
    else:
        stance = "not-observable"
    reasons = [Reason("against", point.evidence, point.words) for point in (*contradicting, *against)]
    reasons += [Reason("for", point.evidence, point.words) for point in supporting]
    return Hypothesis(
        id=rule.id,
        label=rule.label,
        stance=stance,
        supporting=_unique(point.evidence for point in supporting),
        against=_unique(point.evidence for point in (*contradicting, *against)),
        reasons=tuple(reasons) or (Reason("neither", None, say("reason.nothing-speaks")),),
        apart=_apart(rule, observed),
        sources=rule.sources,
    )


def _without_loss(rule: Rule, seen: Features, observed: Collection[str]) -> Hypothesis:
    """No route was lost: routing says nothing, unless probing saw that packets were."""
    stance: Stance = "not-observable"
    reason, evidence = Reason("neither", None, say("reason.no-loss")), (PLANES, NO_LOSS)
    if seen.data_plane_lost:
        stance = rule.without_routes
        reason = Reason("for" if stance == "consistent" else "against", PLANES, rule.without_routes_words)
    return Hypothesis(
        id=rule.id,
        label=rule.label,
        stance=stance,
        supporting=evidence if stance == "consistent" else (),
        against=evidence if stance == "less-likely" else (),
        reasons=(reason,),
        apart=_apart(rule, observed),
        sources=rule.sources,
    )


def _apart(rule: Rule, observed: Collection[str]) -> tuple[Discriminator, ...]:
    return tuple(
        Discriminator(item.words, item.evidence in observed, item.evidence if item.evidence in observed else None)
        for item in rule.apart
    )


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
