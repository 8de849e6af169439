#!/usr/bin/env python3
"""Django's command line; `./dev manage ...` runs it on the instance's engines."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_assistant.settings.dev")
    execute_from_command_line(sys.argv)
