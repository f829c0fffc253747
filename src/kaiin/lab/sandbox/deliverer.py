"""The threads that send notices while the service runs."""

import logging
import sqlite3
import threading

from kaiin.lab.sandbox.app import SandboxApp

_PAUSE_SECONDS = 0.3
# A slow receiver of one notice keeps no other waiting, and a thousand charges not the next one's.
_THREADS = 4
_AT_ONCE = 10
_log = logging.getLogger(__name__)


class Deliverer:
    """Sends due notices again and again; several processes may do so over one store."""

    def __init__(self, app: SandboxApp) -> None:
        self._app = app
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"sandbox-notices-{number}", daemon=True)
            for number in range(_THREADS)
        ]

    def start(self) -> None:
        """Begin, in threads that end with the process."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the notices at hand."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE_SECONDS):
            try:
                while self._app.deliver_due(limit=_AT_ONCE) and not self._stop.is_set():
                    pass
            except (OSError, sqlite3.Error):
                # A full disk or a locked file must not end the sending for good.
                _log.exception("sandbox notices")
