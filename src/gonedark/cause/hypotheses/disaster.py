"""Disaster: an earthquake, an eruption, a storm.

Routing data cannot see one. With a calendar entry that the user gives it is consistent; without, not observable.
Against: the same time of day again, a chosen order.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import CHOSEN_ORDER, MANY_PEERS_HELD, NEIGHBOURS, REPEATED
from gonedark.cause.rules import Point, Question, Rule

RULE = Rule(
    id="disaster",
    label="a natural disaster",
    sources=("Cloudflare's quarterly summaries 2022 to 2025: Tonga, Mayotte, Vanuatu",),
    supporting=(
        Point(
            "cause.calendar",
            patterns.disaster_reported,
            "The user gives an earthquake, eruption or storm at the time.",
        ),
    ),
    against=(REPEATED, CHOSEN_ORDER, MANY_PEERS_HELD),
    apart=(
        Question("Whether an earthquake, eruption or storm struck at that time.", "cause.calendar"),
        NEIGHBOURS,
    ),
    without_routes_words="Wrecked buildings and wires leave routes in place where the routers still run.",
)
