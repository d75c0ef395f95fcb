"""The invented people who work with the demonstration: one account a role, and who reviews."""

from dataclasses import dataclass

from cognoscope.core.actor import Actor, Role, person


@dataclass(frozen=True)
class Member:
    """An account of the demonstration; its name always says that it is one."""

    account: str
    display_name: str
    roles: tuple[Role, ...]

    @property
    def actor(self) -> Actor:
        """The person in their first role."""
        return person(self.account, self.roles[0])


ADMINISTRATOR = Member("demo-admin", "Administrateur (démo)", (Role.ADMINISTRATOR,))
BED_MANAGER = Member("demo-lits", "Claire Vasseur, gestion des lits (démo)", (Role.BED_MANAGER,))
CLINICIAN = Member("demo-medecin", "Dr Paul Aubert, urgentiste (démo)", (Role.CLINICIAN,))
CODER = Member("demo-dim", "Hugo Tessier, codage (démo)", (Role.CODER,))
MANAGER = Member("demo-cadre", "Nadia Ferrand, cadre supérieure (démo)", (Role.MANAGER, Role.BED_MANAGER))
PHARMACIST = Member("demo-pharmacien", "Luc Morand, pharmacien (démo)", (Role.PHARMACIST,))

RADIOLOGIST = Member("demo-radiologue", "Dr Inès Carlier, radiologue (démo)", (Role.RADIOLOGIST,))

STAFF = (
    BED_MANAGER,
    CLINICIAN,
    MANAGER,
    ADMINISTRATOR,
    PHARMACIST,
    RADIOLOGIST,
    CODER,
    Member("demo-college", "Aline Rey, collège de l'IA (démo)", (Role.COLLEGE_MEMBER,)),
    Member("demo-dpo", "Sonia Blanchet, protection des données (démo)", (Role.DATA_PROTECTION_OFFICER,)),
    Member("demo-patient", "Patient (démo)", (Role.PATIENT,)),
)
REVIEWERS = (BED_MANAGER, CLINICIAN, MANAGER)
