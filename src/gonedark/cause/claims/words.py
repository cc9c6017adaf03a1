"""Every sentence with which a claim is judged, as a closed list. Begin with :func:`say`. See ``cause.templates``."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "claim.who": "Routing data show routes, not hands: nobody's involvement can be shown or ruled out by them.",
    "claim.deed": "Of the deed it would have taken ({text_deed}) they say: {stance}.",
    "claim.why": "Routing data carry no motives.",
    "claim.other": "This is about something that routing data do not measure.",
    "claim.no-outage": "The report has no outage that this could be about.",
    "claim.blind": "The report is blind for the time that this is about.",
    "claim.no-field": "The report does not hold what this would be measured with.",
    "claim.time": "Measured: {measured}, {apart} from the time claimed.",
    "claim.time-open": "The report did not see this moment.",
    "claim.duration": "Measured: {measured}.",
    "claim.duration-hidden": "Measured: between {low} and {high}; nobody watched just then.",
    "claim.time-hidden": "Measured: some time between {low} and {high}, when nobody watched.",
    "claim.duration-open": "Measured: at least {measured}; one end was not seen.",
    "claim.day": "By the clocks of {yes} it is so; by those of {no} it is not.",
    "claim.day-all": "It is so by the clocks of {yes}.",
    "claim.day-open": "By the clocks of {no} nobody can tell: the report did not see those moments.",
    "claim.day-none": "It is so by none of the clocks of {no}.",
    "claim.addresses": "Measured: {measured} addresses were normally visible.",
    "claim.networks": "Measured: {measured} networks (prefixes) were normally visible.",
    "claim.provider": "Measured: before, every way that routing showed led over {as_list}.",
    "claim.provider-several": "Measured: before, the ways that routing showed led over {as_list}.",
    "claim.complete-for-most": "Measured: at some time most of the watching networks saw none of the country, and "
    "a quarter of them or more went on seeing nearly all of it.",
    "claim.complete": "Measured: at some time no network of the country was visible.",
    "claim.partial": "Measured: at the worst moment {percent} % of the usual addresses were gone.",
    "claim.sudden": "Measured: the loss took {seconds} seconds, and nothing led up to it.",
    "claim.sudden-after": "Measured: the final loss took {seconds} seconds, after {hours} hours of instability.",
    "claim.gradual": "Measured: the loss took {seconds} seconds.",
    "claim.lead-up": "Measured: {crossings} swings in the {hours} hours before, {trend}.",
    "claim.lead-up-none": "Measured: nothing led up to it in the {hours} hours that were watched.",
    "claim.lead-up-earlier": "Measured: nothing led up to it in its last {hours} hours; before them was unrest.",
    "claim.restored": "Measured: back at {measured}.",
    "claim.not-restored": "Measured: not back, for as long as anybody watched, or too shortly to tell.",
    "claim.outages": "Measured: {count} outages in that time.",
    "claim.outages-one": "Measured: {count} outage in that time.",
    "claim.outages-none": "Measured: no outage of the country's routes in that time; traffic can be stopped while "
    "routes stay.",
    "claim.outages-part": "Measured: no outage of the country in that time, but a whole network was gone, or less and "
    "less was there.",
    "claim.same-provider": "Measured: it came back over the same providers, {as_list}.",
    "claim.other-provider": "Measured: it came back over {as_list}, not as before.",
    "claim.cause": "Among the causes weighed, this one is {stance}; the verdict is {verdict}.",
    "claim.causes": "Of the {count} kinds of cause named, {consistent} are consistent with the data.",
    "claim.cause-unknown": "The data single out no cause.",
    "claim.cause-verdict": "The data single out one cause: {verdict}.",
    "claim.users": "Estimated: {low} to {high} users.",
}

MARGINS: Mapping[str, str] = {
    "margin.time": "up to {within} apart counts as agreement, up to {unclear} as unclear",
    "margin.share": "up to {within} % apart counts as agreement, up to {unclear} % as unclear",
    "margin.hours": "“hours” is read as {low} to {high} hours",
    "margin.several": "“several hours” is read as {low} to {high} hours",
    "margin.at-least": "a lower bound; {within} % less still counts",
    "margin.at-most": "an upper bound; {within} % more still counts",
    "margin.day-any": "judged by whether any of it lies on that day; shares of its length: {shares}",
    "margin.day": "judged in {zones}",
    "margin.exact": "judged exactly",
    "margin.routing": "judged by what routing shows: links on addresses of other countries are not seen",
    "margin.providers": "a provider counts from {percent} % of the routes on; links on addresses of other countries "
    "are not seen",
    "margin.sudden": "sudden: within {cliff} seconds; gradual: {decay} seconds or more, or hours of instability",
    "margin.consistent": "a list of possibilities is supported when all of them are consistent",
    "margin.as-far": "only as far as routing data go",
    "margin.reconstruction": "the report is a reconstruction from the same press, so agreement proves little",
}

ALL: Mapping[str, str] = {**REASONS, **MARGINS}


def say(identity: str, **inserted: object) -> str:
    """The sentence with its insertions. Raises KeyError for an id or a field that is not in the list."""
    return ALL[identity].format(**inserted)
