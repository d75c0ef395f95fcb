"""Requests that cannot be answered: an HTTP status and one sentence, without anything of the request's content."""


class Refused(Exception):
    """The request is answered with this status and sentence; nothing was recorded."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def bad_request(sentence: str) -> Refused:
    """The request breaks the specification: 400."""
    return Refused(400, sentence)


def precondition_failed(sentence: str) -> Refused:
    """What is needed was neither sent nor can be fetched: 412 ("Providing FHIR Resources to a CDS Service")."""
    return Refused(412, sentence)
