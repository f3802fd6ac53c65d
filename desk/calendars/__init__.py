"""Working calendars: list, editor, year view, trial calculation, versions."""
