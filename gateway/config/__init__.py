"""The daemon's own settings: documented, frozen, read once by `daemon` from `gateway.toml`.

Each field is its own manual: `annotated` prints the whole configuration file from the
descriptions in `settings`, and docs/configuration.md quotes that output. There is no global
instance.
"""

from gateway.config.file import ConfigError, annotated, load
from gateway.config.settings import (
    Config,
    DeliveryMode,
    DeliverySettings,
    LogSettings,
    OpenPgpSettings,
    SecondFactorSettings,
    Section,
    Security,
    SmtpSettings,
    StoreSettings,
    TrustSettings,
)

__all__ = [
    "Config",
    "ConfigError",
    "DeliveryMode",
    "DeliverySettings",
    "LogSettings",
    "OpenPgpSettings",
    "SecondFactorSettings",
    "Section",
    "Security",
    "SmtpSettings",
    "StoreSettings",
    "TrustSettings",
    "annotated",
    "load",
]
