"""What the engine refuses, as a code for machines and a sentence for people."""

SENTENCES = {
    "missing_key": "{field} is missing.",
    "unknown_key": "{field} is not a known key of a calendar.",
    "wrong_type": "{field} must be {expected}.",
    "unknown_timezone": "{value!r} is not a known time zone.",
    "unknown_weekday": "{field}: {value!r} is not a weekday; use mon, tue, wed, thu, fri, sat or sun.",
    "bad_time": "{field}: {value!r} is not a time of day from 00:00 to 24:00.",
    "zero_length": "{field}: the interval {value} has no length.",
    "overlap": "{field}: the intervals {first} and {second} overlap.",
    "bad_date": "{field}: {value!r} is not a date such as 2026-10-01.",
    "no_working_time": "The calendar has no working time in the {days} days from {since}.",
    "negative_duration": "A duration cannot be negative.",
    "naive_time": "A time without a time zone cannot be calculated with.",
    "too_far": "The calculation reaches over more than 200 years.",
    "out_of_range": "The calculation leaves the years 1 to 9999.",
}


class CalendarError(ValueError):
    """A calendar, or a question put to one, that makes no sense.

    `code` is one of `SENTENCES`, `field` the place in the JSON ("hours.mon[0]", or ""), `params` the values
    that a translated sentence needs. `str()` is the English sentence.
    """

    def __init__(self, code: str, field: str = "", **params: object) -> None:
        self.code = code
        self.field = field
        self.params = params
        super().__init__(SENTENCES[code].format(field=field, **params))

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling: the parameters are keywords, which exceptions forget."""
        return _rebuild, (self.code, self.field, self.params)


def _rebuild(code: str, field: str, params: dict[str, object]) -> CalendarError:
    return CalendarError(code, field, **params)
