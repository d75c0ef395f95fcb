"""Who did it: a person in a role, or a named program."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from cognoscope.core.noun import Noun


class Role(StrEnum):
    """The roles a person may hold; what each may do is decided in one place (`cognoscope.web.permissions`)."""

    ADMINISTRATOR = "administrator"
    CLINICIAN = "clinician"
    BED_MANAGER = "bed_manager"
    PHARMACIST = "pharmacist"
    RADIOLOGIST = "radiologist"
    CODER = "coder"
    MANAGER = "manager"
    PATIENT = "patient"
    COLLEGE_MEMBER = "college_member"
    DATA_PROTECTION_OFFICER = "data_protection_officer"


class Actor(Noun):
    """A person acts in one role; a program acts in none."""

    kind: Literal["person", "program"]
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,79}$")]
    role: Role | None = None

    @model_validator(mode="after")
    def _person_has_role(self) -> Self:
        if (self.kind == "person") != (self.role is not None):
            raise ValueError("a person acts in a role, a program in none")
        return self


def program(name: str) -> Actor:
    """The actor for what the software does by itself."""
    return Actor(kind="program", id=name)


def person(account: str, role: Role) -> Actor:
    """The actor for what somebody does in a role."""
    return Actor(kind="person", id=account, role=role)
