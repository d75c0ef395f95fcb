"""Static files: read once, compressed once, named by their content so that a browser may keep them for a year."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

STATIC_FOLDER = Path(__file__).parent / "static"
SERVED = {".css", ".js", ".svg", ".png", ".ico", ".woff2"}
FOREVER = "public, max-age=31536000, immutable"

router = APIRouter()


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    media_type: str
    version: str

    @cached_property
    def compressed(self) -> bytes:
        """The body for those who accept gzip, made when it is first asked for: the 3-D viewer is 2 MB."""
        return gzip.compress(self.body, 9, mtime=0)


class Assets:
    """Every file to serve, by its path under the folder."""

    def __init__(self, folder: Path = STATIC_FOLDER) -> None:
        self.folder = folder

    @cached_property
    def files(self) -> dict[str, Asset]:
        """Path to asset; read at first use."""
        return {
            path.relative_to(self.folder).as_posix(): _read(path)
            for path in sorted(self.folder.rglob("*"))
            if path.suffix in SERVED
        }

    def url(self, path: str) -> str:
        """The address of a file, with its content's version.

        Raises:
            KeyError: there is no such file: a template names one that was not vendored.
        """
        return f"/static/{path}?v={self.files[path].version}"


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    media_type = "image/svg+xml" if path.suffix == ".svg" else mimetypes.guess_type(path.name)[0]
    return Asset(
        body=body,
        media_type=media_type or "application/octet-stream",
        version=hashlib.sha256(body).hexdigest()[:12],
    )


ASSETS = Assets()


@router.get("/static/{path:path}", include_in_schema=False)
async def static_file(path: str, request: Request) -> Response:
    """A static file; kept for a year when the address carries its version, else checked each time."""
    asset = ASSETS.files.get(path)
    if asset is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": FOREVER if request.query_params.get("v") == asset.version else "no-cache",
        "ETag": f'"{asset.version}"',
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.compressed, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.body, media_type=asset.media_type, headers=headers)
