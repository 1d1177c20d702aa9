"""Who is this? Sign-in, sessions, and which requests may change something. Knows nothing of comments.

To change …, go to:
a provider, or add one       providers/ (a file each), identity.py (how a row's fields are read), ../static/icons/
the way there and back       callback.py; oauth.py, discovery.py, id_token.py; how we ask: outbound.py
another way to prove oneself way.py (what it has), steps.py (pages of its own), handlers.py (where it is named)
a server that people name    mastodon.py, clients.py (how it knows us)
sign-in by e-mail            email.py (the pages), email_codes.py (codes, and what is kept), ../templates/mail/
the steps of a sign-in       attempts.py (what may follow what), window.py and frame.py (the addresses), endings.py
sessions and cookies         sessions.py, visitors.py (who asks?), tokens.py
a site's own accounts        sso.py
which requests count         csrf.py; which addresses lead back: origins.py
what a person reads          errors.py (sentences), ../templates/auth/, ../static/auth.css, ../static/auth.js
what is kept                 store.py (protocol), ../widget/store/auth.py (and the SQL beside it)
"""

from auth.clients import StoredClient
from auth.csrf import Caller, check_change, check_personal
from auth.email import EmailSetup, email_provider
from auth.email_codes import EmailCode, Tried
from auth.errors import AuthError, TooMany
from auth.handlers import Auth
from auth.mastodon import MastodonSetup
from auth.pages import PAGE_HEADERS
from auth.probe import probe_provider
from auth.providers import PROVIDER_KEYS, PROVIDER_NAMES, Provider, known_provider, openid_provider, provider_label
from auth.sessions import (
    FRESH_SECONDS,
    IDLE_SECONDS,
    Visitor,
    frame_cookie,
    has_probe,
    new_frame_session,
    new_page_session,
    page_cookie,
    probe_cookie,
)
from auth.sso import PROVIDER as SSO
from auth.store import NAMELESS, Attempt, AuthSite, AuthStore, Member, SessionRow, SiteDirectory
from auth.tokens import hash_token, new_token

__all__ = [
    "FRESH_SECONDS",
    "IDLE_SECONDS",
    "NAMELESS",
    "PAGE_HEADERS",
    "PROVIDER_KEYS",
    "PROVIDER_NAMES",
    "SSO",
    "Attempt",
    "Auth",
    "AuthError",
    "AuthSite",
    "AuthStore",
    "Caller",
    "EmailCode",
    "EmailSetup",
    "MastodonSetup",
    "Member",
    "Provider",
    "SessionRow",
    "SiteDirectory",
    "StoredClient",
    "TooMany",
    "Tried",
    "Visitor",
    "check_change",
    "check_personal",
    "email_provider",
    "frame_cookie",
    "has_probe",
    "hash_token",
    "known_provider",
    "new_frame_session",
    "new_page_session",
    "new_token",
    "openid_provider",
    "page_cookie",
    "probe_cookie",
    "probe_provider",
    "provider_label",
]
