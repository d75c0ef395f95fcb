"""Errors that a person reads: each message says what happened, where, and what to do."""


class CognoscopeError(Exception):
    """Base of every error whose message is meant for the person at the keyboard; the CLI prints it and exits 1."""


class InvalidInput(CognoscopeError):
    """A file, a mapping or an option that cannot be used as it is."""


class NotAllowed(CognoscopeError):
    """The actor's role does not permit the act."""


class LedgerDamaged(CognoscopeError):
    """The hash chain does not hold: a row was changed, removed or inserted from outside."""


class NotInstalled(CognoscopeError):
    """An optional extra is missing; the message names the one command that installs it."""
