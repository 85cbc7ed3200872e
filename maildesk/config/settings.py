"""The configuration as one frozen value: every key, its type, its default and what it means.

The descriptions are the reference: the example file is tested against them and against the defaults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr

from maildesk.config.glances import BoardSection, MonitorSection
from maildesk.config.limits import LimitsSection
from maildesk.config.logins import LoginSection
from maildesk.config.reporting import ReportSection
from maildesk.config.secrets import SecretValue
from maildesk.config.section import Section
from maildesk.config.servers import ImapSection, SmtpSection
from maildesk.config.values import (
    Day,
    DomainName,
    Duration,
    EmailAddress,
    FieldName,
    FieldValue,
    Host,
    Language,
    Line,
    Slug,
    Tag,
    Text,
    ZoneName,
    read_duration,
)
from maildesk.config.yaml_file import Location
from maildesk.desk.policy.case_fields import EMAIL
from maildesk.mail.addr_spec import folded


class Subaddress(StrEnum):
    """The separator that the mail server takes between a local part and its detail (RFC 5233), if any."""

    NONE = "none"
    PLUS = "+"
    DASH = "-"


class Source(StrEnum):
    """The way mail comes to a mailbox: we look for it, or a mail server hands it in (`maildesk deliver`)."""

    IMAP = "imap"
    PIPE = "pipe"


class LogForm(StrEnum):
    """The form of a log line: words for people, or a JSON object for programs."""

    TEXT = "text"
    JSON = "json"


class ExistingMail(StrEnum):
    """The fate of mail that was in a mailbox before maildesk first looked at it."""

    FILE = "file"
    LEAVE = "leave"


class DeskSection(Section):
    """The identity of the desk."""

    name: Line = Field(description="the desk's name, as customers read it")
    address: EmailAddress = Field(description="the desk's own address")
    tag: Tag = Field(description="stands before the reference in subjects: [Acme #7K2Q-9F3M]")
    timezone: ZoneName = Field(
        default="UTC", description="IANA name; for times in letters and for business hours"
    )
    morning_sheet: bool = Field(
        default=True, description="each agent is sent what is theirs to do as the desk opens"
    )
    secret: SecretValue = Field(description="the key that signs references and reply addresses")


class StoreSection(Section):
    """The place where cases are kept."""

    url: SecretValue = Field(description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    erased: Path | None = Field(
        default=None,
        description="the list of what was erased, for backups that are older; beside an SQLite database, else"
        " beside the configuration",
    )


class MailboxSection(Section):
    """One place where mail comes in: a folder that is watched, or a mail server's pipe."""

    name: Slug = Field(description="what commands and logs call it")
    address: EmailAddress = Field(description="where customers write to; letters come from it")
    aliases: tuple[EmailAddress, ...] = Field(
        default=(), description="other addresses; who writes to one is answered from it"
    )
    groups: tuple[EmailAddress, ...] = Field(
        default=(), description="groups and lists that write their own address into From"
    )
    source: Source = Field(
        default=Source.IMAP,
        description="imap | pipe: whether we fetch mail or a mail server runs `maildesk deliver`",
    )
    channel: Line = Field(
        default=EMAIL, description="what customers use it for: a channel that plans of the policy name"
    )
    folder: Line = Field(default="INBOX", description="the folder that is watched")
    processed: Line = Field(default="Processed", description="where filed mail is moved to")
    poll: Duration = Field(
        default=timedelta(seconds=60),
        ge=timedelta(seconds=1),
        le=timedelta(days=1),
        description="how often to look, beside being told by the server",
    )
    subaddress: Subaddress = Field(
        default=Subaddress.NONE, description='none | "+" | "-": what the server takes in support+detail@'
    )
    existing_mail: ExistingMail | None = Field(
        default=None, description="file | leave: mail that is there before the first start"
    )
    imap: ImapSection | None = Field(default=None, description="how the mailbox is read")
    smtp: SmtpSection | None = Field(default=None, description="its own relay, if not the common one")

    @property
    def account(self) -> tuple[str, str]:
        """The place of its mail and our name there; a pipe has only the address that its mail comes to."""
        return (self.imap.host.lower(), self.imap.username) if self.imap else ("", folded(self.address))

    @property
    def watched(self) -> bool:
        """Tell whether we look for its mail; else a mail server hands it in."""
        return self.source is not Source.PIPE


@dataclass(frozen=True, slots=True)
class NamedServer:
    """A server that we talk to: how it is called, where it stands in the file, and whose it is.

    `box`: the mailbox that it reads, or whose own relay it is.
    """

    name: str
    location: Location
    section: ImapSection | SmtpSection
    box: MailboxSection | None = None

    @property
    def reads(self) -> bool:
        """Tell whether mail comes by it; else letters go by it."""
        return isinstance(self.section, ImapSection)


class AwaySection(Section):
    """The absence of an agent."""

    until: Day | None = Field(default=None, description="the last day of it")
    deputy: EmailAddress | None = Field(
        default=None,
        description="an agent or leader who is told of their cases meanwhile, and may answer them",
    )


def _read_away(value: Any) -> Any:
    """`true` is an absence without an end, `false` none."""
    return (AwaySection() if value else None) if isinstance(value, bool) else value


class AgentEntry(Section):
    """Someone who answers customers."""

    name: Line = Field(description="as customers read it")
    address: EmailAddress = Field(description="where notices go, and whose answers are the desk's")
    teams: tuple[Slug, ...] = Field(default=(), description="the teams this agent belongs to")
    away: Annotated[AwaySection | None, BeforeValidator(_read_away)] = Field(
        default=None, description="true, or as here: is given no case by turns meanwhile"
    )
    signature: Text | None = Field(default=None, description="stands below this agent's answers")


class TeamEntry(Section):
    """A group of agents."""

    name: Slug = Field(description="what the policy and commands call it")
    lead: EmailAddress | None = Field(
        default=None, description="hears too when an answer is overdue or a case escalates"
    )


class LeaderEntry(Section):
    """Someone who hears of escalations."""

    name: Line = Field(description="as agents read it")
    address: EmailAddress = Field(description="where escalations go")
    role: Line | None = Field(default=None, description="what levels of a policy call them: Team Manager")


class PeopleSection(Section):
    """The people of the desk."""

    agents: tuple[AgentEntry, ...] = Field(default=(), description="who answers customers")
    teams: tuple[TeamEntry, ...] = Field(default=(), description="groups of agents")
    leadership: tuple[LeaderEntry, ...] = Field(default=(), description="who hears of escalations")
    operators: tuple[EmailAddress, ...] = Field(default=(), description="who hears of alarms")


class AccountEntry(Section):
    """A customer organisation."""

    name: Line = Field(description="the organisation's name")
    domains: tuple[DomainName, ...] = Field(default=(), description="domains that only its people write from")
    addresses: tuple[EmailAddress, ...] = Field(default=(), description="single addresses of its people")
    plan: Line | None = Field(
        default=None, description="the plan it has bought; promises and rules ask for it"
    )
    language: Language | None = Field(default=None, description="the language of its letters, as en or pt-BR")
    fields: dict[FieldName, FieldValue] = Field(
        default={}, description="what else is known of it, for rules: text, number, true or false"
    )


class TrustSection(Section):
    """The servers whose word about senders we take."""

    authserv_id: Host | None = Field(
        default=None, description="the name your mail server signs Authentication-Results with"
    )
    hops: int = Field(
        default=1, ge=0, le=20, description="how many Received fields your own servers add on top"
    )
    border_strips: bool = Field(
        default=False, description="your server removes such fields from outside, and adds its own below"
    )
    microsoft365: bool = Field(
        default=False,
        description="your mail comes through Microsoft 365, which writes no name into its results",
    )
    submission: DomainName | None = Field(
        default=None,
        description="the domain of people whom your server lets in to send as `ana`, without one",
    )


_ADay = Annotated[timedelta, Field(ge=timedelta(days=1)), BeforeValidator(read_duration)]
_AMonth = Annotated[timedelta, Field(ge=timedelta(days=30)), BeforeValidator(read_duration)]
"""Longer than anybody is asked whether a mail is theirs. (The bound stands inside, or it is told as code.)"""


class RetentionSection(Section):
    """The time for which we keep what is of no more use."""

    letters: Duration = Field(
        default=timedelta(days=30),
        ge=timedelta(days=1),
        description="the bytes of a letter that was sent or dropped; its words stay on its case",
    )
    closed: _ADay | None = Field(
        default=None,
        description="a case that was closed; then all that was said on it is erased (docs/privacy.md)",
    )
    resolved: _ADay | None = Field(
        default=None,
        description="a case that was resolved, never closed, and heard of nobody since; then it is erased",
    )
    no_case: _AMonth | None = Field(
        default=None,
        description="a mail or a letter about no case; then it is erased",
    )


class Settings(Section):
    """The whole configuration file."""

    desk: DeskSection = Field(description="who we are")
    store: StoreSection = Field(description="where cases are kept")
    mailboxes: tuple[MailboxSection, ...] = Field(min_length=1, description="where mail comes in")
    smtp: SmtpSection | None = Field(default=None, description="how letters are sent")
    operators_relay: SmtpSection | None = Field(
        default=None, description="another relay for alarms, for the day when the desk's own is what fails"
    )
    logins: dict[Slug, LoginSection] = Field(
        default={}, description="logins with tokens (OAuth 2.0), by their names"
    )
    tokens: Path = Field(
        default=Path("tokens"), description="the folder where their tokens are kept; beside the database"
    )
    policy: Path | None = Field(
        default=None, description="what customers are promised; the packaged one if left out"
    )
    templates: Path | None = Field(
        default=None, description="a folder of letters that win over the packaged ones"
    )
    people: PeopleSection = Field(default=PeopleSection(), description="the people of the desk")
    accounts: tuple[AccountEntry, ...] = Field(default=(), description="customer organisations")
    accounts_file: Path | None = Field(
        default=None, description="a CSV with more of them: name, domains, addresses, plan, language, fields"
    )
    trust: TrustSection = Field(default=TrustSection(), description="whose word about senders is taken")
    limits: LimitsSection = Field(default=LimitsSection(), description="how much of anything is allowed")
    retention: RetentionSection = Field(
        default=RetentionSection(), description="how long what is of no more use is kept"
    )
    board: BoardSection | None = Field(
        default=None, description="where the daemon keeps a page of all open cases"
    )
    monitor: MonitorSection | None = Field(
        default=None, description="where monitors read whether the desk is healthy"
    )
    report: ReportSection | None = Field(
        default=None, description="the letter about each week that leadership gets"
    )
    log: LogForm = Field(
        default=LogForm.TEXT, description="text | json: how the daemon's log lines are written"
    )
    testing: bool = Field(default=False, description="for tests only: the clock may be set from outside")

    _file: Path = PrivateAttr(default=Path("config.yaml"))

    @property
    def file(self) -> Path:
        """The file this was read from."""
        return self._file

    @property
    def folder(self) -> Path:
        """The folder where relative paths of the file start."""
        return self._file.absolute().parent

    def at(self, path: Path) -> Path:
        """A path of the file, made absolute."""
        return self.folder / path.expanduser()

    def read_from(self, file: Path) -> Settings:
        """The same settings, knowing their file."""
        copy = self.model_copy()
        copy._file = file
        return copy

    @property
    def servers(self) -> Iterator[NamedServer]:
        """Every server that we talk to, in the order of the file."""
        for at, box in enumerate(self.mailboxes):
            if box.imap:
                yield NamedServer(f"imap of mailbox {box.name}", ("mailboxes", at, "imap"), box.imap, box)
            if box.smtp:
                yield NamedServer(f"smtp of mailbox {box.name}", ("mailboxes", at, "smtp"), box.smtp, box)
        if self.smtp:
            yield NamedServer("smtp", ("smtp",), self.smtp)
        if self.operators_relay:
            yield NamedServer("operators_relay", ("operators_relay",), self.operators_relay)

    @property
    def holds_a_password(self) -> bool:
        """Tell whether the file itself holds a password, which its readers then know."""
        held = [self.desk.secret, *(server.section.password for server in self.servers)]
        held += [each for login in self.logins.values() for each in login.secrets]
        return any(secret.written_out for secret in held if secret)

    def mailbox(self, name: str) -> MailboxSection | None:
        """The mailbox of that name."""
        return next((mailbox for mailbox in self.mailboxes if mailbox.name == name), None)
