"""The desk itself: its name, its promises, its people; the values every decision is made against."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from maildesk.desk.people import People, folded
from maildesk.desk.policy import Policy


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox we watch, as far as letters care: who speaks, and whether subaddresses reach us."""

    name: str
    address: str
    subaddress: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """One help desk. `zone` is the IANA time zone in which customers read times.

    `mailboxes` are by name. A case keeps its mailbox's address: names are the configuration's to change.
    `ack_max_age`: a mail older than this is never acknowledged. `answer_files` and `notice_files` are the
    most bytes of files that go along with an answer and with a notice, `stranger_files` with a notice about
    somebody who is neither vouched for nor proven.
    """

    name: str
    address: str
    tag: str
    zone: str
    policy: Policy
    people: People
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    ack_max_age: timedelta = timedelta(days=3)
    answer_files: int = 20 * 2**20
    notice_files: int = 5 * 2**20
    stranger_files: int = 2**20

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox of that address; one that is no longer configured speaks as the desk itself."""
        wanted = folded(address)
        own = (box for box in self.mailboxes.values() if folded(box.address) == wanted)
        return next(own, Mailbox("", self.address))

    def address_of(self, name: str) -> str:
        """The address, folded, of the mailbox that the configuration calls so, else the desk's own."""
        box = self.mailboxes.get(name)
        return folded(box.address if box else self.address)
