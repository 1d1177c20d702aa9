"""A site's own accounts: a token that the site signs says who reads, for that site alone.

A JSON Web Token (RFC 7519) with HS256 and the site's key, and nothing else: `aud` is the site's name, `sub` the site's
own id of the person, `iat` and `exp` at most five minutes apart, `jti` used once. `name` is what is shown; `email`,
`picture` and `url` may be told. Nothing in it gives a role, a first-party session, or another identity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from auth.errors import Refused
from auth.identity import Fields, Identity, read_identity
from auth.store import AuthSite

PROVIDER = "sso"
TOKEN_SECONDS = 300
SESSION_SECONDS = 3600  # the page hands over a new token before
LEEWAY_SECONDS = 60
MAX_TOKEN_LENGTH = 4_000
_FIELDS = Fields(name=("{name}",), username=(), profile=("{url}",))


class SsoToken(NamedTuple):
    identity: Identity
    jti: str
    expires_at: int  # Unix seconds; a used token is remembered until then


def issuer_of(site: AuthSite) -> str:
    """The issuer of a site's own accounts: no address, so that no provider can be taken for it."""
    return f"site:{site.id}"


def read_token(text: str, keys: Sequence[bytes], *, site_names: Sequence[str], issuer: str, now: int) -> SsoToken:
    """Who a token says somebody is; `keys` are those of the site, any of which may have signed, `site_names` those that
    it may be for, `now` is in seconds.

    Raises `Refused` with a sentence for the site's programmer.
    """
    claims = _verified(text, keys)
    if claims.get("aud") not in site_names:
        raise _refused(f"its aud is not “{site_names[0]}”")
    issued, expires, jti = claims.get("iat"), claims.get("exp"), claims.get("jti")
    if not _is_time(issued) or not _is_time(expires) or expires - issued > TOKEN_SECONDS:
        raise _refused(f"iat and exp must be in seconds and at most {TOKEN_SECONDS} apart")
    if issued > now + LEEWAY_SECONDS:
        raise _refused("its iat is in the future; is the clock of the site right?")
    if expires <= now:
        raise _refused("it has expired; is the clock of the site right?")
    if not isinstance(jti, str) or not 0 < len(jti) <= 200:
        raise _refused("it has no jti")
    identity = read_identity(issuer, _FIELDS, {"name": claims.get("sub"), **claims})
    if identity is None:
        raise _refused("it has no sub")
    return SsoToken(identity, jti, expires)


def _verified(text: str, keys: Sequence[bytes]) -> Mapping[str, Any]:
    from joserfc import jwt  # noqa: PLC0415 - joserfc costs more time than all of start-up may
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import OctKey  # noqa: PLC0415

    for key in keys if len(text) <= MAX_TOKEN_LENGTH else ():
        try:
            return jwt.decode(text, OctKey.import_key(key), algorithms=["HS256"]).claims
        except (JoseError, TypeError, ValueError, RecursionError):
            continue
    raise _refused("it is not signed by HS256 with this site's key")


def _is_time(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _refused(why: str) -> Refused:
    return Refused(f"The site's sign-in token was refused: {why}.", code="bad_sso_token")
