"""The sheets of paper on which the picture of a country's ways out is drawn: a wide one, and one for a phone.

Begin with :data:`WIDE` and :data:`NARROW`. Not for what is drawn, which is ``flow``.
"""

from dataclasses import dataclass

from gonedark.publish.letters import width_px

SIZE_PX = 13
"""Font size of the names."""
SMALL_PX = 11


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns (0 origins, 1 border networks, 2 first foreign networks, 3 countries) from left to right, in pixels.

    ``bars``: where each column's bars stand; ``room``: how long its labels may be. Labels of origins stand to the left.
    """

    width: int
    columns: tuple[int, ...]
    bars: tuple[int, ...]
    room: tuple[int, ...]
    titles: tuple[str, ...]
    most_nodes: int
    heights: tuple[tuple[int, int], ...]
    tells_units: bool


WIDE = Sheet(
    width=1240,
    columns=(0, 1, 2, 3),
    bars=(222, 510, 800, 1060),
    room=(206, 262, 232, 156),
    titles=("Announced by", "Leaves the country through", "First network abroad", "Country"),
    most_nodes=12,
    heights=((2, 130), (4, 240), (8, 340), (99, 430)),
    tells_units=True,
)
NARROW = Sheet(
    width=380,
    columns=(1, 2, 3),
    bars=(4, 132, 260),
    room=(110, 110, 101),
    titles=("Leaves through", "First abroad", "Country"),
    most_nodes=9,
    heights=((2, 100), (4, 180), (99, 280)),
    tells_units=False,
)


def text_px(text: str, size_px: float = SIZE_PX) -> float:
    """How wide words are: a name, or of another size."""
    return width_px(text, size_px)


def short(text: str, room_px: int) -> str:
    """The text, or as much of it as has room, with an ellipsis."""
    if text_px(text) <= room_px:
        return text
    while text and text_px(f"{text}…") > room_px:
        text = text[:-1]
    return text.rstrip() + "…"
