"""Which lines of an answer are the lines of the mail it answers, compared word for word."""

from collections.abc import Sequence

_SIGNS = " \t\r>|*_\xa0\ufeff"
_RUN = 4  # words that find a place in what was sent
_PLACES = 4  # that are remembered for each such run
_SURE = 8  # words without a break that prove lines without a quote sign to be ours

Spot = tuple[int, int]


class Sent:
    """The words of a mail we sent, to be found again whatever the prefix and the wrapping."""

    __slots__ = ("_places", "_words")

    def __init__(self, text: str) -> None:
        self._words = [word for line in text.split("\n") for word in _words(line)]
        self._places: dict[tuple[str, ...], list[int]] = {}
        words = self._words
        for place in range(len(words) - _RUN + 1):
            places = self._places.setdefault(tuple(words[place : place + _RUN]), [])
            if len(places) < _PLACES:
                places.append(place)

    def lines_in(self, lines: Sequence[str], quoted: Sequence[bool]) -> list[bool]:
        """For each line whether it is ours; in time that grows with the words of both texts.

        A line that follows on a line of ours, or leads to it, may be short. Lines without a quote
        sign need eight words in a row: "Viele Grüße" is in both mails and is new all the same.
        """
        split = [_words(line) for line in lines]
        spots = self._follow(split)
        self._lead(split, spots)
        ours = [spot is not None for spot in spots]
        for start, end in _runs(split, spots):
            words = sum(len(split[number]) for number in range(start, end))
            if words < _SURE and not any(quoted[start:end]):
                ours[start:end] = [False] * (end - start)
        for number in range(1, len(lines)):  # an empty line of ours, with its prefix
            ours[number] |= ours[number - 1] and not split[number] and bool(lines[number].strip())
        return ours

    def _follow(self, split: Sequence[Sequence[str]]) -> list[Spot | None]:
        spots: list[Spot | None] = [None] * len(split)
        expected = -1
        for number, words in enumerate(split):
            if not words:
                continue
            place = self._place(words, expected)
            if place >= 0:
                expected = place + len(words)
                spots[number] = (place, expected)
            else:
                expected = -1
        return spots

    def _lead(self, split: Sequence[Sequence[str]], spots: list[Spot | None]) -> None:
        """Short lines that stand directly above a line of ours in both mails."""
        expected = -1
        for number in range(len(split) - 1, -1, -1):
            words, spot = split[number], spots[number]
            if not words:
                continue
            if spot is None and expected >= len(words):
                place = expected - len(words)
                if self._words[place:expected] == words:
                    spots[number] = spot = (place, expected)
            expected = spot[0] if spot else -1

    def _place(self, words: Sequence[str], expected: int) -> int:
        size = len(words)
        if expected >= 0 and self._words[expected : expected + size] == words:
            return expected
        if size < _RUN:
            return -1
        return next(
            (
                place
                for place in self._places.get(tuple(words[:_RUN]), ())
                if self._words[place : place + size] == words
            ),
            -1,
        )


def _words(line: str) -> list[str]:
    return line.lstrip(_SIGNS).replace("*", " ").casefold().split()


def _runs(split: Sequence[Sequence[str]], spots: Sequence[Spot | None]) -> list[tuple[int, int]]:
    """Stretches of lines that are ours and follow on each other in what was sent."""
    runs: list[tuple[int, int]] = []
    start, last, expected = -1, -1, -1
    for number, spot in enumerate(spots):
        if not split[number]:
            continue
        if spot is None or spot[0] != expected:
            if start >= 0:
                runs.append((start, last + 1))
            start = number if spot else -1
        last, expected = number, spot[1] if spot else -1
    if start >= 0:
        runs.append((start, last + 1))
    return runs
