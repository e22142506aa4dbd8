"""Settings as people write them: what is read in spite of its form, and what is refused in one sentence without a secret."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings
from app.surroundings.faults import sentences
from app.surroundings.values import without_password
from app.surroundings.written_files import SettingFault

SECRET = "s3cr:t"


@pytest.fixture(autouse=True)
def nothing_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting comes from this machine, and the folder has no `.env` yet."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def refusals() -> list[str]:
    try:
        Settings()
    except ValidationError as error:
        return sentences(error)
    except SettingFault as fault:
        return [str(fault)]
    return []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "POSTGRES"])
def test_every_way_to_write_a_postgres_address_uses_the_driver_that_is_there(scheme, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p/w@host:5433/name?sslmode=require")

    assert Settings().database_url == "postgresql+psycopg://u:p/w@host:5433/name?sslmode=require"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (f"postgresql+psycopg2://u:{SECRET}@h/x", "postgresql+psycopg://"),
        (f"postgresql+asyncpg://u:{SECRET}@h/x", "postgresql+psycopg://"),
        (f"postgres+pg8000://u:{SECRET}@h/x", "postgresql+psycopg://"),
        (f"mysql://u:{SECRET}@h/x", "postgresql+psycopg://"),
        (f"mariadb+pymysql://u:{SECRET}@h/x", "not supported"),
        (f"jdbc:postgresql://u:{SECRET}@h/x", "no address"),
        (f"postgresql://u:{SECRET}@h:port/x", "port"),
        (f"postgresql://u:{SECRET}@h:99999/x", "port"),
        ("sqlite+aiosqlite:///x", "not supported"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("app.sqlite", "no address"),
    ],
)
def test_another_database_is_refused_in_a_sentence_without_its_password(value, said, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", value)

    (sentence,) = refusals()

    assert sentence.startswith("DATABASE_URL ")
    assert said in sentence
    assert SECRET not in sentence


@pytest.mark.parametrize(
    "value",
    [
        "https://host/path",
        "https://host/?a=b",
        "host",
        "host:8000",
        "ftp://host",
        "https://",
        "https://a b",
        "https://h:x",
        f"https://u:{SECRET}@host",
        "https://host/#top",
        "//host",
    ],
)
def test_a_public_address_that_is_no_host_is_refused(value, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", value)

    (sentence,) = refusals()

    assert sentence.startswith("PUBLIC_URL ")
    assert "such as https://synthesize.example" in sentence
    assert SECRET not in sentence


@pytest.mark.parametrize("value", ["https://Host.Example/", " https://host.example ", "https://host.example:443"])
def test_a_public_address_is_taken_as_browsers_name_it(value, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", value)

    assert Settings().public_url == "https://host.example"


@pytest.mark.parametrize("value", ["2000000", "2_000_000", "2,000,000", " 2 000 000 ", "2\u202f000\u202f000"])
def test_a_number_is_read_as_people_group_it(value, monkeypatch):
    monkeypatch.setenv("RUN_BUDGET_TOKENS", value)

    assert Settings().run_budget_tokens == 2_000_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "99999"),
        ("PORT", "-1"),
        ("PORT", "80.5"),
        ("PORT", "8,0"),
        ("RUN_BUDGET_CALLS", "0"),
        ("RUN_BUDGET_TOKENS", "9" * 5000),
        ("PRODUCTION", "ture"),
        ("MODEL_JUDGING", "loud"),
        ("LIMIT_JOBS", "30 an hour"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_in_one_sentence(name, value, monkeypatch):
    monkeypatch.setenv(name, value)

    (sentence,) = refusals()

    assert sentence.startswith(f"Setting {name}: ")
    assert sentence.endswith(".")
    assert "Value error" not in sentence


@pytest.mark.parametrize("value", ["10.0.0.300", "10.0.0.1/8", "proxy.example", "10.0.0.1;10.0.0.2"])
def test_a_proxy_that_would_never_be_believed_is_refused(value, monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", value)

    assert [sentence.split()[0] for sentence in refusals()] == ["TRUSTED_PROXIES"]


def test_an_empty_value_is_as_none_but_an_empty_hub_is_never_asked(monkeypatch):
    for name in ("PORT", "HOST", "MODEL", "DATA_DIR", "MODEL_CACHE", "PRODUCTION", "LIMIT_JOBS", "MODEL_HUB"):
        monkeypatch.setenv(name, " ")

    settings = Settings()

    assert (settings.port, settings.model, settings.data_dir) == (8000, "embedded", Path("data"))
    assert (settings.model_cache, settings.model_hub) == (None, "")


@pytest.mark.parametrize(
    "written",
    [
        b"key-7",
        b"key-7\r\n",
        codecs.BOM_UTF8 + b"key-7\n",
        "\ufeffkey-7\r\n".encode("utf-16-le"),
        "key-7".encode("utf-16-be"),
    ],
    ids=["plain", "line end", "mark", "UTF-16 with mark", "UTF-16 without"],
)
def test_a_key_file_gives_its_key_however_it_was_saved(written, tmp_path, monkeypatch):
    (tmp_path / "key").write_bytes(written)
    monkeypatch.setenv("MODEL_API_KEY_FILE", str(tmp_path / "key"))

    assert Settings().model_api_key.get_secret_value() == "key-7"


def test_a_key_file_may_be_named_in_the_env_file_and_a_key_itself_outranks_it(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("from the file")
    (tmp_path / ".env").write_text("MODEL_API_KEY_FILE=key\n")

    named = Settings().model_api_key.get_secret_value()
    monkeypatch.setenv("MODEL_API_KEY", "direct")

    assert named == "from the file"
    assert Settings().model_api_key.get_secret_value() == "direct"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"one\ntwo\n", "2 lines"),
        (b"k\xff\xfe", "UTF-8"),
        (None, "No such file"),
        (b"k\0ey", "NUL"),
        (b"abc\0", "NUL"),
    ],
)
def test_a_key_file_without_one_key_is_refused_by_name(written, said, tmp_path, monkeypatch):
    if written is not None:
        (tmp_path / "key").write_bytes(written)
    monkeypatch.setenv("MODEL_API_KEY_FILE", str(tmp_path / "key"))

    (sentence,) = refusals()

    assert sentence.startswith("MODEL_API_KEY_FILE names the file ")
    assert said in sentence


def test_a_folder_in_place_of_a_key_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("MODEL_API_KEY_FILE", str(tmp_path))

    (sentence,) = refusals()

    assert "Is a directory" in sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_env_file_is_read_however_it_was_saved(encoding, end, tmp_path):
    (tmp_path / ".env").write_bytes(end.join(["# ours", "PORT=9000", 'export MODEL="openai/ä"', ""]).encode(encoding))

    settings = Settings()

    assert (settings.port, settings.model) == (9000, "openai/ä")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("PORT=9000\nMODEL=ä".encode("latin-1"), "UTF-8"),
        (b"PORT=9000\nsome words\n= x\n", "line 2"),
        (b"PK\3\4\0", "NUL"),
    ],
)
def test_an_env_file_that_cannot_be_read_is_told_in_one_sentence(written, said, tmp_path):
    (tmp_path / ".env").write_bytes(written)

    (sentence,) = refusals()

    assert sentence.startswith("The file .env of settings ")
    assert said in sentence


def test_an_address_is_shown_without_its_password():
    assert (
        without_password(f"postgresql+psycopg://u:{SECRET}@h:5/x?password={SECRET}")
        == "postgresql+psycopg://u:...@h:5/x"
    )
    assert without_password("sqlite:///data/app.sqlite") == "sqlite:///data/app.sqlite"


def test_a_folder_in_the_env_file_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".env").write_text("DATA_DIR=~/data\nMODEL_CACHE=~/models\n")

    settings = Settings()

    assert (settings.data_dir, settings.model_cache) == (tmp_path / "data", tmp_path / "models")
    (tmp_path / ".env").write_text("DATA_DIR=~nobody-of-this-name/data\n")
    assert ["begins with the home of somebody" in sentence for sentence in refusals()] == [True]
