"""`kaiin serve`: the pages, the API and the providers' webhooks."""

import os
from importlib import import_module
from typing import Annotated

import structlog
import typer

from kaiin.cli.loading import load_django, stop_unless_migrated

_CORES = min(os.cpu_count() or 1, 8)

_log = structlog.get_logger("kaiin.serve")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; one a core.")] = _CORES,
    threads: Annotated[int, typer.Option(min=1, help="Requests at once, each process.")] = 4,
) -> None:
    """Serve the pages and the webhooks.

    Put a proxy that speaks HTTPS before it.
    """
    load_django()
    stop_unless_migrated()
    from django.db import connections
    from django.urls import get_resolver

    # What the parent loads, its workers share; and a broken page stops the start, not a request.
    import_module("kaiin.config.wsgi")
    get_resolver().url_patterns  # noqa: B018
    connections.close_all()
    _log.info("serve.started", host=host, port=port, workers=workers)
    run_server("kaiin.config.wsgi:application", host, port, workers, threads)
    _log.info("serve.stopped")


def run_server(target: str, host: str, port: int, workers: int, threads: int) -> None:
    """Serve a WSGI application until SIGTERM or SIGINT."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        log_level=LogLevels.warning,
    ).serve()
