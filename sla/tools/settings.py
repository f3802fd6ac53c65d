"""Settings for the commands that only calculate: no database, no secret, nothing but the commands."""

INSTALLED_APPS = ["sla.tools"]
USE_I18N = False
USE_TZ = True
