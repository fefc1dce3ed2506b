"""An OpenID Connect provider with real sockets and real signatures, made from OpenID Connect Core 1.0, Discovery 1.0 and RFC 7636.

It refuses what a provider has to refuse (a wrong redirect address, client, code or PKCE verifier), and gives the ID token that a test asks for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "desk", "s3cret with / and :"
Signer = Callable[[Mapping[str, Any]], str]


@dataclass
class OidcStandIn:
    """One provider. `claims` changes the ID token (None takes a claim away); `sign` replaces its signature."""

    redirect_uri: str
    claims: dict[str, Any] = field(default_factory=dict)
    sign: Signer | None = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    published: list[RSAKey] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    key_requests: int = 0
    _server: TestServer | None = None

    @property
    def issuer(self) -> str:
        """As it names itself."""
        assert self._server is not None
        return str(self._server.make_url("")).rstrip("/")

    async def start(self) -> None:
        """Listen."""
        self.published = self.published or [self.key]
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._configuration)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_get("/keys", self._keys)
        self._server = TestServer(app)
        await self._server.start_server()

    async def stop(self) -> None:
        """Be away."""
        assert self._server is not None
        await self._server.close()

    async def _configuration(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                **self.metadata,
            }
        )

    async def _authorize(self, request: web.Request) -> web.Response:
        """The person signs in at once; a wrong request is answered here and sends nobody anywhere."""
        asked = dict(request.query)
        required = {"response_type": "code", "client_id": CLIENT, "redirect_uri": self.redirect_uri, "code_challenge_method": "S256"}  # fmt: skip
        wrong = [name for name, value in required.items() if asked.get(name) != value]
        wrong += [name for name in ("state", "nonce", "code_challenge") if len(asked.get(name, "")) < 43]
        if wrong or "openid" not in asked.get("scope", "").split():
            self.refused.append(f"authorize: {wrong}")
            return web.Response(status=400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return web.Response(status=302, headers={"Location": f"{self.redirect_uri}?{back}"})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.codes.pop(str(form.get("code")), None)  # once
        pair = base64.b64decode(request.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if tuple(unquote(part) for part in pair.split(":")) != (CLIENT, SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]
        ):
            self.refused.append("token: invalid_grant")
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": "unused", "token_type": "Bearer", "id_token": self._id_token(asked)})

    def _id_token(self, asked: Mapping[str, str]) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "email": "mei@agency.example",
            "email_verified": True,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.sign is not None:
            return self.sign(claims)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key, algorithms=["RS256"])

    async def _keys(self, _: web.Request) -> web.Response:
        self.key_requests += 1
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.published]})


def unsigned(claims: Mapping[str, Any]) -> str:
    """A token that says it needs no signature (alg "none")."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def signed_with_the_public_key(key: RSAKey) -> Signer:
    """A token whose HMAC secret is the public key, which everybody has."""

    def sign(claims: Mapping[str, Any]) -> str:
        text = f"{_part({'alg': 'HS256', 'kid': key.kid, 'typ': 'JWT'})}.{_part(claims)}"
        mac = hmac.new(key.as_pem(private=False), text.encode(), hashlib.sha256).digest()
        return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    return sign


def signed_by_somebody_else(claims: Mapping[str, Any]) -> str:
    """The right form and key number, another key."""
    other = RSAKey.generate_key(2048, {"kid": "one"})
    return jwt.encode({"alg": "RS256", "kid": "one"}, dict(claims), other, algorithms=["RS256"])


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
