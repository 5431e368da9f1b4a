#!/usr/bin/env python
"""Django's command line for the register."""

import os
import sys

from django.core.management import execute_from_command_line

from louisville_ice.startup import refuse_what_is_unsafe


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "louisville_ice.settings")
    if sys.argv[1:2] == ["procrastinate"] and "worker" in sys.argv:
        refuse_what_is_unsafe()  # as wsgi.py does: it sends what it is told to people
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
