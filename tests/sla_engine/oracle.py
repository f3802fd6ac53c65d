"""An independent answer to `worked`: walk the minutes of the UTC line and ask each for its local wall time.

Nothing here is shared with the engine. It asks of a minute "does its wall time lie in hours of its local day, or in
the part after midnight of hours of the day before", so it agrees with interval arithmetic wherever no interval begins
or ends within the hour that the clocks skip or repeat; `strategies` keeps such ends out.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Notation = dict[str, object]


def worked_minutes(notation: Notation, start: datetime, end: datetime) -> int:
    """Open minutes in [start, end), both whole minutes."""
    zone = ZoneInfo(str(notation["timezone"]))
    open_minutes = 0
    while start < end:
        open_minutes += is_open(notation, start.astimezone(zone))
        start += MINUTE
    return open_minutes


def due_minute(notation: Notation, start: datetime, minutes: int) -> datetime:
    """The end of the minute that uses the target up."""
    zone = ZoneInfo(str(notation["timezone"]))
    while minutes:
        minutes -= is_open(notation, start.astimezone(zone))
        start += MINUTE
    return start


def is_open(notation: Notation, local: datetime) -> bool:
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    now = f"{local.hour:02}:{local.minute:02}"
    if any(a <= now and (now < b or b <= a) for a, b in intervals(notation, today)):
        return True
    return any(b <= a and now < b for a, b in intervals(notation, yesterday))


def intervals(notation: Notation, day: date) -> list[list[str]]:
    """SLA-02, in the words of the notation; b <= a crosses midnight."""
    text = day.isoformat()
    if text in notation["special"]:
        return notation["special"][text]
    if text in notation["workdays"]:
        return notation["hours"][notation["workdays"][text]]
    if text in notation["holidays"]:
        return []
    return notation["hours"][NAMES[day.weekday()]]
