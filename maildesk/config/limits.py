"""The limits of a desk: how much of anything is allowed."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from maildesk.config.section import Section
from maildesk.config.values import Count, Duration, Size

KiB, MiB, GiB = 1 << 10, 1 << 20, 1 << 30


class LimitsSection(Section):
    """The amount of anything that is allowed."""

    acks_per_address_day: Count = Field(default=10, description="acknowledgements to one address in a day")
    acks_per_case_hour: Count = Field(default=3, description="acknowledgements about one case in an hour")
    acks_per_domain_hour: Count = Field(default=100, description="acknowledgements to one domain in an hour")
    acks_per_hour: Count = Field(default=2000, description="acknowledgements in an hour, all together")
    ack_max_age: Duration = Field(
        default=timedelta(days=3), ge=timedelta(minutes=1), description="older mail is never acknowledged"
    )
    parse_size: Size = Field(default=32 * MiB, ge=MiB, description="a larger mail goes to quarantine unread")
    store_size: Size = Field(
        default=64 * MiB, ge=MiB, description="a larger mail stays on the server, and is shown"
    )
    escalation_size: Size = Field(
        default=64 * KiB,
        ge=KiB,
        description="how much of its story leadership reads when a case escalates",
    )
    answer_files: Size = Field(
        default=20 * MiB, description="the most that the files of an answer may hold together"
    )
    answer_delay: Duration = Field(
        default=timedelta(0),
        le=timedelta(hours=1),
        description="how long an answer waits, so that its author may take it back (#cancel)",
    )
    notice_files: Size = Field(
        default=5 * MiB, description="the most that a customer's files may hold to go along with a notice"
    )
    stranger_files: Size = Field(
        default=MiB,
        description="the same for an address that nobody vouches for, until it is proven",
    )
    notice_files_hour: Size = Field(
        default=200 * MiB,
        description="the most that the files of all notices may hold in an hour, each reader's counted",
    )
    notices_per_agent_hour: Count = Field(
        default=60, description="notices to one person in an hour; more come together in a digest"
    )
    notices_at_once: Count = Field(
        default=20, description="notices to one person within minutes; more come together in a digest"
    )
    looks_per_agent_hour: Count = Field(
        default=30, description="mails of one person that only ask to see something, answered in an hour"
    )
    parties_per_mail: Count = Field(
        default=20, description="people named in one mail who join its case; the team is told of the rest"
    )
    splits_per_mail: Count = Field(
        default=20, description="cases that one mail of an agent splits off (#split SUBJECT)"
    )
    accounts_size: Size = Field(default=32 * MiB, description="the most that accounts_file may hold")
    silent_mailbox: Duration = Field(
        default=timedelta(minutes=10),
        ge=timedelta(minutes=1),
        description="a mailbox that is not heard for so long is an alarm, and the desk is not healthy",
    )
    check_patience: Duration = Field(
        default=timedelta(seconds=10),
        ge=timedelta(seconds=1),
        description="how long `maildesk check` waits for each answer of a server",
    )
    free_space: Size = Field(default=GiB, description="intake pauses when the disk has less room than this")

    @property
    def room(self) -> int:
        """The bytes that must be free on the disk: a mail and its copies fit in any case."""
        return max(self.free_space, self.store_size * 3 // 2)
