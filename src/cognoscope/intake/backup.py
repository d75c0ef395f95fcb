"""Backup of a whole installation while it runs: everything a hospital would lose with the machine.

Each store is copied as it is at one instant. The ledger goes first and the vault last, so that the copy never tells
of data that it lacks, nor holds a pseudonym whose identity it lacks.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from cognoscope import __version__
from cognoscope.core.actor import Actor
from cognoscope.core.backup import copy_out, copy_sqlite
from cognoscope.core.errors import InvalidInput, LedgerDamaged
from cognoscope.core.events import BackupMade
from cognoscope.core.home import Home
from cognoscope.core.ledger import Head, Ledger
from cognoscope.intake.backup_manifest import ACCESS, LEDGER, NAME, BackupManifest, list_files
from cognoscope.intake.manifest import replace
from cognoscope.intake.new_folder import new_folder
from cognoscope.intake.warehouse import open_warehouse

_PASSING = ("-wal", "-shm", "-journal", "-queue", ".lock")
"""Ends of names of files that mean something only to the programs that run now."""


def back_up(home: Home, folder: Path, actor: Actor, at: datetime) -> BackupManifest:
    """Copy the installation into a new folder and record it in the ledger; returns what was written.

    The folder appears, complete, at the end; when anything fails, nothing is left behind.

    Raises:
        InvalidInput: the folder is not empty or lies in the installation, or something could not be copied.
        LedgerDamaged: the ledger does not verify; the last good backup is then the one to keep.
    """
    if folder.absolute().is_relative_to(home.path.absolute()):
        raise InvalidInput(f"{folder} lies in the installation itself: name a folder outside, best on another disk.")
    with Ledger.open(home.ledger_url) as ledger:
        with new_folder(folder, "The backup") as partial:
            copy_out(home.ledger_url, partial / LEDGER)
            head = _verified_head(partial / LEDGER)
            copy_out(home.access_url, partial / ACCESS, "access")
            for source in _files(home):
                target = partial / source.relative_to(home.path)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                if source.suffix == ".sqlite":
                    copy_sqlite(source, target)
                else:
                    shutil.copyfile(source, target)
            if home.vault_file.exists():
                copy_sqlite(home.vault_file, partial / home.vault_file.name)
            files = list_files(partial)
            manifest = BackupManifest(version=__version__, made_at=at, entries=head.seq, head=head.hash, files=files)
            replace(partial / NAME, manifest.canonical())
        ledger.append(BackupMade(head=head.hash, files=len(files)), actor, at)
    return manifest


def _verified_head(file: Path) -> Head:
    with Ledger.open(f"sqlite:///{file}") as ledger:
        verification = ledger.verify()
    if verification.problem is not None:
        raise LedgerDamaged(f"{verification.problem} No backup was made: keep the last good one.")
    return verification.head


def _files(home: Home) -> Iterator[Path]:
    """The warehouse's committed files, then every other file of the home that is not a database."""
    yield from open_warehouse(home).files()
    urls = (make_url(url) for url in (home.ledger_url, home.access_url))
    databases = {home.vault_file, *(Path(url.database or "") for url in urls if url.get_backend_name() == "sqlite")}
    for path in sorted(home.path.rglob("*")):
        passing = path.name.startswith(".") or path.name.endswith(_PASSING)
        passing = passing or path.is_relative_to(home.dicom / "spool")  # identities, here for some seconds only
        if path.is_file() and not passing and path not in databases and not path.is_relative_to(home.warehouse):
            yield path
