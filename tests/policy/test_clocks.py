"""A clock that jumps is not believed until it is back, or for a day."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.clock import Beat, Tick
from gateway.policy.clocks import judged

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.up, self.off, self.boot = HOUR, timedelta(), "one"
        self.beat: Beat | None = None
        self.latest: datetime | None = None

    @property
    def clock(self) -> datetime:
        return NOW + self.up + self.off

    def after(self, time: timedelta) -> bool:
        """True when the clock is believed so much later."""
        self.up += time
        self.beat = judged(Tick(self.boot, self.clock, self.up), self.beat, self.latest)
        if self.beat.is_right:
            self.latest = max(self.latest or self.clock, self.clock)
        return self.beat.is_right

    def starts(self, down: timedelta) -> None:
        """It was switched off for so long."""
        self.off += down + self.up
        self.up, self.beat, self.boot = timedelta(minutes=1), None, "another"


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY, -DAY, 10 * YEAR, -10 * YEAR])
def test_a_jump_there_and_back_is_waited_for(jump: timedelta) -> None:
    machine = Machine()
    assert machine.after(HOUR)
    machine.off = jump
    assert not machine.after(timedelta(seconds=1))
    assert not machine.after(3 * HOUR)
    machine.off = timedelta()
    assert machine.after(timedelta(seconds=1))
    assert machine.after(DAY)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY, 10 * YEAR])
def test_a_clock_that_stays_is_believed_after_a_day(jump: timedelta) -> None:
    machine = Machine()
    machine.after(HOUR)
    machine.off = jump
    assert not machine.after(timedelta(seconds=1))
    assert not machine.after(23 * HOUR)
    assert machine.after(2 * HOUR)
    assert machine.after(HOUR)


def test_one_that_jumps_again_is_waited_for_again() -> None:
    machine = Machine()
    machine.after(HOUR)
    machine.off = YEAR
    machine.after(timedelta(seconds=1))
    machine.off = 2 * YEAR
    assert not machine.after(23 * HOUR)
    assert not machine.after(2 * HOUR)
    assert machine.after(23 * HOUR)


def test_a_clock_that_is_slowly_corrected_is_believed() -> None:
    machine = Machine()
    for _ in range(100):
        machine.off += timedelta(seconds=30)
        assert machine.after(timedelta(minutes=1))


@pytest.mark.parametrize("down", [HOUR, DAY, 14 * DAY])
def test_a_machine_that_was_off_for_some_weeks_goes_on(down: timedelta) -> None:
    machine = Machine()
    machine.after(HOUR)
    machine.starts(down)
    assert machine.after(HOUR)


@pytest.mark.parametrize("down", [-DAY, -20 * YEAR, 2 * YEAR])
def test_a_machine_that_starts_in_another_time_waits(down: timedelta) -> None:
    machine = Machine()
    machine.after(HOUR)
    machine.starts(down)
    assert not machine.after(HOUR)
    assert not machine.after(HOUR)
    machine.off -= down - HOUR  # the time server has been reached
    assert machine.after(HOUR)
