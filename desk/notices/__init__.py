"""How notices are worded (SLA-44)."""
