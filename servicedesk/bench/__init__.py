"""`script/bench`: what this machine takes for the work of the desk, measured on generated data.

`ground` prepares a database, a Redis and a data directory that belong to the measurement alone; `processes` runs the
real web server, workers and beat on it; `figures` holds arithmetic and tables. `pages`, `writes`, `timers`, `what_if`,
`recalculation` and `calendars` measure.

Pages: `addresses` says which ones and `people` who asks; `queues` and `combinations` read from the desk what its queue
offers. `line` is a connection, `asking` asks over one, `crowd` over several, from the processes of `load`. `bare` runs
a page's statements without Django, `floors` puts a page beside its floor, `limits` says what it may take; `memory` and
`statements` look at the server meanwhile.

Acts: `stories` says what happens to the requests they are measured on.

Timers: `population` adds requests that are due at one instant.
"""
