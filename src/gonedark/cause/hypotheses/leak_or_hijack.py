"""Routing leak or hijack: somebody else announces the country's prefixes, or draws its traffic away.

For: another AS began to originate them. Against: nobody did, so the routes were lost and not moved.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import CHOSEN_ORDER, REPEATED
from gonedark.cause.rules import Point, Question, Rule

RULE = Rule(
    id="leak-or-hijack",
    label="a routing leak or hijack",
    sources=("RFC 7908: what route leaks are", "RIPE NCC, February 2008, on YouTube: another origin"),
    supporting=(
        Point("cause.origins", patterns.foreign_origin, "Another network began to announce the country's prefixes."),
    ),
    against=(
        Point(
            "cause.origins",
            patterns.no_foreign_origin,
            "Nobody else announced the prefixes: the routes went away, they were not drawn elsewhere.",
        ),
        REPEATED,
        CHOSEN_ORDER,
    ),
    apart=(Question("Whether longer prefixes inside the country's space were announced by others.", "cause.origins"),),
    without_routes_words="Traffic drawn away by a longer prefix or a leaked path leaves the own routes in place.",
)
