from pathlib import Path

from tests.intake.documents.files import LINES, docx
from tests.intake.documents.taking_in import AT, folder_of
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys


def ingest(home: Home, *words: object) -> tuple[str, BaseException | None]:
    result = CliRunner().invoke(
        app,
        ["ingest", "documents", *map(str, words), "--at", AT.isoformat()],
        env={"COGNOSCOPE_HOME": str(home.path)},
    )
    return result.output, result.exception


def test_the_verb_says_what_came_of_it(home: Home, tmp_path: Path) -> None:
    keys.create(home)
    folder = folder_of(tmp_path / "in", {"a.docx": docx(LINES), "b.txt": b"Apyrexie.", "c.pdf": b"%PDF-1.4 cut"})
    (folder / "other.txt").write_text("x")
    said, error = ingest(home, folder)
    assert error is None and "3 documents listed: 2 written, 1 in quarantine, 0 unchanged." in said
    assert "1 (the PDF is damaged or cut off: export it again)" in said
    assert "1 files of the folder were passed over" in said
    assert "all of it was there before" in ingest(home, folder)[0]


def test_what_cannot_be_used_ends_in_a_sentence(home: Home, tmp_path: Path) -> None:
    keys.create(home)
    _, error = ingest(home, tmp_path / "absent")
    assert isinstance(error, InvalidInput) and "no file or folder" in str(error)
    _, error = ingest(home, tmp_path, "--map", tmp_path / "absent.toml")
    assert isinstance(error, InvalidInput) and "There is no mapping" in str(error)
