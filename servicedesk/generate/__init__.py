"""Data at size: years of a busy desk, written by COPY as the services would have written them, for measuring.

`wish` says how much; `stage` makes people, services and agreements through the models; `arrivals` says when requests
come and cuts them into chunks; `life` tells what happens to one, by the acts of `request`; `clocks` folds its record
with the engine; `record` chains its events; `rows` turns everything into lines for COPY; `keys` takes indexes and
constraints down meanwhile; `loading` puts it together. The same seed and instant make the same data, however many
processes work on it.
"""
