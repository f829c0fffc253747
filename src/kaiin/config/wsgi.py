"""The WSGI application that `kaiin serve` runs."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kaiin.infra.locks import wait_at_most

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaiin.config.settings")
application = get_wsgi_application()

# A page that waits keeps a thread from all others; past this it is the maintenance page.
wait_at_most(settings.KAIIN_PAGE_LOCK_SECONDS)
