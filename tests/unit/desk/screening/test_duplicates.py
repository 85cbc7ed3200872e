"""Same mail or another one: the rules of design §3, one row each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.screening.duplicates import NewMail, sameness
from maildesk.desk.screening.earlier_mail import EarlierMail, Voice
from maildesk.desk.screening.situation import Sameness
from maildesk.mail.message import Automatic, AutomaticKind, IncomingMail, Standing
from tests.unit.desk.matters import BO, EVE, NOW, mail

EARLIER = EarlierMail(
    ledger_id=1,
    mailbox="box",
    uidvalidity=1,
    internal_date=NOW,
    raw_sha256="a" * 64,
    message_id="1@client.example",
    content_digest="b" * 64,
    words_digest="b" * 64,
    author=BO,
    standing=Standing.UNKNOWN,
    voice=Voice.PERSON,
    verdict="opened",
    case_ref="7K2Q-9F3M",
)
OTHER_BYTES: dict[str, Any] = {"raw_sha256": "c" * 64}
OTHER_WORDS: dict[str, Any] = OTHER_BYTES | {"content_digest": "d" * 64}


def filed(**changes: Any) -> EarlierMail:
    """The earlier mail with changes; where it has no author, the From could not be trusted."""
    if "author" in changes and changes["author"] is None:
        changes.setdefault("standing", Standing.FAILED)
    return EarlierMail(**{name: getattr(EARLIER, name) for name in EarlierMail.__slots__} | changes)


def same_as(
    now: IncomingMail, before: list[EarlierMail], spam: tuple[str, ...] = ()
) -> tuple[Sameness, EarlierMail | None]:
    """What the mail is to those before it, when it lies in the first mailbox."""
    return sameness(NewMail(now, "box", 1, NOW), before, spam)


@pytest.mark.parametrize(
    ("now", "before", "same"),
    [
        (mail(), [], Sameness.FRESH),
        (mail(), [EARLIER], Sameness.SEEN),
        (mail(), [filed(mailbox="other box")], Sameness.DUPLICATE),
        (mail(**OTHER_BYTES), [EARLIER], Sameness.DUPLICATE),
        (mail(**OTHER_WORDS), [EARLIER], Sameness.REUSED_BY_AUTHOR),
        (mail(BO.upper(), **OTHER_WORDS), [EARLIER], Sameness.REUSED_BY_AUTHOR),
        (mail(EVE, **OTHER_WORDS), [EARLIER], Sameness.REUSED_BY_OTHER),
        (mail(BO, Standing.FAILED, **OTHER_WORDS), [EARLIER], Sameness.REUSED_BY_OTHER),
        (mail(**OTHER_WORDS), [filed(author=None)], Sameness.REUSED_BY_OTHER),
        (mail("", Standing.FAILED, **OTHER_WORDS), [filed(author=None)], Sameness.REUSED_BY_OTHER),
        (mail(**OTHER_BYTES), [filed(author=None)], Sameness.AFTER_LESS_VOUCHED),
        (mail(BO, Standing.VOUCHED, **OTHER_BYTES), [filed(author=None)], Sameness.AFTER_LESS_VOUCHED),
        (mail(BO, Standing.FAILED, **OTHER_BYTES), [filed(author=None)], Sameness.DUPLICATE),
        (mail(BO, Standing.FAILED, **OTHER_BYTES), [EARLIER], Sameness.DUPLICATE),
        (mail(**OTHER_BYTES), [filed(author=None), EARLIER], Sameness.DUPLICATE),
        (mail(), [filed(case_ref=None)], Sameness.FRESH),
        (mail(**OTHER_BYTES), [filed(case_ref=None)], Sameness.FRESH),
        (mail(), [filed(case_ref=None), EARLIER], Sameness.SEEN),
        (mail(EVE, **OTHER_WORDS), [filed(author=EVE), EARLIER], Sameness.REUSED_BY_AUTHOR),
        (mail(message_id=None), [filed(message_id=None)], Sameness.SEEN),
        (mail(message_id=None), [filed(message_id=None, mailbox="other box")], Sameness.SEEN),
        (
            mail(message_id=None),
            [filed(message_id=None, internal_date=NOW - timedelta(days=1))],
            Sameness.FRESH,
        ),
        (mail(message_id=None, **OTHER_BYTES), [filed(message_id=None)], Sameness.FRESH),
    ],
    ids=[
        "nothing before",
        "the same bytes in the same mailbox",
        "the same bytes in another mailbox",
        "other trace headers",
        "other words by the same author",
        "other words by the same author in capitals",
        "other words by another author",
        "other words in the author's name, not trusted",
        "the earlier author was not trusted",
        "neither author known",
        "the same mail, after a copy that was not trusted",
        "the same mail by a vouched author, after a copy that was not trusted",
        "two copies that were not trusted",
        "a copy that is not trusted, after the mail",
        "the same mail, after it and a copy that was not trusted",
        "the same bytes, on no case",
        "other trace headers, the first on no case",
        "the same bytes, on no case and on a case",
        "two before it, one by the same author",
        "no Message-ID, same bytes and date",
        "no Message-ID, same bytes and date elsewhere",
        "no Message-ID, same bytes on another day",
        "no Message-ID, same words",
    ],
)
def test_a_mail_is_what_it_is_to_those_before_it(
    now: IncomingMail, before: list[EarlierMail], same: Sameness
) -> None:
    assert same_as(now, before)[0] is same


def test_the_mail_that_is_repeated_is_named() -> None:
    others = [filed(ledger_id=2, raw_sha256="e" * 64, content_digest="f" * 64), EARLIER]
    assert same_as(mail(), others) == (Sameness.SEEN, EARLIER)
    assert same_as(mail(**OTHER_BYTES), others) == (Sameness.DUPLICATE, EARLIER)


LISTS = Automatic(AutomaticKind.LIST, "List-Id: <all.client.example>")
AWAY = Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied")
VOUCHED, UNKNOWN, FAILED = Standing.VOUCHED, Standing.UNKNOWN, Standing.FAILED
SAME_WORDS: dict[str, Any] = OTHER_BYTES | {"content_digest": "e" * 64, "words_digest": "b" * 64}
"""A list's copy: what judges it was added, the words are the same."""


def by_list(standing: Standing = UNKNOWN, **changes: Any) -> EarlierMail:
    """The earlier mail as a list's copy of it."""
    return filed(**{"voice": Voice.RELAYED, "verdict": "automatic", "content_digest": "e" * 64} | changes)


COPIES: dict[str, tuple[IncomingMail, list[EarlierMail], Sameness]] = {
    "after a list's copy": (mail(**OTHER_BYTES), [by_list()], Sameness.AFTER_MACHINE),
    "after a copy that says Precedence: list and no more": (
        mail(**OTHER_BYTES), [by_list(content_digest="b" * 64)], Sameness.AFTER_MACHINE,
    ),
    "after a list's copy with a foot": (
        mail(**OTHER_BYTES), [by_list(words_digest="f" * 64)], Sameness.AFTER_MACHINE,
    ),
    "after a list's copy in the list's own name": (
        mail(**OTHER_BYTES), [by_list(words_digest="f" * 64, author=EVE)], Sameness.REUSED_BY_OTHER,
    ),
    "after two copies of it": (
        mail(**OTHER_BYTES), [by_list(), by_list(ledger_id=2)], Sameness.AFTER_MACHINE,
    ),
    "after a list's copy and the mail": (mail(**OTHER_BYTES), [by_list(), EARLIER], Sameness.DUPLICATE),
    "vouched for, after a list's copy that was not": (
        mail(BO, VOUCHED, **OTHER_BYTES), [by_list()], Sameness.AFTER_MACHINE,
    ),
    "vouched for, after a list's copy with other words that was not": (
        mail(BO, VOUCHED, **OTHER_BYTES), [by_list(words_digest="f" * 64)], Sameness.REUSED_BY_OTHER,
    ),
    "vouched for, after a forged copy and the list's copy of that on one case": (
        mail(BO, VOUCHED, **OTHER_BYTES),
        [filed(author=None), by_list(author=None, standing=FAILED)],
        Sameness.AFTER_LESS_VOUCHED,
    ),
    "a list's copy after the mail": (mail(**SAME_WORDS, automatic=LISTS), [EARLIER], Sameness.COPY),
    "a copy with Precedence: list and no more, after the mail": (
        mail(**OTHER_BYTES, automatic=LISTS), [EARLIER], Sameness.DUPLICATE,
    ),
    "a list's copy with a foot, after the mail": (
        mail(**OTHER_WORDS, automatic=LISTS), [EARLIER], Sameness.COPY,
    ),
    "a machine that always uses one Message-ID": (
        mail(**OTHER_WORDS, automatic=LISTS), [by_list()], Sameness.REUSED_BY_AUTHOR,
    ),
    "the same list's copy again": (
        mail(**SAME_WORDS, automatic=LISTS), [by_list()], Sameness.DUPLICATE,
    ),
    "another list's copy": (
        mail(**SAME_WORDS | {"content_digest": "9" * 64}, automatic=LISTS), [by_list()], Sameness.COPY,
    ),
    "after a copy that nobody heard of": (
        mail(**OTHER_BYTES), [by_list(voice=Voice.MACHINE)], Sameness.AFTER_MACHINE,
    ),
    "a list's copy after a copy that nobody heard of": (
        mail(**SAME_WORDS, automatic=LISTS), [by_list(voice=Voice.MACHINE)], Sameness.AFTER_MACHINE,
    ),
    "an absence note's copy of a list's": (
        mail(**SAME_WORDS, automatic=AWAY), [by_list()], Sameness.DUPLICATE,
    ),
    "after a copy that wants no answer": (
        mail(**OTHER_BYTES), [filed(voice=Voice.QUIET, content_digest="e" * 64)], Sameness.AFTER_QUIET,
    ),
    "after other words that want no answer": (
        mail(**OTHER_WORDS), [filed(voice=Voice.QUIET)], Sameness.REUSED_BY_AUTHOR,
    ),
    "a copy that wants no answer, after the mail": (
        mail(**SAME_WORDS, reply_allowed=False), [EARLIER], Sameness.COPY,
    ),
    "vouched for, after one that nobody vouched for": (
        mail(BO, VOUCHED, **OTHER_BYTES), [EARLIER], Sameness.AFTER_LESS_VOUCHED,
    ),
    "vouched for, after other words that nobody vouched for": (
        mail(BO, VOUCHED, **OTHER_WORDS), [EARLIER], Sameness.REUSED_BY_OTHER,
    ),
    "nobody vouched for, after one vouched for": (
        mail(**OTHER_BYTES), [filed(standing=VOUCHED)], Sameness.DUPLICATE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COPIES)
def test_no_mail_repeats_one_that_was_heard_less(name: str) -> None:
    now, before, same = COPIES[name]
    assert same_as(now, before)[0] is same


SPAM = ("7K2Q-9F3M",)


@pytest.mark.parametrize(
    ("now", "before", "same"),
    [
        (mail(**OTHER_BYTES), [EARLIER], Sameness.AFTER_SPAM),
        (mail(), [EARLIER], Sameness.AFTER_SPAM),
        (mail(), [filed(uidvalidity=2)], Sameness.SEEN),
        (mail(**OTHER_WORDS), [EARLIER], Sameness.AFTER_SPAM),
        (mail(EVE, **OTHER_WORDS), [EARLIER], Sameness.FRESH),
        (mail(**OTHER_BYTES), [EARLIER, filed(ledger_id=2, case_ref="AAAA-AAAA")], Sameness.DUPLICATE),
        (mail(message_id=None), [filed(message_id=None)], Sameness.FRESH),
        (mail(message_id=None), [filed(message_id=None, uidvalidity=2)], Sameness.SEEN),
    ],
    ids=[
        "another delivery",
        "the same bytes under another UID",
        "the same bytes, read again in a mailbox whose UIDs began anew",
        "other words of its author",
        "somebody else's",
        "a copy on a case that was not spam",
        "no Message-ID",
        "no Message-ID, read again",
    ],
)
def test_what_was_called_spam_swallows_nothing(
    now: IncomingMail, before: list[EarlierMail], same: Sameness
) -> None:
    assert same_as(now, before, SPAM)[0] is same
