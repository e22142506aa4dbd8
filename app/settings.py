"""One frozen Settings from the environment, a `.env` file, or NAME_FILE for secrets."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from app.surroundings.habit_values import habits
from app.surroundings.model_addresses import keys_by_address, model_address, name_and_address, numbered
from app.surroundings.prices import written_prices
from app.surroundings.sign_in_providers import Provider, clients_written, providers_of, providers_written
from app.surroundings.values import at_home, database_address, number, proxies, public_address
from app.surroundings.written_files import DotEnvFile, KeyFiles, SettingFault, secret_in


def _rate(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,9}/([1-9][0-9]? ?)?(second|minute|hour|day)s?", text.strip()):
        raise ValueError(
            f"{text!r} is no limit. Write an amount and a unit (second, minute, hour, day), such as 30/hour or 10/5 minutes"
        )
    return text.strip()


def _keys(value: SecretStr) -> SecretStr:
    keys_by_address(value.get_secret_value())
    return value


def _clients(value: SecretStr) -> SecretStr:
    return SecretStr(clients_written(value.get_secret_value()))


def _second_address(value: str) -> str:
    return model_address(value, "SECOND_MODEL_API_BASE")


def _hosts(text: str) -> str:
    names = text.replace(",", " ").split()
    wrong = next((name for name in names if not re.fullmatch(r"[A-Za-z0-9._\-\[\]:]+", name)), None)
    if wrong is not None:
        raise ValueError(
            f"{wrong[:60]!r} is no host name. Write names such as personas.lan or box:8000, with blanks between"
        )
    return " ".join(names)


Rate = Annotated[str, AfterValidator(_rate)]
DOT_ENV = Path(".env")
SECRETS_IN_FILES = ("model_api_key", "model_keys", "database_url", "embedded_key", "sign_in_clients", "backup_key")
"""May be given as NAME_FILE, the path of a file that holds the value."""


class Settings(BaseSettings):
    """Everything an operator can set. Read once where the program is put together and passed on."""

    # No file is named here, for pydantic's own reader, which takes UTF-8 only, would come before ours.
    model_config = SettingsConfigDict(env_file=(), frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Annotated[Path, AfterValidator(at_home)] = Path("data")
    database_url: Annotated[str, AfterValidator(database_address)] = ""
    """Empty: an SQLite file in the data folder. Else `postgresql+psycopg://...`."""

    model: str = "embedded"
    """"embedded", "embedded/<name in the catalogue>", a path to a GGUF file, or any LiteLLM model name. May be
    given as NAME@ADDRESS; what is kept here is the name alone, for it is shown, stored and exported."""
    model_api_base: Annotated[str, AfterValidator(model_address)] = ""
    """The address of MODEL, and of SECOND_MODEL where it is of the same provider and has none of its own."""
    model_api_key: SecretStr = SecretStr("")
    """The key of MODEL; sent to other models at the same address, or of the same provider, and nowhere else."""
    model_keys: Annotated[SecretStr, AfterValidator(_keys)] = SecretStr("")
    """Keys of further addresses, as ADDRESS=KEY with blanks between them."""
    model_slot_tokens: int = Field(default=0, ge=0)
    """Context of the model in tokens; 0: 4,096 for the embedded model, 16,384 for any other."""
    model_judging: Literal["", "pointwise", "both_orders", "reasoned", "stacked"] = ""
    """"pointwise", "both_orders", "reasoned" or "stacked"; empty: pointwise for the embedded model, else what follows from
    the model's habits: stacked where it thinks, both_orders where it does not."""
    model_habits: Annotated[str, AfterValidator(habits)] = ""
    """What the model takes, in place of what is learned about it, such as "seed=no,schema=words"; "plain": ask nothing."""
    model_parallel: int = Field(default=0, ge=0, le=256)
    """How many calls the whole site sends to one model at once; 0: 4 to the embedded model, 16 to any other."""
    second_model: str = ""
    """A second model for comparisons, or NAME@ADDRESS; empty: one model answers in two styles."""
    second_model_api_base: Annotated[str, AfterValidator(_second_address)] = ""
    models_file: Annotated[Path, AfterValidator(at_home)] | None = None
    """A file that lists the models which write the answers to prompts, read again as it changes (surroundings/models_file.py)."""

    embedded_url: str = ""
    embedded_key: SecretStr = SecretStr("")
    """Where the embedded model's server listens; set by `serve` for its children."""
    embedded_cache_megabytes: int = Field(default=256, ge=0)
    """Memory for what prompts begin with, so that it is not read again; about 30 KB a token of the 1.5B model."""
    model_cache: Annotated[Path, AfterValidator(at_home)] | None = None
    """Where fetched model files are kept; empty: `models` in the data folder."""
    model_hub: str = "https://huggingface.co"
    """Asked first for the embedded model's file; empty: never asked."""

    run_budget_calls: int = Field(default=800, ge=1)
    run_budget_tokens: int = Field(default=2_000_000, ge=1)

    import_answers: int = Field(default=200, ge=1, le=1_000)
    """The most answers that one imported conversation may order."""

    model_prices: Annotated[str, AfterValidator(written_prices)] = ""
    """MODEL=PROMPT/ANSWER in dollars for a million tokens, in place of the table that comes with LiteLLM."""
    spend_person_tokens: int = Field(default=5_000_000, ge=0)
    spend_person_dollars: float = Field(default=5.0, ge=0, allow_inf_nan=False)
    spend_address_tokens: int = Field(default=20_000_000, ge=0)
    spend_address_dollars: float = Field(default=20.0, ge=0, allow_inf_nan=False)
    spend_import_tokens: int = Field(default=4_000_000, ge=0)
    spend_import_dollars: float = Field(default=4.0, ge=0, allow_inf_nan=False)
    spend_day_tokens: int = Field(default=50_000_000, ge=0)
    spend_day_dollars: float = Field(default=50.0, ge=0, allow_inf_nan=False)
    spend_month_tokens: int = Field(default=500_000_000, ge=0)
    spend_month_dollars: float = Field(default=500.0, ge=0, allow_inf_nan=False)
    """The most that hosted models may cost: a person a day, the guests of one address a day, an import, and all together
    a day and a month in UTC. 0: no such cap."""

    storage_megabytes: int = Field(default=200, ge=0)
    storage_conversations: int = Field(default=12_000, ge=0)
    """The most that one person may bring in and type; 0: no such limit. One file of the largest size fits in; counting what
    waits takes a tenth of a second at 12,000."""

    guest_days: int = Field(default=90, ge=0)
    """After how many days without a visit the account of a guest is erased who has neither words nor a provider; 0: never."""

    backup_key: SecretStr = SecretStr("")
    """What backups are encrypted with, a long random text; empty: they are not."""
    forgotten_log: Annotated[Path, AfterValidator(at_home)] | None = None
    """Where erasures and withdrawals are written down, for a restored backup to obey; empty: `forgotten.log` in the data folder."""

    production: bool = False
    public_url: Annotated[str, AfterValidator(public_address)] = ""
    """The address people see, such as https://synthesize.example; required in production."""
    allowed_hosts: Annotated[str, AfterValidator(_hosts)] = ""
    """Further host names under which people reach the site, with blanks between them."""
    trusted_proxies: Annotated[str, AfterValidator(proxies)] = ""
    """Addresses, separated by commas, of proxies whose X-Forwarded-For is believed; empty: none."""

    limit_verdicts: Rate = "1500/minute"
    limit_jobs: Rate = "30/hour"
    limit_imports: Rate = "120/hour"
    limit_prompts: Rate = "120/hour"
    """How often one account may do each, as "amount/unit" (second, minute, hour, day)."""
    limit_guests: Rate = "600/hour"
    """How many new visitors one address may bring."""
    limit_recoveries: Rate = "30/hour"
    """How often one address may try words that open an account again."""
    limit_sign_ins: Rate = "10/5 minutes"
    limit_sign_ins_of_all: Rate = "1000/5 minutes"
    """How often one address may begin to sign in by a provider, and come back from it; and all together."""

    sign_in_providers: Annotated[str, AfterValidator(providers_written)] = ""
    """With whom people may sign in: `NAME=ISSUER` for OpenID, `github` alone; empty: with nobody."""
    sign_in_clients: Annotated[SecretStr, AfterValidator(_clients)] = SecretStr("")
    """What each provider knows this site by: `NAME=CLIENT_ID:SECRET`."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the library's signature)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given by hand outranks the environment, that the `.env` file, and that the files of secrets."""
        is_read = getattr(dotenv_settings, "env_file", None) is not None
        written = DotEnvFile(settings_cls, env_file=DOT_ENV if is_read else None)
        environment = {name.lower(): value for name, value in os.environ.items()}
        files = KeyFiles(settings_cls, SECRETS_IN_FILES, environment, written.env_vars)
        return init_settings, env_settings, written, files

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, values: dict[str, object]) -> dict[str, object]:
        """Blanks around a value are nobody's wish, and an empty one is as none; but an empty MODEL_HUB means "never"."""
        found = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        found = {name: value for name, value in found.items() if value != "" or name == "model_hub"}
        for name in SECRETS_IN_FILES:
            path = found.pop(f"{name}_file", None)
            if path and name not in found:
                found[name] = secret_in(Path(str(path)), f"{name.upper()}_FILE")
        return _with_addresses(
            {
                name: number(value) if name in cls.model_fields and cls.model_fields[name].annotation is int else value
                for name, value in found.items()
            }
        )

    @model_validator(mode="after")
    def _safe_in_production(self) -> Settings:
        if self.production and not self.public_url.startswith("https://"):
            raise ValueError("PUBLIC_URL must begin with https:// when PRODUCTION is on")
        return self

    @model_validator(mode="after")
    def _every_provider_has_a_client(self) -> Settings:
        _ = self.providers
        return self

    @cached_property
    def providers(self) -> tuple[Provider, ...]:
        """With whom people may sign in, in the order of their buttons."""
        return providers_of(self.sign_in_providers, self.sign_in_clients.get_secret_value())

    @cached_property
    def app_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'app.sqlite'}"

    @cached_property
    def jobs_database_url(self) -> str:
        """The job engine's own tables: a second SQLite file, or the same Postgres (schema dbos)."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'jobs.sqlite'}"

    @cached_property
    def model_files(self) -> Path:
        return self.model_cache or self.data_dir / "models"

    @property
    def forgotten(self) -> Path:
        return self.forgotten_log or self.data_dir / "forgotten.log"

    @property
    def uses_data_folder(self) -> bool:
        """Whether anything is kept there: the SQLite files, or the file of a model that runs here."""
        return not self.database_url or (self.uses_embedded_model and not self.embedded_url)

    @property
    def uses_embedded_model(self) -> bool:
        return is_embedded(self.model)

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that texts may be sent to: the one that writes and judges, and the second one where it differs."""
        return tuple(dict.fromkeys(name for name in (self.model, self.second_model) if name))


def _with_addresses(values: dict[str, object]) -> dict[str, object]:
    """MODEL=NAME@ADDRESS as a name and an address, which outranks MODEL_API_BASE; likewise SECOND_MODEL. One name at two
    addresses is two models, told apart by a number."""
    for name in ("model", "second_model"):
        given = values.get(name)
        if not isinstance(given, str):
            continue
        values[name], address = name_and_address(given, name.upper())
        if address and is_embedded(str(values[name])):
            raise SettingFault(
                f"{name.upper()} runs on this machine and takes no address. Leave out what follows the @."
            )
        if address:
            values[f"{name}_api_base"] = address
    model, second = values.get("model"), values.get("second_model")
    if model and model == second:
        shared = str(values.get("model_api_base") or "")
        own = str(values.get("second_model_api_base") or shared)
        if model_address(own, "SECOND_MODEL_API_BASE") != model_address(shared):
            values["second_model"] = numbered(str(second), [str(model)])
    return values


def is_embedded(model: str) -> bool:
    """Whether a model's setting names one that runs on the machine itself."""
    return model == "embedded" or model.startswith("embedded/") or model.endswith(".gguf")
