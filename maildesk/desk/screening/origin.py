"""The trust in a mail's author where From names ourselves, or a group that speaks for others."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.case_name import in_full
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.policy.people import People
from maildesk.desk.screening.situation import CaseMatch, Link
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.message import Author, IncomingMail, Standing

_OWN_ADDRESS = "own-address"
_DESK_PERSON = "desk-person-through-group"
_FORM = "form-in-our-name"


def believed(mail: IncomingMail, people: People, *, ours: bool, form: bool = False) -> IncomingMail:
    """The mail with an author whom the rest may believe as far as the standing says.

    Nobody of the desk is found through a group: whoever posts to it could act as them. A mail that bears one
    of our own names and is none of our letters (`ours`) was written by somebody else, so its From is untrue;
    unless a rule says that it is a `form`, which customers fill in.
    """
    author = mail.author
    if author.via and people.is_desk_person(author.addr_spec):
        unknown = replace(
            author, address=None, standing=Standing.FAILED, why=_DESK_PERSON, behind=author.address
        )
        return replace(mail, author=unknown)
    own = people.is_own(author.addr_spec)
    if own and form and not ours:
        standing = Standing.FAILED if author.standing is Standing.FAILED else Standing.UNKNOWN
        return replace(mail, author=replace(author, standing=standing, why=_FORM))
    rewritten = own or (author.behind is not None and not people.is_desk_person(author.addr_spec))
    if rewritten and not (ours and own) and not mail.by_machine:
        return replace(mail, author=replace(author, standing=Standing.FAILED, why=_OWN_ADDRESS))
    return mail


def pointed(mail: IncomingMail, found: CaseMatch | None, letter_to: Addresses) -> CaseMatch | None:
    """The case that a mail points at, as far as who came through a group may point at one.

    They join by a token of their own alone: a reply address issued to them, or the Message-ID of a letter
    that went to nobody else (`letter_to`). Anything else is a hint. A report of a failed delivery
    proves itself by what it returns.
    """
    author = mail.author
    doubted = author.via or author.why in (_OWN_ADDRESS, _FORM)
    if found is None or not doubted or mail.automation.bounce is not None:
        return found
    return (
        found if _own_token(author, found, letter_to) else replace(found, link=Link.HINT, party=None, also=())
    )


def _own_token(author: Author, found: CaseMatch, letter_to: Addresses) -> bool:
    party = found.case.party(author.addr_spec)
    if not author.via or found.link is not Link.TOKEN or party is None:
        return False
    if not (party.role.of_the_customer or party.role is PartyRole.CONSULTED):
        return False
    if found.party is None:
        return letter_to == Addresses({author.addr_spec})
    return found.party == party.number


def doubt(mail: IncomingMail, found: CaseMatch | None) -> str:
    """Say what the team is told of who wrote a mail that opens a case; empty where there is no such doubt."""
    author = mail.author
    said: str = ""
    if author.why == _DESK_PERSON:
        said = Phrase(
            "it seems to come from {who}, and nobody of the desk is believed through a group",
            who=author.shown,
        )
    elif author.why == _OWN_ADDRESS and author.behind:
        said = Phrase(
            "it seems to come from {who} through {address}; if that is a group or list, name the group in "
            "mailboxes[].groups",
            who=author.behind.address,
            address=author.addr_spec,
        )
    elif author.why == _OWN_ADDRESS:
        said = Phrase(
            "it bears our own address {address}, and nothing says who wrote it", address=author.addr_spec
        )
    elif author.via and found is not None:
        said = Phrase(
            "it came through the group {group}, which proves nothing of who wrote it", group=author.via
        )
    if said and found is not None:
        return Joined("; ", (said, Phrase("its thread is that of {case}", case=in_full(found.case))))
    return said
