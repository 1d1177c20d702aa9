"""What can go wrong while somebody signs in: a stable code, a status, and a sentence for the person.

The attributes are those of the application's other errors, so that one handler renders both. Private detail belongs in
the log.
"""

from __future__ import annotations

from collections.abc import Mapping


class AuthError(Exception):
    """Base of all errors of this package; `retry_after` is in whole seconds (RFC 9110, 10.2.3)."""

    code = "auth_error"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = dict(fields or {})
        self.retry_after = retry_after


class BadRequest(AuthError):
    code, status = "bad_request", 400


class Refused(AuthError):
    """The request did not come from where it must come from."""

    code, status = "forbidden", 403


class NotFound(AuthError):
    code, status = "not_found", 404


class TooLarge(AuthError):
    code, status = "too_large", 413


class UnsupportedMedia(AuthError):
    code, status = "unsupported_media", 415


class TooMany(AuthError):
    code, status = "too_many", 429


class SignInFailed(Exception):
    """One attempt to sign in ends here. `reason` is a key of `SENTENCES`; `detail` is for the log alone."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


# Why a sign-in is over, told to the person in the window and in the comment form. {provider} is the account's kind.
SENTENCES = {
    "denied": "You did not agree at {provider}, so nobody was signed in.",
    "unreachable": "{provider} did not answer. Please try again in a moment.",
    "unreadable": "{provider} answered with something that could not be understood. Please try again later.",
    "rejected": "{provider} refused to complete the sign-in. Please try again.",
    "unproven": "The answer that came from {provider} could not be verified, so nobody was signed in.",
    "nameless": "{provider} did not say who you are, so nobody was signed in.",
    "wrong_window": "This sign-in was begun in another window or browser. Please press the button there again.",
    "expired": "This sign-in took longer than ten minutes. Please go back to the page and start again.",
    "cancelled": "This sign-in was cancelled on the page where it began.",
    "wrong_code": "Five wrong codes were typed, so this sign-in is over. Please go back to the page and start again.",
    "used": "This sign-in is over or was already used. Please go back to the page and start again.",
    "not_ours": "A sign-in starts with a button of the comment form, and this one did not. Nobody was signed in.",
    "unknown_provider": "This kind of account cannot be used here.",
    "unknown_site": "This comment form belongs to no site of this service.",
    "too_many": "There were too many sign-ins from your network. Please wait a few minutes and try again.",
    "sign_in_again": "That needs a sign-in of the last ten minutes. Please sign in again first.",
    "bad_request": "The sign-in could not be read, so it was not started. Please go back to the page and try again.",
}


def sentence(reason: str, provider: str) -> str:
    """The sentence for a reason; a general one for a reason that is none of ours (it may come from an address)."""
    return SENTENCES.get(reason, SENTENCES["used"]).format(provider=provider or "The provider")
