"""The places in the header, in one visible tuple; a person sees those their role may open."""

from dataclasses import dataclass
from itertools import groupby

from cognoscope.core.actor import Role
from cognoscope.web.i18n import N_
from cognoscope.web.permissions import Permission, allowed


@dataclass(frozen=True)
class Place:
    """A page of the header; pages of one group stand together under its name."""

    path: str
    label: str
    icon: str
    permission: Permission
    group: str = ""

    def holds(self, path: str) -> bool:
        """Whether that address is this place, or a page below it."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


PHARMACY = N_("Pharmacie")
IMAGING = N_("Imagerie")
PLACES = (
    Place("/", N_("À décider"), "inbox", Permission.READ_INBOX),
    Place("/prescription", N_("Ordonnance"), "list-details", Permission.CHECK_PRESCRIPTION, PHARMACY),
    Place("/antibiotics", N_("Antibiotiques"), "pencil", Permission.CHECK_PRESCRIPTION, PHARMACY),
    Place("/declare", N_("Déclarer"), "alert-triangle", Permission.DECLARE_REACTION, PHARMACY),
    Place("/signals", N_("Signaux"), "trending-up", Permission.READ_SIGNALS, PHARMACY),
    Place("/policy", N_("Alertes"), "filter", Permission.READ_POLICY, PHARMACY),
    Place("/worklist", N_("Images à lire"), "photo", Permission.READ_WORKLIST, IMAGING),
    Place("/compare", N_("Comparer"), "columns-2", Permission.COMPARE, IMAGING),
    Place("/screening", N_("Dépistage"), "scale", Permission.COMPARE, IMAGING),
    Place("/search", N_("Chercher"), "search", Permission.READ_DOCUMENT),
    Place("/cohorts", N_("Cohortes"), "users", Permission.READ_COHORT),
    Place("/applications", N_("Applications"), "apps", Permission.READ_APPLICATIONS),
    Place("/ledger", N_("Registre"), "book", Permission.READ_LEDGER),
    Place("/access", N_("Consultations"), "eye", Permission.READ_ACCESS_LOG),
    Place("/accounts", N_("Comptes"), "users", Permission.MANAGE_ACCOUNTS),
)

ROLE_NAMES = {
    Role.ADMINISTRATOR: N_("Administrateur"),
    Role.CLINICIAN: N_("Clinicien"),
    Role.BED_MANAGER: N_("Gestionnaire de lits"),
    Role.PHARMACIST: N_("Pharmacien"),
    Role.RADIOLOGIST: N_("Radiologue"),
    Role.CODER: N_("Médecin DIM"),
    Role.MANAGER: N_("Direction"),
    Role.PATIENT: N_("Patient"),
    Role.COLLEGE_MEMBER: N_("Membre du collège"),
    Role.DATA_PROTECTION_OFFICER: N_("Délégué à la protection des données"),
}


def places_for(role: Role) -> list[Place]:
    """The places this role may open."""
    return [place for place in PLACES if allowed(role, place.permission)]


def menu_for(role: Role) -> list[tuple[str, list[Place]]]:
    """The places this role may open, in their order, each group together; a group of one is a place like another."""
    grouped = [(name, list(places)) for name, places in groupby(places_for(role), key=lambda place: place.group)]
    return [
        part
        for name, places in grouped
        for part in ([(name, places)] if name and len(places) > 1 else [("", [place]) for place in places])
    ]


def first_place(role: Role) -> str:
    """Where a person lands after signing in: the first place of their role, else their own profile."""
    return next((place.path for place in places_for(role)), "/profile")
