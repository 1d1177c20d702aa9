from __future__ import annotations

import ipaddress
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from widget.mail_settings import MailServer, Sender
from widget.settings import SETTINGS, ConfigurationError, Settings, ensure_key_file, load
from widget.url_parts import is_loopback

PAIR = {"id": True, "secret": True}
KNOWN = {"google": PAIR, "github": PAIR, "wordpress": PAIR}
KEY = "k" * 32
SECRET = "do-not-tell-" + "s" * 40
DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings(
    environ: dict[str, str] | None = None,
    file: str = "",
    options: dict[str, str] | None = None,
    *,
    production: bool = True,
) -> Settings:
    if file:
        Path("palaver.toml").write_text(file)
    return load(None, environ or {}, production=production, providers=KNOWN, options=options)


def problems(environ: dict[str, str] | None = None, file: str = "", options: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        settings(environ, file, options)
    assert all(problem.endswith((".", "?")) for problem in caught.value.problems)
    return caught.value.problems


def test_owner_who_sets_nothing_gets_a_service_on_loopback() -> None:
    found = settings()
    assert found.database_url == "sqlite:///palaver.db"
    assert (found.host, found.port, found.public_url) == ("127.0.0.1", 8000, "http://localhost:8000")
    assert (found.limits, found.avatars, found.log_level, found.trusted_proxies) == (True, True, "info", ())
    assert (found.secret_keys, found.providers, found.oidc, found.warnings) == ((), {}, {}, ())


def test_command_line_wins_over_environment_over_file_over_default() -> None:
    file = 'port = 1001\nhost = "::1"\nlog_level = "error"'
    assert settings({}, file).port == 1001
    found = settings({"PALAVER_HOST": "127.0.0.2", "PALAVER_LOG_LEVEL": ""}, file, {"port": "1002"})
    assert (found.port, found.host, found.log_level) == (1002, "127.0.0.2", "error")
    assert found.public_url == "http://localhost:1002"


def test_every_setting_can_stand_in_the_file() -> None:
    found = settings(
        {},
        f"""
        database_url = "postgresql://palaver:pw@db.example/palaver"
        public_url = "https://Comments.example/"
        secret_keys = ["{KEY}", "{KEY[:-1]}2"]
        limits = true
        host = "0.0.0.0"
        port = 80
        trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]
        log_level = "debug"
        mail_url = "smtp://127.0.0.1:25"
        mail_from = "Comments <comments@blog.example>"
        [providers.google]
        id = "g"
        secret = "{SECRET}"
        [oidc.keycloak]
        issuer = "https://login.example/realms/readers"
        id = "o"
        secret = "{SECRET}"
        label = "Readers' club"
        """,
    )
    assert found.database_url == "postgresql://palaver:pw@db.example/palaver"
    assert found.public_url == "https://comments.example"
    assert found.secret_keys == (KEY, KEY[:-1] + "2")
    assert found.trusted_proxies == (ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("10.0.0.0/8"))
    assert found.mail_url == MailServer("127.0.0.1", 25, "none")
    assert found.mail_from == Sender("Comments", "comments", "blog.example")
    assert found.providers["google"].keys == {"id": "g", "secret": SECRET}
    assert found.oidc["keycloak"].issuer == "https://login.example/realms/readers"
    assert found.oidc["keycloak"].label == "Readers' club"


def test_every_variable_is_read() -> None:
    found = settings(
        {
            "PALAVER_DATABASE_URL": "postgresql://palaver:pw@db.example/palaver",
            "PALAVER_REDIS_URL": "redis://:pw@cache.example:6379/1",
            "PALAVER_PUBLIC_URL": "http://127.0.0.1:9000",
            "PALAVER_SECRET_KEYS": f"{KEY},{KEY}2",
            "PALAVER_LIMITS": "off",
            "PALAVER_AVATARS": "off",
            "PALAVER_CACHE_MEGABYTES": "256",
            "PALAVER_HOST": "0.0.0.0",
            "PALAVER_TRUSTED_PROXIES": "10.0.0.0/8, fd00::/8",
            "PALAVER_LOG_LEVEL": "warning",
            "PALAVER_MAIL_URL": "smtps://me:pw@mail.example",
            "PALAVER_MAIL_FROM": "comments@blog.example",
            "PALAVER_AKISMET_KEY": "123abc",
            "PALAVER_AKISMET_URL": "http://127.0.0.1:81/",
            "PALAVER_IMPORT_FOLDER": "/imports",
            "PALAVER_BACKUP_FOLDER": "/backup",
            "PALAVER_BACKUP_EVERY": "12",
            "PALAVER_BACKUP_KEEP_DAILY": "3",
            "PALAVER_BACKUP_KEEP_WEEKLY": "0",
            "PALAVER_PROVIDER_GITHUB_ID": "g",
            "PALAVER_PROVIDER_GITHUB_SECRET": SECRET,
            "PALAVER_OIDC_MY_HOUSE_ISSUER": "https://login.example",
            "PALAVER_OIDC_MY_HOUSE_ID": "o",
            "PALAVER_OIDC_MY_HOUSE_SECRET": SECRET,
        }
    )
    assert found.public_url == "http://127.0.0.1:9000"
    assert found.import_folder == "/imports"
    assert (found.backup_folder, found.backup_every) == ("/backup", 12)
    assert (found.backup_keep_daily, found.backup_keep_weekly) == (3, 0)
    assert found.secret_keys == (KEY, KEY + "2")
    assert (found.limits, found.avatars) == (False, False)
    assert found.cache_megabytes == 256
    assert len(found.trusted_proxies) == 2
    assert found.mail_url == MailServer("mail.example", 465, "implicit", "me", "pw")
    assert found.mail_from == Sender("", "comments", "blog.example")
    assert (found.akismet_key, found.akismet_url) == ("123abc", "http://127.0.0.1:81")
    assert found.providers["github"].keys == {"id": "g", "secret": SECRET}
    assert (found.oidc["my-house"].id, found.oidc["my-house"].label) == ("o", "my-house")
    assert found.warnings == ()
    assert found.redis_url == "redis://:pw@cache.example:6379/1"
    assert len({setting.env for setting in SETTINGS if setting.env}) == 19


def test_secret_may_come_from_the_environment_and_the_rest_from_the_file() -> None:
    found = settings({"PALAVER_PROVIDER_GOOGLE_SECRET": SECRET}, 'providers.google.id = "g"')
    assert found.providers["google"].keys["secret"] == SECRET


def test_every_mistake_is_told_at_once() -> None:
    found = problems(
        {"PALAVER_LIMITS": "maybe", "PALAVER_SECRET_KEYS": "short", "PALAVER_PROVIDER_GOOGLE_ID": "x"},
        """
        databse_url = "sqlite:///x.db"
        host = "not a host"
        trusted_proxies = ["10.0.0.1/8"]
        log_level = 3.5
        [providers.gogle]
        id = "x"
        [oidc.UPPER]
        id = "x"
        [oidc.github]
        id = "x"
        secret = "y"
        issuer = "http://login.example"
        """,
        {"port": "99999"},
    )
    text = "\n".join(found)
    for expected in (
        "palaver.toml: there is no setting “databse_url”; did you mean database_url?",
        "palaver.toml: host takes an address or a host name.",
        "palaver.toml: trusted_proxies takes addresses or networks such as 10.0.0.0/8.",
        "palaver.toml: log_level takes a text, a number, true or false, or a list of texts.",
        "there is no setting “providers.gogle.id”; did you mean providers.google.id?",
        "there is no setting “oidc.UPPER.id”.",
        "oidc.github has the name of a built-in provider; choose another.",
        "palaver.toml: oidc.github.issuer takes the issuer's https address, without query.",
        "PALAVER_LIMITS takes on or off.",
        "PALAVER_SECRET_KEYS takes random keys of at least 32 characters each.",
        "PALAVER_PROVIDER_GOOGLE_ID is set, but providers.google has no secret.",
        "--port takes a number from 1 to 65535.",
    ):
        assert expected in text
    assert len(found) == 12


@pytest.mark.parametrize("name", ["github", "email", "sso"])
def test_issuer_that_has_the_name_of_another_way_to_sign_in_is_refused(name: str) -> None:
    file = f'[oidc.{name}]\nid = "x"\nsecret = "y"\nissuer = "https://login.example"'
    assert problems({}, file) == [f"oidc.{name} has the name of a built-in provider; choose another."]


def test_secret_is_in_no_error_and_no_repr() -> None:
    environ = {setting.env: SECRET + " \x01 short" for setting in SETTINGS if setting.env} | {
        "PALAVER_PROVIDER_GOOGLE_SECRET": SECRET,
        "PALAVER_OIDC_X_SECRET": SECRET,
        "PALAVER_OIDC_Y_ISSUER": f"https://me:{SECRET}@login.example",
        "PALAVER_OIDC_Y_ID": SECRET,
        "PALAVER_OIDC_Y_SECRET": SECRET,
    }
    with pytest.raises(ConfigurationError) as caught:
        settings(environ, f'secret_keys = 0.5\nport = "{SECRET}"')
    assert SECRET not in str(caught.value) + repr(caught.value)

    found = settings(
        {
            "PALAVER_DATABASE_URL": f"postgresql://me:{SECRET}@db.example/x",
            "PALAVER_SECRET_KEYS": SECRET,
            "PALAVER_MAIL_URL": f"smtp://{SECRET}:{SECRET}@mail.example",
            "PALAVER_MAIL_FROM": "comments@blog.example",
            "PALAVER_PROVIDER_GOOGLE_ID": "g",
            "PALAVER_PROVIDER_GOOGLE_SECRET": SECRET,
            "PALAVER_OIDC_X_ISSUER": "https://login.example",
            "PALAVER_OIDC_X_ID": "x",
            "PALAVER_OIDC_X_SECRET": SECRET,
        },
        "port = 80",
    )
    assert SECRET not in repr(found) + str(found)


@pytest.mark.parametrize("text", [f'port = "{SECRET}', f"{SECRET} = = 1", f'a = 1\n["{SECRET}"'])
def test_file_that_is_no_toml_is_told_with_its_place_and_without_its_text(text: str) -> None:
    (problem,) = problems({}, text)
    assert re.fullmatch(r"palaver\.toml: the file is not TOML( \(at [^)]+\))?\.", problem)


def test_file_that_cannot_be_read_is_told() -> None:
    assert problems({"PALAVER_CONFIG": "none.toml"}) == [
        "none.toml: the file cannot be read: No such file or directory."
    ]
    Path("latin.toml").write_bytes(b'host = "\xff"')
    assert problems({"PALAVER_CONFIG": "latin.toml"}) == ["latin.toml: the file is not UTF-8 text."]


def test_file_named_by_the_command_line_wins_over_the_variable() -> None:
    Path("a.toml").write_text("port = 1001")
    Path("b.toml").write_text("port = 1002")
    environ = {"PALAVER_CONFIG": "b.toml"}
    assert load(Path("a.toml"), environ, production=True, providers=KNOWN).port == 1001
    assert load(None, environ, production=True, providers=KNOWN).port == 1002


def test_unknown_variable_is_only_a_warning() -> None:
    found = settings(
        {"PALAVER_PORT": "tcp://10.0.0.1:80", "PALAVER_DATABASE_ULR": "x", "PALAVER_OIDC_SERVICE_HOST": "10.0.0.1"}
    )
    assert found.warnings[0].endswith("did you mean PALAVER_DATABASE_URL?")
    assert [warning.split()[0] for warning in found.warnings] == [
        "PALAVER_DATABASE_ULR",
        "PALAVER_OIDC_SERVICE_HOST",
        "PALAVER_PORT",
    ]


@pytest.mark.parametrize(
    ("origin", "loopback"),
    [
        ("http://localhost:8000", True),
        ("http://a.localhost", True),
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("http://[::]", False),
    ],
)
def test_plain_http_and_no_limits_are_for_loopback_alone(origin: str, loopback: bool) -> None:
    assert is_loopback(origin) is loopback
    environ = {"PALAVER_PUBLIC_URL": origin, "PALAVER_LIMITS": "off"}
    if loopback:
        assert settings(environ).public_url == origin
        return
    assert problems(environ) == [
        "PALAVER_PUBLIC_URL takes https, or an address on loopback.",
        "PALAVER_LIMITS takes off only where the public URL is on loopback.",
    ]
    assert settings({"PALAVER_PUBLIC_URL": origin}, production=False).public_url == origin


@pytest.mark.parametrize(
    "url", ["https://x.example/path", "https://me@x.example", "x.example", "https://x.example?a", "ftp://x.example"]
)
def test_public_url_that_is_no_origin_is_refused(url: str) -> None:
    (problem,) = problems({"PALAVER_PUBLIC_URL": url})
    assert problem.startswith("PALAVER_PUBLIC_URL takes an origin")


@pytest.mark.parametrize("url", ["cache.example:6379", "http://cache.example", "redis://", "redis://a b"])
def test_redis_url_of_another_kind_is_refused(url: str) -> None:
    (problem,) = problems({"PALAVER_REDIS_URL": url})
    assert problem.startswith("PALAVER_REDIS_URL takes redis://HOST")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=ro",
        "sqlite:///folder/",
        "sqlite+aiosqlite:///a.db",
        "mysql://db.example/x",
        "postgresql://db.example",
        "postgresql://",
        "palaver.db",
    ],
)
def test_database_url_of_another_kind_is_refused(url: str) -> None:
    (problem,) = problems({"PALAVER_DATABASE_URL": url, "PALAVER_SECRET_KEYS": KEY})
    assert problem.startswith("PALAVER_DATABASE_URL takes sqlite:///FILE or")


def test_postgresql_needs_secret_keys() -> None:
    assert problems({"PALAVER_DATABASE_URL": "postgresql://db.example/x"}) == [
        "secret_keys (PALAVER_SECRET_KEYS) must be set with PostgreSQL."
    ]


def test_key_file_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    environ = {"PALAVER_DATABASE_URL": f"sqlite:///{tmp_path}/folder/palaver.db"}
    (tmp_path / "folder").mkdir()
    first = ensure_key_file(settings(environ))
    file = tmp_path / "folder" / "palaver.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first.secret_keys) == 1
    assert settings(environ).secret_keys == first.secret_keys == ensure_key_file(settings(environ)).secret_keys
    assert list(file.parent.iterdir()) == [file]


def test_processes_that_start_together_agree_on_one_key() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ensure_key_file, [settings()] * 16))
    assert len({each.secret_keys for each in found}) == 1
    assert [path.name for path in Path().iterdir()] == ["palaver.key"]


def test_configured_keys_leave_the_key_file_alone() -> None:
    assert ensure_key_file(settings({"PALAVER_SECRET_KEYS": KEY})).secret_keys == (KEY,)
    assert not Path("palaver.key").exists()


@pytest.mark.parametrize("content", [b"", b"\n", b"short\n", b"\xff\xfe\n"])
def test_key_file_without_keys_stops_the_start(content: bytes) -> None:
    Path("palaver.key").write_bytes(content)
    Path("palaver.key").chmod(0o600)
    (problem,) = problems()
    assert problem.startswith("palaver.key takes ")


def test_key_file_that_others_can_read_gives_a_warning() -> None:
    ensure_key_file(settings())
    Path("palaver.key").chmod(0o644)
    assert settings().warnings == ("palaver.key can be read by others: chmod 600 palaver.key.",)


def test_key_file_that_cannot_be_made_is_told() -> None:
    with pytest.raises(ConfigurationError, match="cannot be made: No such file or directory"):
        ensure_key_file(settings({"PALAVER_DATABASE_URL": "sqlite:///nowhere/palaver.db"}))


def test_every_setting_is_documented() -> None:
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in DOCS.read_text().splitlines()]
    for setting in SETTINGS:
        variable = f"`{setting.env}`" if setting.env else "–"
        default = f"`{setting.default}`" if setting.default else "–"
        assert (f"`{setting.name}`", variable, default, setting.help) in rows
