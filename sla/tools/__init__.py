"""Commands that only calculate: an app of its own, without models, so that they need no installation to run."""
