"""Fetch a reference set from its publisher: only when asked, never half a file, never an unchecked one."""

import gzip
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx

from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.checksums import FETCHED, check, sum_of
from cognoscope.datasets.registry import DataFile, Dataset

CHUNK = 1 << 16


def fetch(dataset: Dataset, root: Path, say: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Download what is missing of the set into `root`; what is there and right is left alone.

    An interrupted download is kept as `.part` and continued. Returns the files written.

    Raises:
        InvalidInput: the set may not be downloaded, the network or the publisher does not answer, or what came
            is not what was registered (it is then deleted).
    """
    if dataset.not_fetchable:
        raise InvalidInput(f"{dataset.name} cannot be fetched: {dataset.not_fetchable} ({dataset.address}).")
    written = []
    for entry, found in zip(dataset.files, check(dataset, root), strict=True):
        if found.standing in ("as registered", "newer, as fetched"):
            say(f"{entry.name}: already there")
            continue
        if found.standing == "different":
            raise InvalidInput(
                f"{found.path} is there but is not the registered file: move it away, then fetch {dataset.name} again."
            )
        say(f"{entry.name}: from {entry.url}")
        _fetch_file(entry, found.path)
        written.append(found.path)
    return written


def _fetch_file(entry: DataFile, target: Path) -> None:
    if entry.url is None:
        raise InvalidInput(f"{entry.name} has no address to fetch it from.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    _download(entry.url, part, resume=entry.moving is None)
    if entry.moving is not None:
        _keep_moving(entry, part, target)
        return
    if not _is_registered(part, entry):
        part.unlink()
        raise InvalidInput(
            f"What {entry.url} sent is not the registered {entry.name} (its SHA-256 differs): it was deleted. "
            "The publisher may have changed it; nothing was kept."
        )
    _settle(part, target)


def _is_registered(part: Path, entry: DataFile) -> bool:
    try:
        return sum_of(part, entry) == entry.sha256
    except zipfile.BadZipFile:
        return False


def _download(url: str, part: Path, *, resume: bool) -> None:
    already = part.stat().st_size if resume and part.exists() else 0
    headers = {"Range": f"bytes={already}-"} if already else {}
    try:
        with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=30) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return  # the whole file is already there; the checksum decides
            response.raise_for_status()
            continued = response.status_code == httpx.codes.PARTIAL_CONTENT
            with part.open("ab" if continued else "wb") as out:
                for chunk in response.iter_bytes(CHUNK):
                    out.write(chunk)
    except httpx.HTTPStatusError as error:
        raise InvalidInput(
            f"{url} answered {error.response.status_code}: the publisher may have moved the file; nothing was kept."
        ) from error
    except httpx.HTTPError as error:
        raise InvalidInput(
            f"{url} cannot be reached ({type(error).__name__}): this machine may be offline. Fetch again when it is "
            "not (what has arrived is kept and continued), or copy the files by hand and set COGNOSCOPE_DATASETS."
        ) from error


def _keep_moving(entry: DataFile, part: Path, target: Path) -> None:
    """A file that grows has no sum to meet: its heading must be the known one, and its own sum is noted beside it."""
    with part.open(encoding="utf-8", errors="replace") as stream:
        heading = [stream.readline() for _ in range(2)]
    if not any(line.startswith(entry.moving or "") for line in heading):
        part.unlink()
        raise InvalidInput(
            f"What {entry.url} sent does not begin like {entry.name} should ({entry.moving}...): it was deleted."
        )
    if target.suffix == ".gz":
        packed = part.with_name(part.name + ".gz")
        with part.open("rb") as plain, packed.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
            shutil.copyfileobj(plain, out)
        part.unlink()
        part = packed
    with part.open("rb") as stream:
        own = hashlib.file_digest(stream, "sha256").hexdigest()
    target.with_name(target.name + FETCHED).write_text(own + "\n", encoding="ascii")
    _settle(part, target)


def _settle(part: Path, target: Path) -> None:
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())
    part.replace(target)
