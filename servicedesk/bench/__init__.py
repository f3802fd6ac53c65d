"""`script/bench`: what this machine takes for the work of the desk, measured on generated data.

`ground` prepares a database, a Redis and a data directory that belong to the measurement alone; `processes` runs the
real web server, workers and beat on it; `population` adds requests that are due at one instant; `pages`, `timers`,
`replays` (what-if and recalculation) and `calendars` measure; `figures` holds arithmetic and tables.
"""
