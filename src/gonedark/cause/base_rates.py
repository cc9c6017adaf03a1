"""How often past shutdowns and other national outages had a feature: likelihood ratios as context, never a decision.

Begin with :func:`ratios`. Numbers recomputed from the list behind Bischof et al., Destination Unreachable (SIGCOMM
2023; 2018 to mid-2021, events that one project saw), one vote for each country where that column exists (methods 7.2).
Features that hang together count once. The list holds no instability before an outage, so that has no ratio.
"""

from collections.abc import Iterator

from gonedark.cause.features import Features
from gonedark.cause.limits import Limits
from gonedark.cause.patterns import frayed
from gonedark.cause.templates import say
from gonedark.model.cause import LikelihoodRatio

ROUND_START, NOT_ROUND_START = 1.8, 0.50
LONG, NOT_LONG = 2.82, 0.25
REPEATED, NOT_REPEATED = 430.0, 0.26
LONG_SECONDS = 4 * 3600


def ratios(seen: Features, limits: Limits) -> tuple[LikelihoodRatio, ...]:
    """P(feature given a shutdown) over P(feature given another national outage), for what was observed."""
    return tuple(_ratios(seen, limits)) if seen.loss else ()


def _ratios(seen: Features, limits: Limits) -> Iterator[LikelihoodRatio]:
    if seen.round_start is not None:
        note = f"{say('ratio.per-country')} {say('ratio.correlated')}"
        yield LikelihoodRatio("cause.round-minutes", ROUND_START if seen.round_start else NOT_ROUND_START, note)
    if seen.duration_seconds is not None:
        ratio = LONG if seen.duration_seconds >= LONG_SECONDS else NOT_LONG
        yield LikelihoodRatio("cause.duration", ratio, say("ratio.raw"))
    if seen.repeats is not None and not frayed(seen, limits):
        if seen.repeats:
            yield LikelihoodRatio("cause.recurrence", min(REPEATED, limits.ratio_cap), say("ratio.capped"))
        else:
            yield LikelihoodRatio("cause.recurrence", NOT_REPEATED, say("ratio.raw"))
