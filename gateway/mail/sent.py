"""Which lines of an answer are the lines of the mail it answers, compared word for word."""

import re
from collections.abc import Sequence
from itertools import pairwise

_SIGNS = " \t\r>|*_\xa0\ufeff"
_RULES = _SIGNS + "-=—–"
_RUN = 4  # words that find a place in what was sent
_PLACES = 4  # that are remembered for each such run
_ALIKE = 0.8  # of the pairs of words of a line
_SURE = 8  # words without a break that prove lines without a quote sign to be ours

_TARGET = re.compile(r"[<(\[]\s?(?:https?://|mailto:)[^\s<>()\[\]]{1,500}\s?[>)\]]")

Spot = tuple[int, int]


class Sent:
    """The words of a mail we sent, to be found again whatever the prefix and the wrapping."""

    __slots__ = ("_lines", "_pairs", "_places", "_words")

    def __init__(self, text: str) -> None:
        split = [_words(line) for line in text.split("\n")]
        self._words = [word for words in split for word in words]
        self._pairs = frozenset(pairwise(self._words))
        self._lines = frozenset(tuple(words) for words in split)
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
        self._fill(split, ours)
        for number in range(1, len(lines)):  # an empty line of ours, with its prefix, or a rule
            bare = not split[number] and lines[number].strip() and not lines[number].strip(_RULES)
            ours[number] |= ours[number - 1] and bool(bare)
        return ours

    def _follow(self, split: Sequence[Sequence[str]]) -> list[Spot | None]:
        """Where each line stands in what was sent; below an inserted line it goes on as before."""
        spots: list[Spot | None] = [None] * len(split)
        expected = -1
        for number, words in enumerate(split):
            if not words:
                continue
            place = self._place(words, expected)
            if place >= 0:
                expected = place + len(words)
                spots[number] = (place, expected)
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

    def _fill(self, split: Sequence[Sequence[str]], ours: list[bool]) -> None:
        """Lines of ours that a program wrote in another way, as it does with tables and links.

        Only between lines of ours, and nearly each pair of words must stand in what was sent.
        """
        texts = [number for number, words in enumerate(split) if words]
        around: list[bool] = [False, *(ours[number] for number in texts), False]
        for place, number in enumerate(texts):
            if not ours[number] and any(around[max(place - 1, 0) : place + 1]):
                alike = self._is_alike(split[number])
                ours[number] = around[place + 1] = alike and any(around[place + 2 : place + 4])

    def _is_alike(self, words: Sequence[str]) -> bool:
        pairs = list(pairwise(words))
        known = sum(pair in self._pairs for pair in pairs)
        return known >= _ALIKE * len(pairs) if len(words) >= _RUN else tuple(words) in self._lines

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
    line = line.lstrip(_SIGNS)
    if "//" in line:
        line = _TARGET.sub(" ", line)
    words = line.replace("*", " ").casefold().split()
    return [word for word in words if any(map(str.isalnum, word))]


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
