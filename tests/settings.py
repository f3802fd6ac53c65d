"""Settings under test: the product's own, read in an environment made for tests."""

from __future__ import annotations

from servicedesk.testing import settle

settle()

from servicedesk.settings import *  # noqa: E402, F403 - after the environment is settled

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a safe one takes longer than most tests
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"  # no collecting before each run
}
