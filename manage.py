#!/usr/bin/env python
"""Command line of the service desk."""

import os
import sys

# Commands that only calculate; they run in a checkout that was never set up.
CALCULATIONS = {"sla_time", "sla_replay"}


def main() -> None:
    """Run the command that the arguments name."""
    only_calculates = len(sys.argv) > 1 and sys.argv[1] in CALCULATIONS
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sla.tools.settings" if only_calculates else "servicedesk.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
