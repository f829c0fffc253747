"""The sandbox provider, served by `kaiin sandbox`.

Read from the environment:
KAIIN_SANDBOX_STORE       the store's file, made if it is not there
KAIIN_SANDBOX_SECRET      the API's bearer secret, which also signs the notices
KAIIN_SANDBOX_NOTICE_URL  where notices go: https://<identity host>/webhooks/sandbox
KAIIN_SANDBOX_PUBLIC_URL  where browsers reach this service
KAIIN_CLOCK_FILE          the demo's shared clock (optional)
KAIIN_MODE=demo           a secret that all the world knows will do
"""

import os
import sys

from kaiin.lab.sandbox.deliverer import Deliverer
from kaiin.lab.sandbox.environment import SettingMissing, app_from

try:
    application = app_from(os.environ)
except SettingMissing as error:
    sys.exit(f"kaiin sandbox: {error}")

Deliverer(application).start()
