"""Agreements as the client's manager reads, discusses and signs them."""
