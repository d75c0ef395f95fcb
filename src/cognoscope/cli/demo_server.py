"""The web server of a demonstration: on this machine only, and on the data's own clock where they are of the past."""

import socket
from datetime import UTC, datetime

import typer
import uvicorn

from cognoscope.cli.demo_home import Demonstration
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.web.app import create_app


def serve_demonstration(home: Home, demonstration: Demonstration, port: int, started: datetime) -> None:
    """Serve until interrupted.

    Raises:
        InvalidInput: the port is taken.
    """
    shift = datetime.fromisoformat(demonstration.clock) - started if demonstration.clock else started - started
    app = create_app(home, clock=lambda: datetime.now(UTC) + shift)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise InvalidInput(
                f"Port {port} is taken: stop what listens there, or choose another with --port."
            ) from error
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        typer.echo(f"\nOpen {address}  (without sign-in, for visitors: {address}/public). Stop with Ctrl-C.")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, access_log=False))
        server.run(sockets=[listener])
