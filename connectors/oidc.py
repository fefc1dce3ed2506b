"""An OpenID Connect provider: discovery, the authorization request, the exchange of the code, the ID token. Who may come in is
jobseeker/usecases/sign_in_elsewhere.py.

Sources: OpenID Connect Core 1.0 (3.1, ID token validation 3.1.3.7), Discovery 1.0, RFC 7636 (PKCE), RFC 8176 (amr). Signatures and claims
are checked by joserfc; only asymmetric algorithms are taken, so neither "none" nor a public key used as an HMAC secret can pass.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import orjson
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from jobseeker.errors import IdentityRefused, ProviderUnavailable
from jobseeker.usecases.sign_in_elsewhere import Identity

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SECONDS, LARGEST_ANSWER = 10.0, 1_000_000
LEEWAY_SECONDS = 60  # clocks differ
METADATA_LASTS, KEYS_LAST_AT_LEAST = timedelta(hours=1), timedelta(seconds=60)
LONGEST_SUBJECT = 255  # OpenID Connect Core 2
STRONG = frozenset({"mfa"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Registration:
    """How this service is known to the provider. client_secret "": a public client, with PKCE alone."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: str = "openid email"
    trusts_mfa: bool = False


class OidcProvider:
    """jobseeker.usecases.sign_in_elsewhere.Provider."""

    def __init__(self, registration: Registration, now: Callable[[], datetime]) -> None:
        """Raises ValueError: the issuer is not https (but on this machine)."""
        refuse_plain_http(registration.issuer)
        self.registration, self.now = registration, now
        self._metadata: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def address(self, *, state: str, nonce: str, challenge: str) -> str:
        """The authorization request. Raises ProviderUnavailable."""
        metadata = await self._discovered()
        asked = {
            "response_type": "code",
            "client_id": self.registration.client_id,
            "redirect_uri": self.registration.redirect_uri,
            "scope": self.registration.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(metadata["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def identity(self, *, code: str, verifier: str, nonce: str) -> Identity:
        """Who it is. Raises ProviderUnavailable, IdentityRefused."""
        answer = await self._exchange(code, verifier)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderUnavailable("the token endpoint gave no id_token")
        return self._identity(await self._verified(token), nonce)

    async def _exchange(self, code: str, verifier: str) -> Mapping[str, Any]:
        metadata, mine = await self._discovered(), self.registration
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": mine.redirect_uri,
            "code_verifier": verifier,
        }
        ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = ""
        if mine.client_secret and "client_secret_basic" in ways:
            pair = f"{quote(mine.client_id, safe='')}:{quote(mine.client_secret, safe='')}"  # RFC 6749, 2.3.1
            auth = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = mine.client_id
            if mine.client_secret:
                form["client_secret"] = mine.client_secret
        status, answer = await _call(str(metadata["token_endpoint"]), form=form, auth=auth)
        if status == 400:
            raise IdentityRefused(f"the code is not taken: {str(answer.get('error', ''))[:64]}")
        if status != 200:
            raise ProviderUnavailable(f"the token endpoint answers {status}")
        return answer

    async def _verified(self, token: str) -> Mapping[str, Any]:
        """The claims, once the signature holds. A key of an unknown number is looked for once: providers change theirs."""
        try:
            try:
                return jwt.decode(token, await self._key_set(fresh=False), algorithms=ALGORITHMS).claims
            except InvalidKeyIdError:
                return jwt.decode(token, await self._key_set(fresh=True), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as problem:
            raise IdentityRefused(f"ID token: {type(problem).__name__}") from problem

    def _identity(self, claims: Mapping[str, Any], nonce: str) -> Identity:
        mine = self.registration
        rules = jwt.JWTClaimsRegistry(
            now=int(self.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": mine.issuer},
            aud={"essential": True, "value": mine.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            rules.validate(dict(claims))
        except JoseError as problem:
            raise IdentityRefused(
                f"ID token: {type(problem).__name__} {getattr(problem, 'claim', '')}".rstrip()
            ) from problem
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else mine.client_id) != mine.client_id:
            raise IdentityRefused("ID token: azp")
        if not isinstance(claims["nonce"], str) or not 1 <= len(claims["sub"]) <= LONGEST_SUBJECT:
            raise IdentityRefused("ID token: nonce or sub")
        email = claims.get("email") if claims.get("email_verified") is True else None
        methods = claims.get("amr")
        strong = mine.trusts_mfa and isinstance(methods, list) and bool(STRONG & {str(one) for one in methods})
        return Identity(mine.issuer, claims["sub"], email.strip().lower() if isinstance(email, str) else "", strong)

    async def _discovered(self) -> Mapping[str, Any]:
        if self._metadata is not None and self.now() - self._metadata[0] < METADATA_LASTS:
            return self._metadata[1]
        issuer = self.registration.issuer
        status, found = await _call(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if status != 200 or found.get("issuer") != issuer:
            raise ProviderUnavailable(f"discovery answers {status}, or names another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            try:
                refuse_plain_http(str(found.get(name, "")))
            except ValueError:
                raise ProviderUnavailable(f"discovery: {name} is missing or not https") from None
        self._metadata = (self.now(), found)
        return found

    async def _key_set(self, *, fresh: bool) -> KeySet:
        """The provider's keys; `fresh` fetches them anew, at most once a minute."""
        known = self._keys
        if known is not None and self.now() - known[0] < (KEYS_LAST_AT_LEAST if fresh else METADATA_LASTS):
            return known[1]
        metadata = await self._discovered()
        status, found = await _call(str(metadata["jwks_uri"]))
        keys = [one for one in found.get("keys", ()) if isinstance(one, dict) and one.get("use", "sig") == "sig"]
        if status != 200 or not keys:
            raise ProviderUnavailable(f"jwks_uri answers {status}, or holds no key")
        try:
            made = KeySet.import_key_set({"keys": keys})
        except (JoseError, ValueError) as problem:
            raise ProviderUnavailable(f"jwks_uri: {type(problem).__name__}") from problem
        self._keys = (self.now(), made)
        return made


def refuse_plain_http(address: str) -> None:
    """Raises ValueError: neither https nor on this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("an OpenID Connect provider is reached by https")


async def _call(
    address: str, *, form: Mapping[str, str] | None = None, auth: str = ""
) -> tuple[int, Mapping[str, Any]]:
    """One request, no redirects. (status, JSON object). Raises ProviderUnavailable."""
    method, timeout = ("GET", None) if form is None else ("POST", form), aiohttp.ClientTimeout(total=SECONDS)
    headers = {"Accept": "application/json", **({"Authorization": auth} if auth else {})}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method[0], address, data=method[1], headers=headers, allow_redirects=False) as answer,
        ):
            raw = await answer.content.read(LARGEST_ANSWER)
            found = orjson.loads(raw)
    except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as problem:
        raise ProviderUnavailable(f"{urlsplit(address).hostname}: {type(problem).__name__}") from problem
    if not isinstance(found, dict):
        raise ProviderUnavailable(f"{urlsplit(address).hostname}: not a JSON object")
    return answer.status, found
