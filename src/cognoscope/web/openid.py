"""Sign-in with the hospital's own accounts: OpenID Connect, authorization code flow with PKCE, state and nonce.

References: OpenID Connect Core 1.0 (sections 3.1.2 to 3.1.3.7), RFC 7636 (PKCE), RFC 9700 (security practice).
Discovery document and keys are fetched at each sign-in, which is rare, so that a provider may change keys at any time.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cognoscope.core.actor import Role
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import OpenIDSettings
from cognoscope.web.refusal import Refusal

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a public key only: an ID token signed with the client's secret, or not at all, is refused."""

SCOPES = "openid profile email"
TIMEOUT_SECONDS = 5.0
LEEWAY_SECONDS = 60
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Attempt:
    """One sign-in under way: what was sent to the provider and must come back."""

    state: str
    nonce: str
    verifier: str
    next: str | None = None


@dataclass(frozen=True)
class Identity:
    """Who the provider says it is. `subject` is unique for ever: the issuer and its `sub`."""

    subject: str
    name: str
    display_name: str
    roles: tuple[Role, ...]


class OpenID:
    """One provider.

    Raises:
        InvalidInput: the settings name an unknown role, an issuer without https, or no readable secret.
    """

    def __init__(self, settings: OpenIDSettings) -> None:
        parts = urlsplit(settings.issuer)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise InvalidInput(f"The OpenID issuer {settings.issuer} must be an https address: correct settings.toml.")
        unknown = set(settings.roles.values()) - {role.value for role in Role}
        if unknown:
            raise InvalidInput(f"settings.toml maps OpenID groups to unknown roles: {', '.join(sorted(unknown))}.")
        try:
            self._secret = Path(settings.client_secret_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise InvalidInput(
                f"The OpenID client secret {settings.client_secret_file} cannot be read: {error.strerror}."
            ) from error
        self.settings = settings

    def start(self, return_to: str, next_path: str | None) -> tuple[str, Attempt]:
        """The provider's address to go to, and what must be remembered until the person comes back.

        Raises:
            Refusal: the provider does not answer as a provider does.
        """
        attempt = Attempt(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), next_path)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=")
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": return_to,
            "scope": SCOPES,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        with _client() as client:
            endpoint = str(self._discover(client)["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", attempt

    def finish(self, answer: Mapping[str, str], attempt: Attempt, return_to: str, at: datetime) -> Identity:
        """Who came back, once everything was checked.

        answer: the query the provider sent the person back with.

        Raises:
            Refusal: the person declined, the answer is not the one to this attempt, a token does not hold, the
                provider is down, or no group of the person has a role here.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise _mismatch()
        if "code" not in answer:
            raise Refusal(
                "L'établissement n'a pas confirmé la connexion : réessayez.",
                "The hospital's sign-in was not completed: try again.",
            )
        with _client() as client:
            provider = self._discover(client)
            tokens = self._exchange(client, provider, answer["code"], attempt.verifier, return_to)
            keys = _get(client, str(provider["jwks_uri"]))
            claims = self._verified(str(tokens.get("id_token", "")), keys, attempt.nonce, at)
            if self.settings.role_claim not in claims and "userinfo_endpoint" in provider:
                claims = self._with_userinfo(client, str(provider["userinfo_endpoint"]), tokens, claims)
        return self._identity(claims)

    def _discover(self, client: httpx.Client) -> dict[str, Any]:
        found = _get(client, self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
        needed = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
        if found.get("issuer") != self.settings.issuer or not needed <= found.keys():
            raise _down()
        return found

    def _exchange(
        self, client: httpx.Client, provider: dict[str, Any], code: str, verifier: str, return_to: str
    ) -> dict[str, Any]:
        try:
            response = client.post(
                str(provider["token_endpoint"]),
                data={
                    "grant_type": "authorization_code",
                    "code": code,
                    "redirect_uri": return_to,
                    "code_verifier": verifier,
                },
                # RFC 6749 section 2.3.1: both are form-encoded before they become a Basic header.
                auth=(quote(self.settings.client_id, safe=""), quote(self._secret, safe="")),
            )
        except httpx.HTTPError as error:
            raise _down() from error
        if response.is_client_error:
            raise _mismatch()
        return _json(response)

    def _verified(self, token: str, keys: dict[str, Any], nonce: str, at: datetime) -> dict[str, Any]:
        """The claims of an ID token, its signature, issuer, audience, expiry and nonce checked."""
        registry = jwt.JWTClaimsRegistry(
            now=int(at.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _mismatch() from error
        if claims.get("azp", self.settings.client_id) != self.settings.client_id:
            raise _mismatch()
        return dict(claims)

    def _with_userinfo(
        self, client: httpx.Client, endpoint: str, tokens: dict[str, Any], claims: dict[str, Any]
    ) -> dict[str, Any]:
        more = _get(client, endpoint, {"Authorization": f"Bearer {tokens.get('access_token', '')}"})
        if more.get("sub") != claims["sub"]:
            raise _mismatch()
        return {**more, **claims}

    def _identity(self, claims: dict[str, Any]) -> Identity:
        groups = claims.get(self.settings.role_claim, [])
        held = {groups} if isinstance(groups, str) else {str(group) for group in groups or []}
        roles = {Role(role) for group, role in self.settings.roles.items() if group in held}
        if not roles:
            raise Refusal(
                "Votre compte d'établissement n'ouvre aucun rôle ici : demandez-le à votre administrateur.",
                "Your hospital account opens no role here: ask your administrator for one.",
            )
        name = str(claims.get("preferred_username") or claims.get("email") or "").strip().casefold()
        return Identity(
            subject=f"{self.settings.issuer}|{claims['sub']}"[:512],
            name=name,
            display_name=str(claims.get("name") or name),
            roles=tuple(sorted(roles)),
        )


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)


def _get(client: httpx.Client, address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    try:
        return _json(client.get(address, headers=headers))
    except httpx.HTTPError as error:
        raise _down() from error


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.raise_for_status().json()
    except (httpx.HTTPStatusError, ValueError) as error:
        raise _down() from error
    if not isinstance(found, dict):
        raise _down()
    return found


def _down() -> Refusal:
    return Refusal(
        "Le service de connexion de l'établissement ne répond pas : réessayez dans un instant, ou entrez avec un "
        "compte local.",
        "The hospital's sign-in service does not answer: try again in a moment, or use a local account.",
    )


def _mismatch() -> Refusal:
    return Refusal(
        "La réponse du service de connexion n'a pas pu être vérifiée : recommencez depuis cette page.",
        "The answer of the sign-in service could not be verified: start again from this page.",
    )
