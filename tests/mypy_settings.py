"""The settings as mypy's Django plugin reads them: those of tests."""

import os

os.environ.setdefault("KAIIN_MODE", "test")

from kaiin.config.settings import *  # noqa: F403
