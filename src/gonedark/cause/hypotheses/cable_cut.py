"""Cable cut: fibre or a landing is damaged.

For: a sudden loss out of calm at any minute, one way in, other countries on the same cable, a return over other
providers. Against: hours of instability before, several providers in the same minutes, the same time of day again, a
chosen order.
"""

from gonedark.cause import patterns
from gonedark.cause.hypotheses.points import (
    BISCHOF_2023,
    CHOSEN_ORDER,
    DYN_2014,
    FLAPPED,
    MANY_PEERS_HELD,
    MANY_PROVIDERS,
    NEIGHBOURS,
    REPEATED,
    STATEMENTS,
)
from gonedark.cause.rules import Point, Question, Rule

RULE = Rule(
    id="cable-cut",
    label="a cut or damaged cable",
    sources=(DYN_2014, BISCHOF_2023, "Renesys, January 2008: the Mediterranean cable breaks, cable by cable"),
    supporting=(
        Point("cause.onset-spread", patterns.quiet_cliff, "Out of calm, everything that went, went within minutes."),
        Point(
            "cause.transit",
            patterns.one_way_in,
            "Nearly all lost routes had come in over one network; one cable to it may have carried them.",
        ),
        Point("cause.depth", patterns.partial, "A part of the country was lost and the rest was not."),
        Point("cause.other-countries", patterns.other_countries_too, "Other countries lost routes too."),
        Point("cause.restoration", patterns.other_way_back, "It came back over other providers."),
    ),
    against=(
        FLAPPED,
        REPEATED,
        CHOSEN_ORDER,
        MANY_PROVIDERS,
        MANY_PEERS_HELD,
    ),
    apart=(
        NEIGHBOURS,
        Question("Whether delays on the remaining paths jumped in the same minute."),
        STATEMENTS,
    ),
    without_routes="less-likely",
    without_routes_words="The sessions that run over the cables stayed up.",
)
