"""Restore of a whole installation from a backup, verified before it takes its place."""

import hashlib
from datetime import datetime
from pathlib import Path

from cognoscope.core.actor import Actor
from cognoscope.core.backup import copy_in
from cognoscope.core.database import migrate
from cognoscope.core.errors import InvalidInput, LedgerDamaged
from cognoscope.core.events import Restored
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.backup_manifest import ACCESS, LEDGER, BackedUpFile, BackupManifest, read
from cognoscope.intake.new_folder import new_folder


def restore(folder: Path, home: Home, actor: Actor, at: datetime) -> BackupManifest:
    """Make the installation anew from the backup in `folder`, then record that it was restored.

    Every checksum, the chain and its head are verified on the copy before it becomes the home; when anything is
    wrong, nothing is left behind. A backup of an earlier version is brought up to date. Where the settings name other
    databases (PostgreSQL), these must be empty and are filled.

    Raises:
        InvalidInput: no complete backup, a file that was changed, a home or a database that is not empty.
        LedgerDamaged: the chain does not verify or does not end at the head that the backup names.
    """
    manifest = read(folder)
    with new_folder(home.path, "The restored installation") as partial:
        for file in manifest.files:
            _copy_checked(folder, partial, file)
        for name in (LEDGER, ACCESS):
            if not (partial / name).is_file():
                raise InvalidInput(f"The backup {folder} holds no {name}: choose another backup.")
        migrate(f"sqlite:///{partial / LEDGER}")
        migrate(f"sqlite:///{partial / ACCESS}", "access")
        _verify(partial / LEDGER, manifest)
        settings = Home(partial).settings()
        if settings.ledger_url is not None:
            copy_in(partial / LEDGER, settings.ledger_url)
            (partial / LEDGER).unlink()
        if settings.access_url is not None:
            copy_in(partial / ACCESS, settings.access_url, "access")
            (partial / ACCESS).unlink()
    with Ledger.open(home.ledger_url) as ledger:
        ledger.append(Restored(head=manifest.head), actor, at)
    return manifest


def _copy_checked(folder: Path, partial: Path, file: BackedUpFile) -> None:
    source, target = folder / file.path, partial / file.path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as reading, target.open("xb") as writing:
            while block := reading.read(1 << 20):
                digest.update(block)
                size += writing.write(block)
    except FileNotFoundError as error:
        raise InvalidInput(f"The backup lacks {source}: choose another backup.") from error
    if (size, digest.hexdigest()) != (file.bytes, file.sha256):
        raise InvalidInput(f"The backed up file {source} was changed or cut off since: choose another backup.")


def _verify(file: Path, manifest: BackupManifest) -> None:
    with Ledger.open(f"sqlite:///{file}") as ledger:
        verification = ledger.verify()
    if verification.problem is not None:
        raise LedgerDamaged(f"{verification.problem} Choose another backup.")
    if verification.head.hash != manifest.head:
        raise LedgerDamaged("The backed up ledger does not end at the head that the backup names: choose another one.")
