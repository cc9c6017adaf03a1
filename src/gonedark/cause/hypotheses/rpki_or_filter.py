"""RPKI or filtering error: the routes are announced, but a part of the world refuses them.

For: a part of the peers went on holding them all the time. Against: almost nobody did.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import CHOSEN_ORDER, KENTIK_2025, REPEATED
from gonedark.cause.rules import Point, Question, Rule

RULE = Rule(
    id="rpki-or-filter",
    label="an RPKI or filtering error",
    sources=(KENTIK_2025, "RFC 6811: validation of prefix origins"),
    supporting=(
        Point("cause.holders", patterns.part_of_peers, "A part of the peers went on holding the routes all the time."),
    ),
    against=(
        Point(
            "cause.holders",
            patterns.nobody_held,
            "Almost no peer went on holding the routes, not even those that validate nothing.",
        ),
        REPEATED,
        CHOSEN_ORDER,
    ),
    apart=(
        Question("Whether a route origin authorisation changed in the same minutes (RPKI archives)."),
        Question("Whether the peers that held the routes are those that do not validate."),
    ),
    without_routes="less-likely",
    without_routes_words="No peer refused the routes.",
)
