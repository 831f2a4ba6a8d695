"""Statistics as pictures. Drawn only when somebody asks: the library takes its time to load."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from gateway.model.answers import Statistics
from gateway.model.route import InlineImage
from gateway.model.text import say
from gateway.render.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

_OPENED, _CLOSED, _BAR = "#1f5fa8", "#8fb8de", "#2f7d5b"
_INK, _GRID = "#222222", "#d8d8d8"
_SIZE, _DPI = (6.0, 2.6), 160  # 960 pixels wide: sharp on a phone, small enough for a mail

FIRST_ANSWERS = (
    say("within an hour"),
    say("within 4 hours"),
    say("within a day"),
    say("within 3 days"),
    say("within a week"),
    say("later"),
)
"""Names of the buckets of `statistics.FIRST_ANSWER`, in the same order."""


def charts(answer: Statistics, wording: Wording, content_id: str) -> tuple[InlineImage, ...]:
    """The pictures of one answer: tickets by week, and how long first answers took."""
    found = [_weeks(answer, wording, f"weeks.{content_id}")]
    if any(answer.first_answers):
        found.append(_first(answer, wording, f"first.{content_id}"))
    return tuple(found)


def _weeks(answer: Statistics, wording: Wording, content_id: str) -> InlineImage:
    title = say("Opened and closed by week")

    def draw(axes: "Axes") -> None:
        places = range(len(answer.weeks))
        width = 0.4
        opened = [week.opened for week in answer.weeks]
        closed = [week.closed for week in answer.weeks]
        left, right = ([place + side * width / 2 for place in places] for side in (-1, 1))
        axes.bar(left, opened, width, color=_OPENED, label=wording.sentence(say("opened")))
        axes.bar(right, closed, width, color=_CLOSED, label=wording.sentence(say("closed")))
        labels = [f"{week.monday:%d.%m.}" for week in answer.weeks]
        axes.set_xticks(list(places), labels, rotation=45, ha="right")
        axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper left")

    return InlineImage(content_id, _png(wording.sentence(title), draw), title)


def _first(answer: Statistics, wording: Wording, content_id: str) -> InlineImage:
    title = say("Time to the first answer, tickets")

    def draw(axes: "Axes") -> None:
        names = [wording.sentence(name) for name in FIRST_ANSWERS]
        bars = axes.bar(names, list(answer.first_answers), 0.6, color=_BAR)
        axes.bar_label(bars, fontsize=8, color=_INK)
        axes.tick_params(axis="x", labelsize=7)

    return InlineImage(content_id, _png(wording.sentence(title), draw), title)


def _png(title: str, draw: "Callable[[Axes], None]") -> bytes:
    # Only here: loading it takes a second and 50 MB, and few mails have a picture.
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    figure = Figure(figsize=_SIZE, dpi=_DPI, layout="constrained", facecolor="white")
    axes = figure.subplots()
    draw(axes)
    axes.set_title(title, fontsize=10, color=_INK, loc="left")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.margins(y=0.25)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8, colors=_INK, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    octets = BytesIO()
    figure.savefig(octets, format="png")
    return octets.getvalue()


def shares(counts: Sequence[int]) -> list[int]:
    """Whole percents of the counts; all 0 when there is nothing."""
    whole = sum(counts)
    return [round(100 * count / whole) if whole else 0 for count in counts]
