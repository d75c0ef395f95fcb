"""Where a hospital's installation keeps its files, and its settings."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError

from cognoscope.core.dicom_settings import DicomSettings
from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Noun


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error
    return name


class OpenIDSettings(Noun):
    """An OpenID Connect provider; `roles` maps values of `role_claim` to our roles."""

    issuer: str
    client_id: str
    client_secret_file: str
    role_claim: str = "groups"
    roles: dict[str, str] = {}


class PharmacovigilanceSettings(Noun):
    """Under which identifiers a case of adverse reactions is sent, as agreed with who receives it; ISO 3166 country."""

    sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,40}$")] = "HOPITAL"
    receiver: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")] = "ANSM"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "FR"


class ImagingSettings(Noun):
    """`blind_first`: applications whose proposal is hidden until the reader has entered their own reading."""

    blind_first: tuple[str, ...] = ()


class Settings(Noun):
    """The hospital's `settings.toml`; every key has a default."""

    hospital: str = "Hôpital"
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Paris"
    language: str = "fr"
    synthetic: bool = False
    ledger_url: str | None = None
    access_url: str | None = None
    access_log_months: Annotated[int, Field(ge=1)] = 12
    date_shift: bool = False
    alsace_moselle: bool = False
    school_zone: str = "B"
    public_page: bool = True
    openid: OpenIDSettings | None = None
    pharmacovigilance: PharmacovigilanceSettings = PharmacovigilanceSettings()
    dicom: DicomSettings = DicomSettings()
    imaging: ImagingSettings = ImagingSettings()


@dataclass(frozen=True)
class Home:
    """The folder that holds an installation: key, vault, warehouse, ledger, accounts, access log."""

    path: Path

    @property
    def settings_file(self) -> Path:
        """`settings.toml`."""
        return self.path / "settings.toml"

    @property
    def key_file(self) -> Path:
        """The pseudonym key, mode 600."""
        return self.path / "keys" / "pseudonym.key"

    @property
    def vault_key_file(self) -> Path:
        """The key that encrypts the identity vault, mode 600."""
        return self.path / "keys" / "vault.key"

    @property
    def session_key_file(self) -> Path:
        """The key that signs web sessions, mode 600."""
        return self.path / "keys" / "session.key"

    @property
    def vault_file(self) -> Path:
        """The encrypted identity vault (SQLite)."""
        return self.path / "vault.sqlite"

    @property
    def warehouse(self) -> Path:
        """Folder of the OMOP warehouse (Parquet)."""
        return self.path / "warehouse"

    @property
    def search_index(self) -> Path:
        """Folder of the full-text index: made from the warehouse, and made again from it when lost."""
        return self.path / "search"

    @property
    def knowledge(self) -> Path:
        """Folder of the terminologies and tables of reference that the hospital loaded."""
        return self.path / "knowledge"

    @property
    def dicom(self) -> Path:
        """Folder of the DICOM service: what was received and is not yet kept, what waits to be sent. Mode 700."""
        return self.path / "dicom"

    @property
    def images(self) -> Path:
        """Folder of the de-identified images that came in."""
        return self.path / "images"

    @property
    def pixels(self) -> Path:
        """Folder of the pixels that cases and proposals point at, by their digest."""
        return self.path / "pixels"

    @property
    def models(self) -> Path:
        """Folder of the models that a person added."""
        return self.path / "models"

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy URL of the database for ledger, cases and accounts."""
        return self.settings().ledger_url or f"sqlite:///{self.path / 'ledger.sqlite'}"

    @property
    def access_url(self) -> str:
        """SQLAlchemy URL of the access log, kept apart from the ledger."""
        return self.settings().access_url or f"sqlite:///{self.path / 'access.sqlite'}"

    def settings(self) -> Settings:
        """Read `settings.toml`; defaults where it is absent.

        Raises:
            InvalidInput: the file is not TOML or a value is not usable.
        """
        if not self.settings_file.exists():
            return Settings()
        try:
            return Settings.model_validate(tomllib.loads(self.settings_file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
            raise InvalidInput(f"The settings file {self.settings_file} cannot be used: {error}") from error


def default_home() -> Home:
    """`$COGNOSCOPE_HOME`, else `~/.cognoscope`."""
    return Home(Path(os.environ.get("COGNOSCOPE_HOME") or Path.home() / ".cognoscope"))
