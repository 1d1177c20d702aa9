"""What somebody knows a session of theirs by: the browser and the system, and nothing more of it."""

from __future__ import annotations

from starlette.datastructures import Headers

# The first that is found counts: most browsers name others beside themselves.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "YaBrowser": "Yandex Browser",
    "Vivaldi": "Vivaldi",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Epiphany/": "Epiphany",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_of(headers: Headers) -> str:
    """Such as “Firefox on Linux”, from User-Agent (RFC 9110, 10.1.5); "" where it says nothing we know."""
    agent = headers.get("user-agent", "")
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    return f"{browser} on {system}" if browser and system else browser or system
