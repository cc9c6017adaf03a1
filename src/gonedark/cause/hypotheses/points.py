"""Points that several hypotheses share. Not a hypothesis."""

from gonedark.cause import patterns
from gonedark.cause.rules import Point, Question

DYN_2014 = "Dyn Research, 22 December 2014, on North Korea: prolonged instability before a total failure"
PRINCE_2014 = "Cloudflare's M. Prince, December 2014, on North Korea: four scenarios and what they look like"
BISCHOF_2023 = "Bischof et al., Destination Unreachable, SIGCOMM 2023: shutdowns and spontaneous outages compared"
RENESYS_2011 = "Renesys and RIPE NCC, January 2011, on Egypt: one network after another, one of them spared"
KENTIK_2025 = "Kentik and RIPE Labs, March 2025, on North Korea: invalid routes seen by a part of the peers"

FLAPPED = Point(
    "cause.lead-up",
    patterns.flapped,
    "Hours of instability came before it, which a single cut or a single decision does not make.",
)
REPEATED = Point(
    "cause.recurrence",
    patterns.repeated,
    "It began at the same time of day on another day too; accidents keep no timetable.",
)
MOST_REPEATED = Point(
    "cause.recurrence",
    patterns.most_repeated,
    "Most of the country went at the same time of day on another day too; accidents keep no timetable, and power that "
    "is rationed goes to the districts in turns.",
)
CHOSEN_ORDER = Point(
    "cause.spared",
    patterns.chosen_order,
    "Many networks went one after another, each at once, within the hour, and some were spared; failures do not choose "
    "so.",
)
MANY_PEERS_HELD = Point(
    "cause.holders",
    patterns.many_peers_held,
    "More of the peers went on holding the routes than stuck routes make; the networks may never have stopped "
    "announcing them.",
)
MANY_TOGETHER = Point(
    "cause.order",
    patterns.many_together,
    "Many independent networks were lost nationwide in the same minutes, with no single place to explain it.",
)
FEW_NETWORKS = Point(
    "cause.order",
    patterns.few_networks,
    "So few networks are concerned that they may share one building, one owner or one gateway.",
)
MANY_PROVIDERS = Point(
    "cause.providers",
    patterns.many_providers_at_once,
    "Three or more foreign providers lost the country in the same minutes; several sessions or cables would have "
    "had to fail together.",
)

WHICH_END = Question("On which side of the last connection packets die (traceroute from outside before and after).")
TRAFFIC = Question("Whether traffic fell before the routes did, or only with them.", "cause.planes")
STATEMENTS = Question("What operators and regulators on the spot say and can show.")
NEIGHBOURS = Question("Whether other countries on the same cables or grid lost routes too.", "cause.other-countries")
CUSTOMERS = Question("Whether other customers of the same upstream lost routes too.", "cause.other-customers")
