"""Measurement artefact: the watchers failed, not the watched. Always tried first.

For: vantage points vanished in the same minutes, or too few withdrew by message. Contradicted by many voters at several
collectors that withdrew by message while their sessions stayed up: nothing but the routes can explain those.
"""

from gonedark.cause import patterns
from gonedark.cause.rules import Point, Question, Rule

RULE = Rule(
    id="artefact",
    label="a fault of the measurement, with the country as reachable as ever",
    sources=(
        "RFC 6396, section 4.4: session states in MRT",
        "Wang et al., IMC 2002: session resets of collectors seen as events",
    ),
    contradicting=(
        Point(
            "cause.withdrawals",
            patterns.really_withdrawn,
            "Many independent networks at several collectors withdrew the routes by message while their sessions "
            "stayed up.",
        ),
    ),
    against=(
        Point(
            "cause.withdrawals",
            patterns.withdrawn_at_one_collector,
            "Many independent networks withdrew the routes by message, though a single collector recorded them.",
        ),
    ),
    supporting=(
        Point("cause.voters", patterns.voters_left, "Vantage points or data were lost in the same minutes."),
        Point("cause.withdrawals", patterns.few_withdrawals, "Only few networks withdrew the routes by message."),
    ),
    apart=(
        Question("Whether other collectors and other ways of measuring saw the same.", "cause.withdrawals"),
        Question("Whether packets were lost as well.", "cause.planes"),
    ),
    without_routes="less-likely",
    without_routes_words="Probing saw packets lost, with other means than routing tables.",
)
