"""The OIDC provider: the authorization code flow with PKCE, state and nonce, and the checks of an id token.

OpenID Connect Core 1.0, RFC 7636 (PKCE), RFC 9700 (best practice), by Authlib.
"""

from __future__ import annotations

from dataclasses import dataclass

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError

LEEWAY_S = 60
WAIT_S = 10


class IdentityRefused(Exception):
    """The provider did not vouch for the person, or could not be asked."""


@dataclass(frozen=True)
class Flow:
    """One way to the provider and back; the browser keeps it in a cookie meanwhile."""

    state: str
    nonce: str
    verifier: str

    def __str__(self) -> str:
        return f"{self.state}.{self.nonce}.{self.verifier}"

    @classmethod
    def parse(cls, kept: str) -> Flow:
        """Raises `IdentityRefused`."""
        parts = kept.split(".")
        if len(parts) != 3 or not all(parts):
            raise IdentityRefused("登录等待太久或不是从本站开始的，请重新登录。")
        return cls(*parts)


class IdentityProvider:
    """``issuer`` is asked for its metadata when it is first needed."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client = OAuth().register(
            "staff",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": WAIT_S},
        )

    async def begin(self, back: str) -> tuple[str, Flow]:
        """Where to send the browser, which returns to ``back``, and the flow. Raises `IdentityRefused`."""
        try:
            asked = await self._client.create_authorization_url(back)
        except (HTTPError, OAuthError, ValueError, KeyError, RuntimeError) as error:
            raise IdentityRefused("统一身份认证暂时不可用，请稍后再试或用密码登录。") from error
        return asked["url"], Flow(asked["state"], asked["nonce"], asked["code_verifier"])

    async def finish(self, flow: Flow, state: str, code: str, back: str) -> str:
        """Who the provider says the person is: issuer and subject. Raises `IdentityRefused`."""
        if not code or state != flow.state:
            raise IdentityRefused("登录等待太久或不是从本站开始的，请重新登录。")
        wanted = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._client_id},
        }
        try:
            token = await self._client.fetch_access_token(
                code=code, redirect_uri=back, code_verifier=flow.verifier
            )
            claims = await self._client.parse_id_token(token, flow.nonce, wanted, leeway=LEEWAY_S)
        except (HTTPError, OAuthError, JoseError, ValueError, KeyError, RuntimeError) as error:
            raise IdentityRefused("统一身份认证没有通过，请重新登录。") from error
        if not claims or not claims.get("sub"):
            raise IdentityRefused("统一身份认证没有通过，请重新登录。")
        return f"{self._issuer} {claims['sub']}"
