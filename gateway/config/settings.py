"""The settings: documented, frozen, each field its own manual."""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A table of the file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SmtpSettings(Section):
    """Receiving mail."""

    listen: tuple[str, ...] = Field(
        default=("127.0.0.1:8025",),
        description="Addresses to listen on for SMTP, each host:port. [::]:25 is all of IPv6.",
    )
    hostname: str = Field(
        default="localhost",
        description="Name of this server in the greeting and in Received fields.",
    )
    lmtp_socket: Path | None = Field(
        default=None,
        examples=["/run/gateway/lmtp.sock"],
        description="Path of a unix socket that speaks LMTP. Unset: no LMTP.",
    )
    tls_certificate: Path | None = Field(
        default=None,
        examples=["/etc/ssl/mail.pem"],
        description="PEM file of the certificate chain. Set: STARTTLS is offered.",
    )
    tls_key: Path | None = Field(
        default=None,
        examples=["/etc/ssl/mail.key"],
        description="PEM file of the private key; unset when the chain holds it.",
    )
    submission_listen: tuple[str, ...] = Field(
        default=(),
        examples=['["[::]:587"]'],
        description="Addresses on which agents log in to send mail (gateway agent password), each "
        "host:port, usually port 587. Needs a certificate. Empty: nobody can log in.",
    )
    max_message_bytes: int = Field(
        default=26_214_400, ge=65_536, description="Largest message; announced as SIZE."
    )
    max_recipients: int = Field(default=100, ge=1, description="Most recipients of one message.")
    max_connections: int = Field(default=200, ge=1, description="Most connections at a time.")
    max_connections_per_client: int = Field(
        default=50, ge=1, description="Most connections from one IP address at a time."
    )
    idle_timeout: float = Field(
        default=300.0, gt=0, description="Seconds of silence after which a connection is closed."
    )
    session_timeout: float = Field(
        default=3600.0, gt=0, description="Longest life of one connection, in seconds."
    )
    max_pending_bytes: int = Field(
        default=268_435_456,
        ge=1_048_576,
        description="Bytes of messages being received at a time, all connections together.",
    )


class StoreSettings(Section):
    """Where everything is kept."""

    url: str = Field(
        default="sqlite:///gateway.db",
        description="Database: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
    )


class DeliveryMode(StrEnum):
    """Where outgoing mail goes."""

    MAILDIR = "maildir"
    SMARTHOST = "smarthost"


class Security(StrEnum):
    """How the connection to the smarthost is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class DeliverySettings(Section):
    """Sending mail."""

    mode: DeliveryMode = Field(
        default=DeliveryMode.MAILDIR,
        description="maildir: every mail lands in a Maildir per recipient (to try things out). "
        "smarthost: mail goes to one mail server that delivers it.",
    )
    maildir: Path = Field(
        default=Path("mail"), description="Folder of the Maildirs, one for each recipient."
    )
    host: str = Field(default="localhost", description="Name of the smarthost.")
    port: int = Field(default=25, ge=1, le=65_535, description="Port of the smarthost.")
    security: Security = Field(
        default=Security.STARTTLS,
        description="none, starttls (required, never skipped) or tls (from the first byte).",
    )
    ca_file: Path | None = Field(
        default=None,
        examples=["/etc/ssl/ca.pem"],
        description="PEM file with the authority to trust; unset: the system's.",
    )
    user: str = Field(default="", description="User name for the smarthost; empty: no login.")
    password_file: Path | None = Field(
        default=None,
        examples=["/etc/gateway/smarthost"],
        description="File that holds the password and nothing else.",
    )
    connections: int = Field(default=4, ge=1, le=50, description="Connections kept to it.")
    timeout: float = Field(default=60.0, gt=0, description="Seconds to wait for one reply.")
    give_up_after_hours: float = Field(
        default=120.0, gt=0, description="Hours after which undeliverable mail is given up."
    )


class TrustSettings(Section):
    """What proves who wrote a mail. The From field alone never does."""

    evaluate: bool = Field(
        default=False,
        description="Check DKIM, SPF and DMARC here, of mail that did not come by a trusted relay. "
        "For a gateway that receives from the internet itself, alone as MX.",
    )
    refuse_forged: bool = Field(
        default=False,
        description="With evaluate: refuse mail with 550 when DMARC fails and the domain of the "
        "From field asks for that (p=reject). Otherwise it is taken in and never answered; some "
        "mailing lists and forwarders break honest mail in this way.",
    )
    arc_sealers: tuple[str, ...] = Field(
        default=(),
        description="With evaluate: domains of forwarders whose ARC seal is believed when they "
        "say that a mail was right before they changed it. Whoever seals for them can command.",
    )
    signature_days: int = Field(
        default=7,
        ge=1,
        le=30,
        description="With evaluate: days for which a DKIM signature proves an agent's mail.",
    )
    dns_servers: tuple[str, ...] = Field(
        default=(),
        description="Addresses of DNS servers, each IP or IP:port. None: those of the system. A "
        "resolver on this machine that checks DNSSEC is best.",
    )
    dns_timeout: float = Field(
        default=10.0,
        gt=0,
        le=60,
        description="Seconds that all DNS look-ups for one mail may take together. Without an "
        "answer an agent's mail waits for up to an hour.",
    )
    authserv_id: str = Field(
        default="",
        description="Name by which the front mail server signs its Authentication-Results fields "
        "(RFC 8601). It must remove such fields from incoming mail. Empty: none are believed.",
    )
    trusted_relays: tuple[str, ...] = Field(
        default=(),
        description="Addresses or networks of the front mail server; fields that come by another "
        "way are not believed. The word unix stands for the LMTP socket.",
    )
    development: bool = Field(
        default=False,
        description="Believe every mail that comes from this machine itself. Only to try things "
        "out: anyone who can send from here can command.",
    )


class SecondFactorSettings(Section):
    """The secrets of one-time codes. Who needs them is said in security.yaml of the rules."""

    key_file: Path = Field(
        default=Path("second-factor.key"),
        description="Key that encrypts the secrets of one-time codes; gateway agent otp makes it.",
    )


class OpenPgpSettings(Section):
    """OpenPGP, through gpg. Without a key of our own nothing is opened and nothing is signed."""

    home: Path = Field(
        default=Path("openpgp"),
        description="Folder where gpg keeps our secret keys; made when it is first needed.",
    )
    passphrase_file: Path | None = Field(
        default=None,
        examples=["/etc/gateway/openpgp"],
        description="File with the passphrase of our keys. Unset: the credential "
        "openpgp-passphrase of the service, and without one the keys have none.",
    )
    timeout: float = Field(
        default=30.0, gt=0, description="Seconds that gpg may take for one mail."
    )
    max_output: int = Field(
        default=104_857_600,
        ge=1_048_576,
        description="Bytes that an encrypted mail may grow to when it is opened.",
    )


class LogSettings(Section):
    """What is logged (to standard error)."""

    level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        description="debug, info, warning or error. No level logs bodies, codes or keys.",
    )
    json_lines: bool = Field(
        default=False, description="One JSON object a line instead of readable lines."
    )


class Config(Section):
    """All of `gateway.toml`. Relative paths count from the folder of the file."""

    smtp: SmtpSettings = SmtpSettings()
    store: StoreSettings = StoreSettings()
    delivery: DeliverySettings = DeliverySettings()
    trust: TrustSettings = TrustSettings()
    second_factor: SecondFactorSettings = SecondFactorSettings()
    openpgp: OpenPgpSettings = OpenPgpSettings()
    log: LogSettings = LogSettings()
    rules: Path = Field(default=Path("rules"), description="Folder of the rule files.")
    templates: Path | None = Field(
        default=None,
        examples=["templates"],
        description="Folder of own templates; unset: the ones that are shipped.",
    )
