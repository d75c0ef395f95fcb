"""The DICOM part of `settings.toml`: how this node calls itself, whom it listens to, where results go."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from cognoscope.core.noun import Noun, Slug

AETitle = Annotated[str, StringConstraints(pattern=r"^[!-\[\]-~](?:[ -\[\]-~]{0,14}[!-\[\]-~])?$")]
"""1 to 16 characters, no backslash, no space at either end (PS3.5 section 6.2, VR AE)."""

Port = Annotated[int, Field(ge=1, le=65535)]


class DicomPeer(Noun):
    """Another node. Nothing is accepted from one that is not named here, or is named without `sends`.

    name: how we call it. ae_title, host, port: how it is called over the network (DIMSE); `host` is also where its
    associations must come from. url: the root of its DICOMweb services. credentials_file: a file of mode 600 that holds
    `user:password` or a bearer token, for `url`. sends: it may store objects here. results: results go back to it, by
    C-STORE (`dimse`) or STOW-RS (`web`).
    """

    name: Slug
    ae_title: AETitle
    host: str = ""
    port: Port | None = None
    url: str | None = None
    credentials_file: str | None = None
    sends: bool = False
    results: Literal["dimse", "web"] | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.results == "dimse" and (not self.host or self.port is None):
            raise ValueError(f"peer {self.name}: results by dimse need its host and port")
        if self.results == "web" and not self.url:
            raise ValueError(f"peer {self.name}: results by web need its url")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError(f"peer {self.name}: its url begins with http:// or https://")
        return self


class DicomSettings(Noun):
    """Our own node. It listens on this machine only until `listen` says otherwise.

    quiet_seconds: after how long without a new object a study counts as complete for want of any better evidence.
    parts: which objects a result is made of.
    """

    ae_title: AETitle = "COGNOSCOPE"
    listen: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 11112
    quiet_seconds: Annotated[int, Field(ge=1, le=86_400)] = 120
    parts: tuple[Literal["seg", "sr", "pdf"], ...] = ("seg", "sr", "pdf")
    peers: tuple[DicomPeer, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [peer.name for peer in self.peers]
        if len(set(names)) != len(names):
            raise ValueError("two DICOM peers have the same name")
        return self

    def peer(self, name: str) -> DicomPeer | None:
        """The peer of that name, or None."""
        return next((peer for peer in self.peers if peer.name == name), None)
