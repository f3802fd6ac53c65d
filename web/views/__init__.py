"""Pages that both sides share."""
