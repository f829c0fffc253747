"""`kaiin sandbox`: the sandbox provider's own service, for the demo and for tests."""

from typing import Annotated

import typer

from kaiin.cli.serve import run_server


def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8001,
) -> None:
    """Run the sandbox provider, which plays card, carriers and stores."""
    run_server("kaiin.lab.sandbox.wsgi:application", host, port, workers=1, threads=4)
