"""Fetching against a local server: resumed, refused with a sentence, never half written."""

import gzip
import hashlib
import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.checksums import check
from cognoscope.datasets.fetch import fetch
from cognoscope.datasets.registry import DataFile, Dataset

CONTENT = bytes(range(256)) * 2000


class _Publisher(ThreadingHTTPServer):
    daemon_threads = True
    served: dict[str, bytes] = {}
    cut_after: int | None = None
    ranges: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Publisher

    def do_GET(self) -> None:
        body = self.server.served.get(self.path)
        if body is None:
            self.send_error(404)
            return
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if asked:
            self.server.ranges.append(asked)
        if start >= len(body) and asked:
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        stop = len(body) if self.server.cut_after is None else min(len(body), start + self.server.cut_after)
        self.wfile.write(body[start:stop])

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def publisher() -> Iterator[_Publisher]:
    server = _Publisher(("127.0.0.1", 0), _Handler)
    server.served, server.ranges = {}, []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _set(port: int, **file: object) -> Dataset:
    entry = {
        "name": "counts.bin",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "url": f"http://127.0.0.1:{port}/counts.bin",
    }
    return Dataset(
        name="counts",
        folder="flow/counts",
        title="Counts",
        publisher="Somebody",
        address="http://127.0.0.1/",
        licence="CC0",
        may_ship=True,
        reader="none",
        files=(DataFile.model_validate(entry | file),),
    )


def test_a_file_is_fetched_checked_and_not_fetched_twice(publisher, tmp_path):
    publisher.served["/counts.bin"] = CONTENT
    wanted = _set(publisher.server_port)
    said: list[str] = []

    assert fetch(wanted, tmp_path) == [tmp_path / "flow/counts/counts.bin"]
    assert (tmp_path / "flow/counts/counts.bin").read_bytes() == CONTENT
    assert fetch(wanted, tmp_path, said.append) == []
    assert said == ["counts.bin: already there"]
    assert [found.standing for found in check(wanted, tmp_path)] == ["as registered"]


def test_an_interrupted_download_continues_where_it_stopped(publisher, tmp_path):
    publisher.served["/counts.bin"] = CONTENT
    publisher.cut_after = 300_000
    wanted = _set(publisher.server_port)

    with pytest.raises(InvalidInput, match="cannot be reached"):
        fetch(wanted, tmp_path)
    part = tmp_path / "flow/counts/counts.bin.part"
    arrived = part.stat().st_size
    assert 0 < arrived <= 300_000
    publisher.cut_after = None
    fetch(wanted, tmp_path)

    assert publisher.ranges == [f"bytes={arrived}-"]
    assert (tmp_path / "flow/counts/counts.bin").read_bytes() == CONTENT
    assert not part.exists()


def test_a_complete_part_is_checked_without_being_sent_again(publisher, tmp_path):
    publisher.served["/counts.bin"] = CONTENT
    part = tmp_path / "flow/counts/counts.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)

    fetch(_set(publisher.server_port), tmp_path)

    assert publisher.ranges == [f"bytes={len(CONTENT)}-"]
    assert (tmp_path / "flow/counts/counts.bin").read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_deleted_and_said(publisher, tmp_path):
    publisher.served["/counts.bin"] = CONTENT[:-1] + b"!"

    with pytest.raises(InvalidInput, match="SHA-256 differs"):
        fetch(_set(publisher.server_port), tmp_path)

    assert list((tmp_path / "flow/counts").iterdir()) == []


def test_a_missing_page_and_an_unreachable_publisher_are_one_sentence(publisher, tmp_path):
    with pytest.raises(InvalidInput, match="answered 404"):
        fetch(_set(publisher.server_port), tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        with pytest.raises(InvalidInput, match="may be offline"):
            fetch(_set(taken.getsockname()[1]), tmp_path)


def test_what_is_there_but_different_is_not_overwritten(publisher, tmp_path):
    publisher.served["/counts.bin"] = CONTENT
    mine = tmp_path / "flow/counts/counts.bin"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"my own work")

    with pytest.raises(InvalidInput, match="move it away"):
        fetch(_set(publisher.server_port), tmp_path)

    assert mine.read_bytes() == b"my own work"


def test_a_set_without_licence_is_never_fetched(publisher, tmp_path):
    closed = _set(publisher.server_port).model_copy(update={"not_fetchable": "its publisher states no licence"})

    with pytest.raises(InvalidInput, match="states no licence"):
        fetch(closed, tmp_path)

    assert not (tmp_path / "flow").exists()


def test_a_growing_file_is_known_by_its_heading_and_keeps_its_own_sum(publisher, tmp_path):
    publisher.served["/counts.bin"] = b"# source\nweek,indicator,inc,low\n202601,3,1,2\n"
    wanted = _set(publisher.server_port, name="weekly.csv.gz", moving="week,indicator,inc,")

    (written,) = fetch(wanted, tmp_path)

    assert gzip.decompress(written.read_bytes()) == publisher.served["/counts.bin"]
    assert [found.standing for found in check(wanted, tmp_path)] == ["newer, as fetched"]
    written.write_bytes(b"changed since")
    assert [found.standing for found in check(wanted, tmp_path)] == ["different"]


def test_a_growing_file_with_another_heading_is_deleted(publisher, tmp_path):
    publisher.served["/counts.bin"] = b"<html>moved</html>"

    with pytest.raises(InvalidInput, match="does not begin like"):
        fetch(_set(publisher.server_port, moving="week,indicator,inc,"), tmp_path)

    assert list((tmp_path / "flow/counts").iterdir()) == []


def _archive(clutter: bool, compression: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        archive.writestr("PERSON.csv", "person_id\n1\n")
        if clutter:
            archive.writestr("__MACOSX/._PERSON.csv", "noise")
    return packed.getvalue()


def test_an_archive_is_judged_by_its_members(publisher, tmp_path):
    member = hashlib.sha256(b"person_id\n1\n").hexdigest()
    total = hashlib.sha256(f"PERSON.csv {member}\n".encode()).hexdigest()
    wanted = _set(publisher.server_port, sum="members", sha256=total)
    publisher.served["/counts.bin"] = _archive(clutter=True, compression=zipfile.ZIP_DEFLATED)

    fetch(wanted, tmp_path)

    assert [found.standing for found in check(wanted, tmp_path)] == ["as registered"]
    (tmp_path / "flow/counts/counts.bin").write_bytes(_archive(clutter=False, compression=zipfile.ZIP_STORED))
    assert [found.standing for found in check(wanted, tmp_path)] == ["as registered"]
    (tmp_path / "flow/counts/counts.bin").write_bytes(b"no archive")
    assert [found.standing for found in check(wanted, tmp_path)] == ["different"]
