"""Deliberate shutdown by order: networks are told to close, or a gateway is closed, by decision.

For: the same time of day on several days (the strongest single feature), networks one after another with one spared,
several networks in the same minutes, a sudden loss out of calm, one family only, round local minutes. Against: hours of
instability before, a loss that frays, routes still held by a part of the peers.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import (
    BISCHOF_2023,
    DYN_2014,
    FLAPPED,
    MANY_PEERS_HELD,
    RENESYS_2011,
    STATEMENTS,
    TRAFFIC,
)
from gonedark.cause.rules import Point, Rule

RULE = Rule(
    id="shutdown-order",
    label="a deliberate shutdown by order",
    sources=(RENESYS_2011, BISCHOF_2023, DYN_2014),
    supporting=(
        Point("cause.recurrence", patterns.repeated, "It began at the same time of day on another day too."),
        Point("cause.spared", patterns.chosen_order, "Networks went one after another, and some were spared."),
        Point("cause.order", patterns.staged, "Networks went one after another, each at once."),
        Point("cause.order", patterns.many_together, "Many independent networks went in the same minutes."),
        Point("cause.onset-spread", patterns.quiet_cliff, "Out of calm, everything went within minutes."),
        Point("cause.families", patterns.families_differ, "One address family was lost and the other was not."),
        Point("cause.round-minutes", patterns.round_start, "It began at a full or half hour of local time."),
    ),
    against=(
        FLAPPED,
        Point(
            "cause.onset-spread",
            patterns.decayed,
            "The loss frayed over an hour or more, and not network by network.",
        ),
        MANY_PEERS_HELD,
    ),
    apart=(STATEMENTS, TRAFFIC),
    without_routes_words="Packets were lost while every route stayed, which filtering does.",
)
