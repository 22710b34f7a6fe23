"""Settings from the environment: prefix NABAT_, secrets never shown, each one also as <NAME>_FILE."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.errors import ConfigurationError

PREFIX = "NABAT_"
PACKAGED = (Path(__file__).parent / "defaults", Path(__file__).parent.parent)
"""Where a default feeds.yaml may lie: inside an installed wheel, or at the top of a checkout."""

Words = Annotated[tuple[str, ...], NoDecode]


class FileSource(EnvSettingsSource):
    """Reads a setting from the file that <NAME>_FILE names, as secrets mounted by a container engine are."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        if field_name.endswith("_file"):
            return None, field_name, False
        path = self.env_vars.get(f"{PREFIX}{field_name}_file".lower())
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            name = f"{PREFIX}{field_name}_FILE".upper()
            raise ConfigurationError(f"{name} names {path}, which cannot be read: {error.strerror}.") from error


class Settings(BaseSettings):
    """Every setting of the service; all are optional, and without a token the service runs in preview mode."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    moderator_token: SecretStr | None = None
    owner_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    database_url: SecretStr | None = None
    data_dir: Path = Path("data")
    feeds_file: Path | None = None
    keywords_file: Path | None = None
    contacts_file: Path | None = None
    secret_key_file: Path | None = None
    console_address: str = "127.0.0.1:8080"
    console_url: str | None = None
    proxy: SecretStr | None = None
    allow_hosts: Words = ()
    send_rate: float = Field(default=28, gt=0, le=1000)
    poll_every: float = Field(default=300, gt=0)
    fresh_hours: float = Field(default=24, gt=0)
    log_format: Literal["text", "json"] = "text"
    user_agent: str = "Nabat/0.1 (feed reader for an alert service)"

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("allow_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("telegram_api_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def preview(self) -> bool:
        """True when there is no token: alerts are printed instead of sent."""
        return self.telegram_token is None

    @property
    def database(self) -> str:
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'nabat.db'}"

    @property
    def key_path(self) -> Path:
        return self.secret_key_file or self.data_dir / "secret.key"

    @property
    def feeds_path(self) -> Path:
        return self.feeds_file or packaged("feeds.yaml")

    @property
    def keywords_path(self) -> Path:
        return self.keywords_file or packaged("keywords.yaml")

    @property
    def contacts_path(self) -> Path:
        return self.contacts_file or packaged("contacts.yaml")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSource(settings_cls)


def packaged(name: str) -> Path:
    """The file beside the working folder, else the one that came with the package."""
    for folder in (Path(), *PACKAGED):
        if (folder / name).is_file():
            return folder / name
    return Path(name)


def load(**given: Any) -> Settings:
    """The settings of this process. A mistake is a ConfigurationError that names the variable, never its value."""
    try:
        return Settings(**given)
    except SettingsError as error:
        if isinstance(error.__cause__, ConfigurationError):
            raise error.__cause__ from None
        raise
    except ValidationError as error:
        lines = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False)]
        raise ConfigurationError("The environment is wrong. " + "; ".join(lines) + ".") from None
