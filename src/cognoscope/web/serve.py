"""Running the web server: one process, or several that share the databases."""

from pathlib import Path

import uvicorn
from fastapi import FastAPI

from cognoscope.apps.installed import installed
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home, default_home
from cognoscope.web.app import create_app, now
from cognoscope.web.services import open_services

WORKER_START_SECONDS = 120
"""A worker that is silent for longer is replaced. uvicorn's own 5 s would replace, again and again, one that is still
reading its libraries on a busy machine."""

KEEP_ALIVE_SECONDS = 75
"""A browser's connection outlives the reading of a page."""

GRACE_SECONDS = 10
"""How long pages that are being made may take to finish when the server stops."""


def app() -> FastAPI:
    """The application of `$COGNOSCOPE_HOME`, as each worker makes it."""
    return create_app(default_home())


def run(
    home: Home,
    host: str,
    port: int,
    *,
    workers: int = 1,
    proxy: str | None = None,
    certificate: Path | None = None,
    private_key: Path | None = None,
) -> None:
    """Serve until interrupted. `home` must be `$COGNOSCOPE_HOME`, where the workers look for it.

    proxy: the address whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody's else are.

    Raises:
        CognoscopeError: the home cannot be opened, or certificate and key are not given together.
    """
    if (certificate is None) != (private_key is None):
        raise InvalidInput("Give --certificate and --private-key together, or neither.")
    for file in (certificate, private_key):
        if file is not None and not file.is_file():
            raise InvalidInput(f"There is no file {file}: correct the path.")
    open_services(home, installed(home), now).close()
    uvicorn.run(
        "cognoscope.web.serve:app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy,
        ssl_certfile=certificate,
        ssl_keyfile=private_key,
        server_header=False,
        access_log=False,  # addresses hold pseudonyms; who looked at what is in the access log, and only there
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=WORKER_START_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
