"""Passwords: argon2id, a few rules that matter, and a generated one to start with."""

import secrets
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cognoscope.core.noun import Sentence

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256
"""Longer input is refused before it is hashed, so that hashing cannot be used to tire the server."""

COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without the letters and digits that are mistaken for one another on paper."""

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash with its salt and parameters."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one hashed; takes as long for an account that has none or does not exist."""
    try:
        agrees = _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return agrees and stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with older, weaker parameters."""
    return _HASHER.check_needs_rehash(stored)


def generate() -> str:
    """A password to hand over once: 16 characters, 93 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def objection(password: str, account: str) -> Sentence | None:
    """Why the password is refused, or None when it is good."""
    folded = password.casefold()
    if len(password) < MINIMUM_LENGTH:
        return Sentence(
            fr=f"Le mot de passe doit compter au moins {MINIMUM_LENGTH} caractères.",
            en=f"The password must have at least {MINIMUM_LENGTH} characters.",
        )
    if len(password) > MAXIMUM_LENGTH:
        return Sentence(
            fr=f"Le mot de passe ne peut pas dépasser {MAXIMUM_LENGTH} caractères.",
            en=f"The password cannot have more than {MAXIMUM_LENGTH} characters.",
        )
    if account.casefold() in folded:
        return Sentence(
            fr="Le mot de passe ne doit pas contenir le nom du compte.",
            en="The password must not contain the account's name.",
        )
    if folded in COMMON or len(set(folded)) < 5:
        return Sentence(
            fr="Ce mot de passe est trop facile à deviner : choisissez-en un autre.",
            en="This password is too easy to guess: choose another.",
        )
    return None


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe())
