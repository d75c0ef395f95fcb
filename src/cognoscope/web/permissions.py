"""What each role may do, in one table; what is not listed is refused."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cognoscope.core.actor import Role
from cognoscope.core.card import Card


class Permission(StrEnum):
    """One thing a page may ask for."""

    OWN_PROFILE = "own_profile"
    READ_INBOX = "read_inbox"
    READ_PROPOSAL = "read_proposal"
    REVIEW = "review"
    READ_SUBJECT = "read_subject"
    READ_APPLICATIONS = "read_applications"
    READ_EVALUATION = "read_evaluation"
    PROMOTE = "promote"
    SUSPEND = "suspend"
    READ_LEDGER = "read_ledger"
    VERIFY_LEDGER = "verify_ledger"
    REPLAY = "replay"
    EXPORT_LEDGER = "export_ledger"
    READ_ACCESS_LOG = "read_access_log"
    OPEN_VAULT = "open_vault"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_FHIR = "read_fhir"
    READ_DOCUMENT = "read_document"
    READ_IMAGE = "read_image"
    READ_WORKLIST = "read_worklist"
    COMPARE = "compare"
    READ_COHORT = "read_cohort"
    SAVE_COHORT = "save_cohort"
    DECLARE_REACTION = "declare_reaction"
    READ_SIGNALS = "read_signals"
    CHECK_PRESCRIPTION = "check_prescription"
    READ_POLICY = "read_policy"
    SET_POLICY = "set_policy"


_P = Permission
_REVIEWS = frozenset(
    {
        _P.OWN_PROFILE,
        _P.READ_INBOX,
        _P.READ_PROPOSAL,
        _P.REVIEW,
        _P.READ_SUBJECT,
        _P.READ_APPLICATIONS,
        _P.SUSPEND,
        _P.READ_LEDGER,
        _P.REPLAY,
    }
)

_READS_TEXTS = frozenset({_P.READ_DOCUMENT, _P.READ_COHORT, _P.SAVE_COHORT})
"""Those who read patients' records: documents and the search in them, and cohorts, which are made of such searches."""

_READS_IMAGES = frozenset({_P.READ_IMAGE, _P.READ_WORKLIST, _P.COMPARE})
"""Those who read images: pixels, the list of what waits, and programs beside each other."""

_PRESCRIBES = frozenset({_P.DECLARE_REACTION, _P.CHECK_PRESCRIPTION, _P.READ_POLICY})
"""Those who prescribe or answer for prescriptions."""

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.ADMINISTRATOR: frozenset(
            {
                _P.OWN_PROFILE,
                _P.READ_APPLICATIONS,
                _P.READ_EVALUATION,
                _P.PROMOTE,
                _P.SUSPEND,
                _P.VERIFY_LEDGER,
                _P.MANAGE_ACCOUNTS,
            }
        ),
        Role.CLINICIAN: _REVIEWS | _READS_TEXTS | _READS_IMAGES | _PRESCRIBES,
        Role.BED_MANAGER: _REVIEWS,
        Role.PHARMACIST: _REVIEWS | _READS_TEXTS | _PRESCRIBES | {_P.READ_SIGNALS, _P.SET_POLICY},
        Role.RADIOLOGIST: _REVIEWS | _READS_TEXTS | _READS_IMAGES,
        Role.CODER: _REVIEWS | _READS_TEXTS,
        Role.MANAGER: _REVIEWS
        | {
            _P.READ_EVALUATION,
            _P.PROMOTE,
            _P.VERIFY_LEDGER,
            _P.EXPORT_LEDGER,
            _P.READ_FHIR,
            _P.READ_COHORT,
            _P.COMPARE,
        },
        Role.PATIENT: frozenset({_P.OWN_PROFILE, _P.DECLARE_REACTION}),
        Role.COLLEGE_MEMBER: frozenset(
            {
                _P.OWN_PROFILE,
                _P.READ_PROPOSAL,
                _P.READ_SUBJECT,
                _P.READ_APPLICATIONS,
                _P.READ_EVALUATION,
                _P.SUSPEND,
                _P.VERIFY_LEDGER,
                _P.COMPARE,
            }
        ),
        # Decides on held-back reports only: no other card names this role among its reviewers.
        Role.DATA_PROTECTION_OFFICER: frozenset(
            {
                _P.OWN_PROFILE,
                _P.READ_INBOX,
                _P.REVIEW,
                _P.READ_PROPOSAL,
                _P.READ_SUBJECT,
                _P.READ_APPLICATIONS,
                _P.READ_EVALUATION,
                _P.READ_LEDGER,
                _P.VERIFY_LEDGER,
                _P.REPLAY,
                _P.EXPORT_LEDGER,
                _P.READ_ACCESS_LOG,
                _P.OPEN_VAULT,
                _P.READ_FHIR,
                _P.READ_DOCUMENT,
                _P.READ_IMAGE,
                _P.READ_COHORT,
            }
        ),
    }
)


def allowed(role: Role, permission: Permission) -> bool:
    """Whether the role holds the permission."""
    return permission in PERMISSIONS.get(role, frozenset())


def may_review(role: Role, card: Card) -> bool:
    """Whether the role decides on this application's proposals: it may review, and the card names it."""
    return allowed(role, Permission.REVIEW) and role in card.reviewers


def may_read(role: Role, card: Card) -> bool:
    """Whether the role sees this application's proposals: it may read any, and the card names it as one who decides
    or reads.
    """
    return allowed(role, Permission.READ_PROPOSAL) and role in (*card.reviewers, *card.readers)
