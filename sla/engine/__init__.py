"""Working time and service-level clocks as pure functions: no database, no Django, no reading of the time.

- `calendar` — working calendars: `worked`, `due`, `spans` (SLA-01…06)
- `clock` — `read`, the fold over a request's facts, and `ledger`, its explanation (SLA-10…20, 32, 40…43)
- `replay` — the line formats of the command-line tools

Inside, from the ground up: `instants` and `zones` (microseconds, wall time), `weeks` and `spans` (open
hours), `notation` and `errors` (JSON), `terms` (the vocabulary), `story` (facts to cycles), `meter` (one
target measured).
"""
