"""`kaiin serve`: the pages, the API and the providers' webhooks."""

import os
import resource
import sys
from functools import partial
from importlib import import_module
from typing import Annotated

import structlog
import typer

from kaiin.cli.loading import load_installation
from kaiin.infra.front import Front

_CORES = min(os.cpu_count() or 1, 8)
_HEADER_SECONDS = 30
_MAX_CONNECTIONS = 4096
# A thread that waits for the interpreter gets it after so long, Python's 5 ms otherwise: for each
# step of a request it waits for some of the other threads. Costs 1 to 2 % of processor time.
_SWITCH_SECONDS = 0.001

_log = structlog.get_logger("kaiin.serve")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; one a core.")] = _CORES,
    threads: Annotated[int, typer.Option(min=4, help="Requests at once, each process.")] = 16,
) -> None:
    """Serve the pages and the webhooks.

    Put a proxy that speaks HTTPS before it.
    """
    load_installation()
    from django.db import connections
    from django.urls import get_resolver

    from kaiin.identity.operations import let_wait_for_hashing

    # What the parent loads, its workers share; and a broken page stops the start, not a request.
    import_module("kaiin.config.wsgi")
    import_module("kaiin.config.wiring")
    get_resolver().url_patterns  # noqa: B018
    connections.close_all()
    # Forked workers inherit it. Members who are in, health and webhooks keep the other threads.
    let_wait_for_hashing(threads * 3 // 8)
    _log.info("serve.started", host=host, port=port, workers=workers)
    run_server("kaiin.config.wsgi:application", host, port, workers, threads)
    _log.info("serve.stopped")


def run_server(target: str, host: str, port: int, workers: int, threads: int) -> None:
    """Serve a WSGI application until SIGTERM or SIGINT."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    _let_open_files(_MAX_CONNECTIONS * 2)
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        http=HTTPModes.http1,
        # Counted from the end of the last request, too.
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000),
        # Connections that a worker accepts, idle ones too.
        backpressure=_MAX_CONNECTIONS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        log_level=LogLevels.warning,
    ).serve(target_loader=partial(_load, threads))


def _load(threads: int, target: str) -> Front:
    """In the worker: threads don't survive the fork."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    module, _, name = target.partition(":")
    return Front(getattr(import_module(module), name), threads)


def _let_open_files(wanted: int) -> None:
    """A connection is an open file, and the usual limit is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft != unlimited and soft < wanted:
        allowed = wanted if hard == unlimited else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
