"""How the service levels stand: now, over time, per client."""
