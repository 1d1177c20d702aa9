"""Whether a provider would take a sign-in from us, asked without anybody signing in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2

from auth.attempts import Challenge
from auth.errors import SignInFailed, sentence
from auth.oauth import OAuth
from auth.providers import Provider
from auth.tokens import new_token


async def probe_provider(provider: Provider, public_url: str, http: httpx2.AsyncClient, now: Callable[[], int]) -> str:
    """What is wrong, as a sentence, or "". Providers that refuse a client or a redirect URI do so before they ask who
    somebody is (RFC 6749, 4.1.2.1): with a page of status 4xx, or one whose address names the error.
    """
    oauth = OAuth(public_url, http, now)
    try:
        url = await oauth.authorize_url(provider, Challenge(new_token(), new_token(), new_token()), choose=False)
        answer = await http.get(url, follow_redirects=True)
    except SignInFailed as failure:
        return sentence(failure.reason, provider.label)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return f"{provider.label} does not answer from here ({type(error).__name__})."
    if answer.is_error or "error" in urlsplit(str(answer.url)).query.lower():
        callback = oauth.redirect_uri(provider)
        return (
            f"{provider.label} refuses the way there (status {answer.status_code}). Are its keys right, "
            f"and is {callback} entered there as a redirect URI, exactly?"
        )
    return ""
