"""Demonstration data: a service desk that has been at work for ninety days, made by calling the services.

`people` and `catalogue` set the stage, `scenarios` holds what is asked and said, `story` is the life of one request,
`past` and `present` say which requests there are, `clockwork` runs everything in the order of time, `loading` puts it
together.
"""
