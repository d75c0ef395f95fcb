"""DICOMweb of a node: QIDO-RS (what it holds), WADO-RS (bring it), STOW-RS (take it there); PS3.18 sections 10 and 11.

By `dicomweb-client` (MIT), which the DICOM community keeps.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cognoscope.core.dicom_settings import DicomPeer
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.extra import need_imaging
from cognoscope.intake.dicom.pacs import Answer, PeerUnavailable, credentials

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

SECONDS = (5, 60)
"""To connect, and to wait for the next piece of an answer."""


class Web:
    """The DICOMweb services of one peer, whose `url` is set."""

    def __init__(self, peer: DicomPeer) -> None:
        need_imaging("DICOMweb")
        self.peer = peer

    @cached_property
    def _client(self) -> Any:
        import requests
        from dicomweb_client.api import DICOMwebClient

        logging.getLogger("dicomweb_client").setLevel(logging.CRITICAL)
        session = requests.Session()
        session.trust_env = False  # images do not leave by a proxy that some variable names
        known = credentials(self.peer)
        if isinstance(known, tuple):
            session.auth = known
        elif known:
            session.headers["Authorization"] = f"Bearer {known}"
        client = DICOMwebClient(str(self.peer.url), session=session, timeout=SECONDS, permissive_uid=True)
        client.set_http_retry_params(retry=False)
        return client

    def alive(self) -> None:
        """Ask for one study.

        Raises:
            PeerUnavailable: no answer.
        """
        with self._asking():
            self._client.search_for_studies(limit=1)

    def series(self, study: str) -> list[tuple[str, int]]:
        """Modality and number of objects of each series of a study; empty where the node does not hold it.

        Raises:
            PeerUnavailable: no answer.
        """
        with self._asking():
            found = self._client.search_for_series(
                study_instance_uid=study, fields=["Modality", "NumberOfSeriesRelatedInstances"]
            )
        return [(_first(one, "00080060", ""), int(_first(one, "00201209", 0))) for one in found]

    def holds(self, study: str, instance: str) -> bool:
        """Whether the node has an object.

        Raises:
            PeerUnavailable: no answer.
        """
        with self._asking():
            query = {"SOPInstanceUID": instance}
            return bool(self._client.search_for_instances(study_instance_uid=study, search_filters=query))

    def study(self, study: str) -> Iterator["Dataset"]:
        """Every object of a study, one after the other.

        Raises:
            PeerUnavailable: no answer.
            InvalidInput: the node does not hold it.
        """
        with self._asking():
            if not self._client.search_for_series(study_instance_uid=study):
                raise InvalidInput(f"{self.peer.name} does not hold this study: check its UID.")
            yield from self._client.iter_study(study_instance_uid=study)

    def store(self, objects: Sequence["Dataset"]) -> list[Answer]:
        """Take objects there, each by a request of its own, so that each has its own answer.

        Raises:
            PeerUnavailable: the node could not be reached at all.
        """
        return [self._store(one) for one in objects]

    def _store(self, one: "Dataset") -> Answer:
        import requests

        try:
            with self._asking():
                answer = self._client.store_instances([one])
        except _Refused as error:
            cause = error.__cause__
            code = (
                cause.response.status_code
                if isinstance(cause, requests.HTTPError) and cause.response is not None
                else 0
            )
            if code in (400, 409, 413, 415):  # PS3.18 table 10.5.3-1: it will not take this object
                return Answer("refused", f"{self.peer.name} did not take it (HTTP {code}).")
            return Answer("later", str(error))
        failed = answer.get("FailedSOPSequence") or []
        if failed:
            from cognoscope.intake.dicom.send import judged

            return judged(self.peer, int(failed[0].get("FailureReason") or 0x0110))
        return Answer("sent", f"{self.peer.name} holds it.")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        import requests

        try:
            yield
        except requests.HTTPError as error:
            code = error.response.status_code if error.response is not None else 0
            if code in (401, 403):
                raise _Refused(
                    f"{self.peer.name} does not let us in (HTTP {code}): check its credentials_file."
                ) from error
            raise _Refused(f"{self.peer.name} answered with an error (HTTP {code}).") from error
        except (requests.RequestException, OSError) as error:
            raise PeerUnavailable(f"{self.peer.name} cannot be reached at its url: is it running?") from error


class _Refused(PeerUnavailable):
    """The node was reached and said no."""


def _first(one: dict[str, Any], tag: str, default: Any) -> Any:
    values = one.get(tag, {}).get("Value") or [default]
    return values[0]
