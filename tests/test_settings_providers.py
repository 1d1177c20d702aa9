"""Each sign-in provider has keys of its own; what is wrong with them is told, and never what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from auth import PROVIDER_KEYS
from widget.app import offered_providers
from widget.html import provider_views
from widget.settings import ConfigurationError, Settings, load

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings(environ: dict[str, str], file: str = "", public_url: str = "https://comments.example") -> Settings:
    Path("palaver.toml").write_text(file)
    environ = {"PALAVER_PUBLIC_URL": public_url, **environ}
    return load(None, environ, production=True, providers=PROVIDER_KEYS)


def problems(environ: dict[str, str], file: str = "") -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        settings(environ, file)
    return caught.value.problems


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, lock: KeySerializationEncryption | None = None) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption()).decode()


P256 = pem(ec.generate_private_key(ec.SECP256R1()))
APPLE = {"PALAVER_PROVIDER_APPLE_ID": "a", "PALAVER_PROVIDER_APPLE_TEAM": "T", "PALAVER_PROVIDER_APPLE_KEY_ID": "K"}


def test_every_key_of_every_provider_can_be_a_variable_or_stand_in_the_file() -> None:
    special = {"host": "https://code.example", "enabled": "on", "private_key": P256}
    for name, keys in PROVIDER_KEYS.items():
        given = {key: special.get(key, "x") for key in keys}
        variables = {f"PALAVER_PROVIDER_{name.upper()}_{key.upper()}": text for key, text in given.items()}
        lines = "".join(f"{key} = '''{text}'''\n" for key, text in given.items())
        for found in (settings(variables), settings({}, f"[providers.{name}]\n{lines}")):
            assert found.providers[name].keys == given
            assert found.warnings == ()


def test_all_providers_can_be_offered_at_once() -> None:
    special = {"host": "https://code.example", "enabled": "on", "private_key": P256}
    variables = {
        f"PALAVER_PROVIDER_{name.upper()}_{key.upper()}": special.get(key, f"{name} {key}")
        for name, keys in PROVIDER_KEYS.items()
        for key in keys
    }
    offered = offered_providers(settings(variables))
    assert offered.keys() == PROVIDER_KEYS.keys()
    assert {row.client_id for row in offered.values()} == {f"{name} id" for name in PROVIDER_KEYS} - {"mastodon id"} | {
        ""
    }
    assert all("<svg" in view.icon for view in provider_views(list(offered.values())))


def test_every_key_is_documented() -> None:
    text = DOCS.read_text()
    for name, keys in PROVIDER_KEYS.items():
        for key in keys.keys() - {"id", "secret"}:
            assert f"`PALAVER_PROVIDER_{name.upper()}_{key.upper()}`" in text


def test_every_missing_key_is_told_at_once() -> None:
    assert problems({"PALAVER_PROVIDER_APPLE_ID": "a", "PALAVER_PROVIDER_GITEA_ID": "b"}) == [
        "PALAVER_PROVIDER_APPLE_ID is set, but providers.apple has no team and no key_id and no private_key.",
        "PALAVER_PROVIDER_GITEA_ID is set, but providers.gitea has no secret and no host.",
    ]


def test_a_key_that_another_provider_has_is_unknown() -> None:
    assert problems({}, '[providers.google]\nid = "x"\nsecret = "y"\nhost = "https://google.example"') == [
        "palaver.toml: there is no setting “providers.google.host”; did you mean providers.google.secret?"
    ]
    assert settings({"PALAVER_PROVIDER_GOOGLE_HOST": "x"}).warnings[0].startswith("PALAVER_PROVIDER_GOOGLE_HOST is no")


@pytest.mark.parametrize(
    ("host", "kept"),
    [
        ("https://code.example", "https://code.example"),
        ("https://code.example/", "https://code.example"),
        ("https://example.org/git/", "https://example.org/git"),
        ("https://code.example:8443", "https://code.example:8443"),
        ("http://code.example", None),
        ("http://127.0.0.1:3000", None),
        ("code.example", None),
        ("https://code.example?x", None),
        ("https://code.example#x", None),
        ("https://me@code.example", None),
    ],
)
def test_a_host_is_an_https_address(host: str, kept: str | None) -> None:
    keys = {"PALAVER_PROVIDER_GITLAB_ID": "x", "PALAVER_PROVIDER_GITLAB_SECRET": "y"}
    environ = {**keys, "PALAVER_PROVIDER_GITLAB_HOST": host}
    if kept is None:
        assert problems(environ) == ["PALAVER_PROVIDER_GITLAB_HOST takes the server's https address, without query."]
    else:
        assert settings(environ).providers["gitlab"].keys["host"] == kept


def test_a_host_on_this_machine_is_for_a_service_on_this_machine() -> None:
    keys = {"PALAVER_PROVIDER_GITEA_ID": "x", "PALAVER_PROVIDER_GITEA_SECRET": "y"}
    environ = {**keys, "PALAVER_PROVIDER_GITEA_HOST": "http://127.0.0.1:3000"}
    found = settings(environ, public_url="http://localhost:8000")
    assert found.providers["gitea"].keys["host"] == "http://127.0.0.1:3000"


def test_a_provider_without_keys_is_switched_on_and_off() -> None:
    assert "mastodon" in settings({}, "providers.mastodon.enabled = true").providers
    assert "mastodon" not in settings({}, "providers.mastodon.enabled = false").providers
    assert "mastodon" not in settings({}).providers
    assert problems({"PALAVER_PROVIDER_MASTODON_ENABLED": "yes"}) == [
        "PALAVER_PROVIDER_MASTODON_ENABLED takes on or off."
    ]


def test_the_lines_of_a_private_key_may_be_written_as_escapes() -> None:
    found = settings({**APPLE, "PALAVER_PROVIDER_APPLE_PRIVATE_KEY": P256.replace("\n", "\\n")})
    assert found.providers["apple"].keys["private_key"] == P256
    assert "PRIVATE KEY" not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "AuthKey_ABC.p8",
        P256.replace("M", "N"),
        P256.splitlines()[1],
        pem(rsa.generate_private_key(65537, 2048)),
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"password")),
    ],
    ids=["a file's name", "no base64", "one line", "RSA", "another curve", "encrypted"],
)
def test_a_private_key_that_apple_did_not_give_is_refused(text: str) -> None:
    [problem] = problems({**APPLE, "PALAVER_PROVIDER_APPLE_PRIVATE_KEY": text})
    assert problem.startswith("PALAVER_PROVIDER_APPLE_PRIVATE_KEY takes the text of the .p8 file, from -----BEGIN")
    assert text not in problem
