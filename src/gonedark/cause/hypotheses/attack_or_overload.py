"""Attack or overload: too much traffic, or a router made to fail.

For: hours of instability, the more so when it grew worse; relapses; packets lost before routes; reports of attacks that
the user gives. Against: a loss out of calm, a chosen order, the same time of day again.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import (
    CHOSEN_ORDER,
    DYN_2014,
    MANY_PEERS_HELD,
    PRINCE_2014,
    REPEATED,
    TRAFFIC,
)
from gonedark.cause.rules import Point, Question, Rule

RULE = Rule(
    id="attack-or-overload",
    label="an attack or overload",
    sources=(DYN_2014, PRINCE_2014, "Arbor Networks, December 2014: attack traffic towards North Korea, day by day"),
    supporting=(
        Point("cause.lead-up", patterns.flapped, "Hours of instability came before, as on a network under strain."),
        Point("cause.relapses", patterns.relapsed, "It came back and went again within a day."),
        Point("cause.planes", patterns.packets_first, "Packets were lost before routes."),
        Point("cause.calendar", patterns.reported("attack-report"), "The user gives a report of attacks at the time."),
    ),
    against=(
        Point(
            "cause.lead-up",
            patterns.quiet_before,
            "Nothing led up to it, although the routes were watched; strain shows before it breaks a network.",
        ),
        REPEATED,
        CHOSEN_ORDER,
        MANY_PEERS_HELD,
    ),
    apart=(
        Question("What traffic measurements at providers and at scrubbing services saw."),
        TRAFFIC,
        Question("Loss and delay on the way in before the routes went."),
    ),
    without_routes_words="Traffic can be choked while the sessions that carry the routes stay up.",
)
