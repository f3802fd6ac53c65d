"""Agreements: list, versions, editor, negotiation, what a request would get."""
