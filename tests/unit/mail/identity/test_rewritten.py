"""Who wrote what came through a group, field by field; nothing else ever says who wrote a mail."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.message import AutomaticKind, IncomingMail, Standing
from maildesk.mail.reading import read_mail

BOB = "bob@client.example"
OWN = OwnNames.of(
    ["desk@acme.example", "help@acme.example"], groups=["support@acme.example", "acme@lists.example"]
)
GROUP = "From: 'Bob Lund' via Support <support@acme.example>"
TRUST = Trust("mx.acme.example")
PASS = (
    "Authentication-Results: mx.acme.example; dmarc=pass header.from=acme.example\n"
    "Received: from a by mx.acme.example; Mon, 24 Nov 2025 09:30:00 +0000\n"
)


def read(*lines: str, top: str = PASS) -> IncomingMail:
    return read_mail((top + "\n".join(lines) + "\n\nHello.\n").encode(), trust=TRUST, own_names=OWN)


@dataclass(frozen=True)
class Said:
    """What a mail's header says beside its From, and whom that makes its author."""

    lines: tuple[str, ...]
    author: str = BOB
    name: str = "Bob Lund"


FOUND = {
    "X-Original-From": Said(("X-Original-From: Robert <bob@client.example>",), name="Robert"),
    "X-Original-From without a name": Said(("X-Original-From: bob@client.example",)),
    "X-Original-From before Reply-To": Said(
        ("Reply-To: other@client.example", "X-Original-From: bob@client.example")
    ),
    "Reply-To": Said(("Reply-To: Bo <bob@client.example>",), name="Bo"),
    "Reply-To with the list's own address": Said(("Reply-To: support@acme.example, bob@client.example",)),
    "Reply-To with a name of ours": Said(("Reply-To: desk+x@acme.example, bob@client.example",)),
    "Reply-To in two fields, one ours": Said(
        ("Reply-To: Support@acme.example", "Reply-To: bob@client.example")
    ),
    "X-Original-Sender": Said(("Reply-To: support@acme.example", "X-Original-Sender: bob@client.example")),
    "X-Original-From that is ours": Said(
        ("X-Original-From: support@acme.example", "Reply-To: bob@client.example")
    ),
}


@pytest.mark.parametrize("said", FOUND.values(), ids=FOUND.keys())
def test_a_named_group_lets_the_mail_say_who_wrote_it(said: Said) -> None:
    author = read(GROUP, *said.lines).author
    assert author.address
    assert (author.addr_spec, author.address.name) == (said.author, said.name)
    assert (author.standing, author.why, author.via) == (Standing.UNKNOWN, "group", "support@acme.example")
    assert author.shown.endswith("<bob@client.example> through support@acme.example")


NOBODY = {
    "nothing else": (),
    "only ourselves": ("Reply-To: support@acme.example, help+x@acme.example",),
    "two who could be meant": ("Reply-To: bob@client.example, eve@evil.example",),
    "an address that no letter reaches": ('Reply-To: "bob lund"@client.example',),
}


@pytest.mark.parametrize("lines", NOBODY.values(), ids=NOBODY.keys())
def test_where_nobody_is_named_the_author_stays_the_group(lines: tuple[str, ...]) -> None:
    author = read(GROUP, *lines).author
    assert (author.addr_spec, author.standing) == ("support@acme.example", Standing.UNKNOWN)
    assert not author.via


DAMAGED = {
    "two fields": ("X-Original-From: bob@client.example", "X-Original-From: eve@evil.example"),
    "two mailboxes": ("X-Original-From: bob@client.example, eve@evil.example",),
    "an encoded address": ("X-Original-From: =?x?q?bob=40client.example=3e=00?=eve@evil.example",),
    "text behind the angle": ("X-Original-From: <bob@client.example>eve@evil.example",),
    "a space before the colon": ("X-Original-From : bob@client.example",) * 2,
    "empty": ("X-Original-From:",),
}


@pytest.mark.parametrize("lines", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_field_that_could_be_read_two_ways_makes_an_author_of_nobody(lines: tuple[str, ...]) -> None:
    author = read(GROUP, *lines, "Reply-To: bob@client.example").author
    assert (author.address, author.standing, author.why) == (None, Standing.FAILED, "group-from-damaged")


def test_what_failed_stays_failed() -> None:
    failed = PASS.replace("dmarc=pass", "dmarc=fail")
    author = read(GROUP, "X-Original-From: bob@client.example", top=failed).author
    assert (author.addr_spec, author.standing) == (BOB, Standing.FAILED)


@pytest.mark.parametrize("sender", ["support+x@acme.example", "SUPPORT@acme.example", "acme@lists.example"])
def test_a_group_is_known_in_any_spelling_and_at_any_domain(sender: str) -> None:
    assert read(f"From: X <{sender}>", "X-Original-From: bob@client.example").author.addr_spec == BOB


@pytest.mark.parametrize(
    "sender", ["help@acme.example", "desk@acme.example", "desk+x@acme.example", "news@acme.example"]
)
def test_a_name_of_ours_that_is_no_group_lets_nobody_speak_and_says_who_that_seems_to_be(sender: str) -> None:
    author = read(f"From: X <{sender}>", "X-Original-From: bob@client.example").author
    assert (author.addr_spec, author.via) == (sender, "")
    assert author.behind
    assert author.behind.address == BOB


LISTS_ITSELF = {
    "Google Groups": (
        "Mailing-list: list help@acme.example; contact help+owners@acme.example",
        "List-ID: <help.acme.example>",
        "Precedence: list",
    ),
    "its List-Id alone": ("List-Id: Help <HELP.acme.example>",),
    "Mailing-list alone": ("Mailing-list: list Help@Acme.Example",),
    "Mailman": ("X-BeenThere: help@acme.example",),
    "where mail is posted to": ("List-Post: <mailto:help@acme.example?subject=x>",),
    "another name of the list beside it": (
        "List-ID: <h.groups.acme.example>",
        "Mailing-list: list help@acme.example",
    ),
}
"""A mail that says itself that it came through the list whose address its From is."""
NOT_NAMED = "From: 'Bob Lund' via Help <help@acme.example>"
NO_TRUST = Trust()


@pytest.mark.parametrize("signs", LISTS_ITSELF.values(), ids=LISTS_ITSELF.keys())
@pytest.mark.parametrize("who", ["X-Original-From: bob@client.example", "Reply-To: bob@client.example"])
@pytest.mark.parametrize("trust", [TRUST, NO_TRUST], ids=["vouched for", "nobody vouches"])
def test_a_name_of_ours_that_the_mail_calls_its_list_speaks_as_a_named_group_does(
    signs: tuple[str, ...], who: str, trust: Trust
) -> None:
    raw = (PASS + "\n".join((NOT_NAMED, who, *signs)) + "\n\nHello.\n").encode()
    mail = read_mail(raw, trust=trust, own_names=OWN)
    author = mail.author
    assert author.address
    assert (author.addr_spec, author.address.name) == (BOB, "Bob Lund")
    assert (author.standing, author.why, author.via) == (Standing.UNKNOWN, "group", "help@acme.example")
    assert (mail.automation.automatic, mail.automation.reply_allowed) == (None, True)


UNTRUE = {
    "no word of the border": ("Received: from a by mx.acme.example; Mon, 24 Nov 2025 09:30:00 +0000\n", ()),
    "the border says no": (PASS.replace("dmarc=pass", "dmarc=fail"), ()),
    "the list of another name": (PASS, ("List-ID: <other.acme.example>",)),
    "no list at all": (PASS, ("Precedence: list",)),
    "another's list that names us behind": (PASS, ("List-Post: <mailto:xhelp@acme.example.evil.example>",)),
}


@pytest.mark.parametrize(("top", "signs"), UNTRUE.values(), ids=UNTRUE.keys())
def test_a_name_of_ours_speaks_for_nobody_on_the_word_of_anybody(top: str, signs: tuple[str, ...]) -> None:
    signs = signs or ("List-ID: <help.acme.example>",)
    author = read(NOT_NAMED, "X-Original-From: bob@client.example", *signs, top=top).author
    assert (author.addr_spec, author.via) == ("help@acme.example", "")
    assert author.behind
    assert author.behind.address == BOB


@pytest.mark.parametrize(
    ("sender", "line"),
    [
        ("eve@evil.example", "X-Original-From: bob@client.example"),
        ("eve@evil.example", "Reply-To: bob@client.example"),
        ("other@lists.example", "X-Original-From: bob@client.example"),
        ("news@acme.example", "Reply-To: bob@client.example"),
        ("news@acme.example", "X-Original-Sender: bob@client.example"),
    ],
)
def test_nobody_else_speaks_for_others(sender: str, line: str) -> None:
    author = read(f"From: {sender}", line).author
    assert (author.addr_spec, author.via, author.behind) == (sender, "", None)


LIST_SIGNS = (
    "List-ID: <support.acme.example>",
    "List-ID: Something else <s.groups.acme.example>",
    "Mailing-list: list support@acme.example; contact support+owners@acme.example",
    "List-Post: <https://groups.google.com/a/acme.example/group/support/post>, <mailto:support@acme.example>",
    "List-Unsubscribe: <mailto:googlegroups-manage+1+unsubscribe@googlegroups.com>",
    "Precedence: list",
    "Precedence: bulk",
)


@pytest.mark.parametrize("sign", LIST_SIGNS)
def test_a_groups_own_signs_make_no_machine_of_the_customer(sign: str) -> None:
    mail = read(GROUP, "X-Original-From: bob@client.example", sign)
    assert (mail.automation.automatic, mail.automation.reply_allowed) == (None, True)


@pytest.mark.parametrize(
    ("line", "writer", "kind"),
    [
        ("Auto-Submitted: auto-replied", BOB, AutomaticKind.AUTO_REPLY),
        ("Precedence: auto_reply", BOB, AutomaticKind.AUTO_REPLY),
        ("X-Autoreply: yes", BOB, AutomaticKind.AUTO_REPLY),
        ("X-Failed-Recipients: x@y.example", BOB, AutomaticKind.BOUNCE),
        ("Subject: Returned", "mailer-daemon@client.example", AutomaticKind.BOUNCE),
    ],
)
def test_a_machine_behind_a_group_is_still_a_machine(line: str, writer: str, kind: AutomaticKind) -> None:
    mail = read(GROUP, f"X-Original-From: {writer}", line, "List-ID: <support.acme.example>")
    assert mail.automation.automatic
    assert mail.automation.automatic.kind is kind


def test_no_reply_behind_a_group_wants_no_answer() -> None:
    mail = read(GROUP, "X-Original-From: no-reply@shop.example")
    assert (mail.automation.automatic, mail.automation.reply_allowed) == (None, False)


def test_another_writer_is_another_mail() -> None:
    one, other = (
        read(GROUP, f"X-Original-From: {writer}", "Message-ID: <1@x>").digests.content
        for writer in (BOB, "eve@evil.example")
    )
    assert one != other
