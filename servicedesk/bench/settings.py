"""Settings while measuring: the product's own, and one address more, which does nothing."""

from __future__ import annotations

from servicedesk.settings import *  # noqa: F403

ROOT_URLCONF = "servicedesk.bench.urls"
