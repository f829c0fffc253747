"""Django's management commands: `python -m kaiin.config.manage migrate`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaiin.config.settings")
    execute_from_command_line(sys.argv)
