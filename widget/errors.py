"""What can go wrong, as classes: a stable code for programs, a status, and a sentence for the person.

One handler (`widget.handlers.errors`) renders them as HTML or JSON. Private detail belongs in the log, never here.
"""

from __future__ import annotations

from collections.abc import Mapping


class PalaverError(Exception):
    """Base of all errors that are told to a person.

    `message` is a sentence that says what happened and what to do; `fields` is {field name: sentence};
    `retry_after` is in whole seconds and becomes the header of that name (RFC 9110, 10.2.3).
    """

    code = "error"
    status = 500

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


class BadRequest(PalaverError):
    code, status = "bad_request", 400


class Unauthorised(PalaverError):
    code, status = "unauthorised", 401


class Forbidden(PalaverError):
    code, status = "forbidden", 403


class NotFound(PalaverError):
    code, status = "not_found", 404


class Conflict(PalaverError):
    code, status = "conflict", 409


class TooLarge(PalaverError):
    code, status = "too_large", 413


class UnsupportedMedia(PalaverError):
    code, status = "unsupported_media", 415


class Invalid(PalaverError):
    code, status = "invalid", 422


class TooMany(PalaverError):
    code, status = "too_many", 429


class Unavailable(PalaverError):
    code, status = "unavailable", 503
