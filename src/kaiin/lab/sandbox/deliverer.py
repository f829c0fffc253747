"""The thread that sends notices while the service runs."""

import logging
import sqlite3
import threading

from kaiin.lab.sandbox.app import SandboxApp

_PAUSE_SECONDS = 0.3
_log = logging.getLogger(__name__)


class Deliverer:
    """Sends due notices again and again; several processes may do so over one store."""

    def __init__(self, app: SandboxApp) -> None:
        self._app = app
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-notices", daemon=True)

    def start(self) -> None:
        """Begin, in a thread that ends with the process."""
        self._thread.start()

    def stop(self) -> None:
        """End after the notice at hand."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE_SECONDS):
            try:
                while self._app.deliver_due() and not self._stop.is_set():
                    pass
            except (OSError, sqlite3.Error):
                # A full disk or a locked file must not end the sending for good.
                _log.exception("sandbox notices")
