"""`Settings`: every option, its default and its sentence; reading them has no side effect.

They come from `beredskap.toml` in the workspace, overridden by the environment (prefix
`BEREDSKAP_`, nested by `__`). Unknown keys are refused; secrets are typed as secret.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from beredskap.errors import ConfigurationError

CONFIGURATION_FILE = "beredskap.toml"
STATE_FOLDER = ".beredskap"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SmtpSettings(_Section):
    """The mail server that messages are handed to."""

    host: str | None = Field(default=None, description="Name or address of the mail server.")
    port: int = Field(default=25, ge=1, le=65535, description="Its port.")
    username: str | None = Field(default=None, description="Login name, where it asks for one.")
    password: SecretStr | None = Field(default=None, description="Password of the login.")
    security: Literal["none", "starttls", "tls"] = Field(
        default="starttls", description="How the connection is protected; never weakened."
    )
    connections: int = Field(default=3, ge=1, le=50, description="Connections kept open.")
    rate_per_minute: int | None = Field(
        default=None, ge=1, description="Most messages a minute; none means as fast as it takes."
    )
    sender: str | None = Field(
        default=None, description="Sender address; the organisation's profile where not set."
    )
    oauth_tenant: str | None = Field(default=None, description="Tenant for OAuth logins.")
    oauth_client_id: str | None = Field(default=None, description="Client id for OAuth logins.")
    oauth_client_secret: SecretStr | None = Field(
        default=None, description="Client secret for OAuth logins."
    )


class TwilioSettings(_Section):
    """The Twilio account, or any server that speaks as Twilio does."""

    account_sid: str | None = Field(default=None, description="Account SID (AC…).")
    auth_token: SecretStr | None = Field(default=None, description="Auth token of the account.")
    api_key: str | None = Field(default=None, description="API key (SK…), better than the token.")
    api_secret: SecretStr | None = Field(default=None, description="Secret of the API key.")
    from_number: str | None = Field(default=None, description="Our number, able to take replies.")
    base_url: str | None = Field(default=None, description="Another server that speaks as Twilio.")
    max_in_flight: int = Field(default=50, ge=1, le=500, description="Requests at the same time.")
    segments_per_second: float | None = Field(
        default=None, gt=0, description="SMS parts a second the sender number may send."
    )


class ImapSettings(_Section):
    """The mailbox that replies come to."""

    host: str | None = Field(default=None, description="Name or address of the mail store.")
    port: int = Field(default=993, ge=1, le=65535, description="Its port.")
    username: str | None = Field(default=None, description="Login name.")
    password: SecretStr | None = Field(default=None, description="Password of the login.")
    security: Literal["none", "starttls", "tls"] = Field(
        default="tls", description="How the connection is protected; never weakened."
    )
    folder: str = Field(default="INBOX", description="Folder that replies and bounces come to.")


class WebSettings(_Section):
    """The acknowledgement page, where one is published."""

    public_url: str | None = Field(default=None, description="Address people can reach it at.")


class Settings(BaseSettings):
    """Every option of the program."""

    model_config = SettingsConfigDict(
        env_prefix="BEREDSKAP_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        validate_default=False,
    )

    database_url: str | None = Field(
        default=None, description="Where the ledger is; a SQLite file in the workspace if not set."
    )
    officer: str | None = Field(
        default=None, description="Id of the officer at the keyboard, instead of the OS login."
    )
    smtp: SmtpSettings = SmtpSettings()
    twilio: TwilioSettings = TwilioSettings()
    imap: ImapSettings = ImapSettings()
    web: WebSettings = WebSettings()
    witness_to: str | None = Field(
        default=None, description="Mailbox outside that keeps the chain heads."
    )
    ops_to: str | None = Field(default=None, description="Who is told of faults of the program.")
    ca_file: Path | None = Field(
        default=None, description="Certificates to trust beside the system's."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, and read nothing else."""
        return env_settings, init_settings


def load_settings(workspace: Path) -> Settings:
    """Return the settings of a workspace.

    Raises:
        ConfigurationError: the file cannot be read, or an option is unknown or wrong.
    """
    path = workspace / CONFIGURATION_FILE
    held: dict[str, Any] = {}
    if path.is_file():
        try:
            held = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(
                f"{CONFIGURATION_FILE} cannot be read: {error}; mend the file or move it away."
            ) from error
    try:
        return Settings(**held)
    except ValidationError as error:
        raise ConfigurationError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    """Return one sentence that names the option and never its value."""
    first = error.errors(include_input=False, include_url=False)[0]
    option = ".".join(str(part) for part in first["loc"])
    variable = "BEREDSKAP_" + "__".join(str(part) for part in first["loc"]).upper()
    return (
        f"The option '{option}' ({CONFIGURATION_FILE} or {variable}) is wrong: "
        f"{first['msg']}; correct or remove it."
    )
