"""Who goes first: accepting, and processing in slices."""

from gateway.workers import slices
from gateway.workers.slices import Slices


def test_in_a_lull_processing_begins_at_once_and_ends_when_mail_comes_in():
    busy = False
    goes_on = Slices(lambda: busy).next()
    assert goes_on()
    busy = True
    assert not goes_on()


def test_in_a_long_rush_processing_gets_a_slice_all_the_same(monkeypatch):
    monkeypatch.setattr(slices, "LONGEST_WAIT", 0.02)
    goes_on = Slices(lambda: True).next()
    assert goes_on()


def test_processing_waits_for_the_lull():
    answers = iter([True, True, True, False])
    asked = []

    def is_busy():
        asked.append(next(answers, False))
        return asked[-1]

    assert Slices(is_busy).next()()
    assert asked[:4] == [True, True, True, False]
