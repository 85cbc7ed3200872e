"""Who wrote a mail: the strict From grammar, and how far our border's word goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.identity.authenticity import Trust, author_of, strict_from
from maildesk.mail.message import Standing
from maildesk.mail.mime.headers import Field
from tests.cost import at_most

OURS = Trust("mx.acme.example")


def from_fields(*values: bytes) -> list[Field]:
    return [Field("from", value) for value in values]


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        (b" ana@client.example", "ana@client.example", ""),
        (b" <ana@client.example>", "ana@client.example", ""),
        (b" Ana Souza <ana@client.example>", "ana@client.example", "Ana Souza"),
        (b"\r\n Ana\r\n\tSouza\r\n <ana@client.example>\r\n ", "ana@client.example", "Ana Souza"),
        (b' "Souza, Ana" <ana@client.example>', "ana@client.example", "Souza, Ana"),
        (b' "Ana \\"the fox\\" Souza" <ana@client.example>', "ana@client.example", 'Ana "the fox" Souza'),
        (b" John Q. Public <john@client.example>", "john@client.example", "John Q. Public"),
        (b" =?utf-8?q?Jos=C3=A9?= <jose@client.example>", "jose@client.example", "José"),
        (b" =?utf-8?b?Sm9zw6k=?=<jose@client.example>", "jose@client.example", "José"),
        ("José Müller <jose@client.example>".encode(), "jose@client.example", "José Müller"),
        (b" Ana (Support) <ana@client.example>", "ana@client.example", "Ana (Support)"),
        (b" root@host.example (Cron Daemon)", "root@host.example", "Cron Daemon"),
        (b" Ana <Ana.Souza+x=y@Client.EXAMPLE.>", "Ana.Souza+x=y@client.example", "Ana"),
        (b" ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example", ""),
        (b' "ana@acme.example" <x@evil.example>', "x@evil.example", "ana@acme.example"),
        (b" =?utf-8?q?ana=40acme=2Eexample=3E?= <x@evil.example>", "x@evil.example", "ana@acme.example>"),
        ("\u202eelpmaxe <x@evil.example>".encode(), "x@evil.example", "elpmaxe"),
    ],
)
def test_one_mailbox_is_read_with_its_name_for_display_only(value: bytes, address: str, name: str) -> None:
    found, reason = strict_from(from_fields(value))
    assert found is not None
    assert (found.address, found.name, reason) == (address, name, "")


TRICKS = {
    "decoded-address": (b" =?x?q?agent=40corp.example=3e=00?=foo@evil.com", "from-encoded-address"),
    "address-as-name": (b" agent@corp.example <x@evil.com>", "from-not-a-mailbox"),
    "text-after-angle": (b" <agent@corp.example>x@evil.com", "from-not-a-mailbox"),
    "semicolon": (b" agent@corp.example;x@evil.com", "from-two-mailboxes"),
    "comment-touching": (b" agent@corp.example(x@evil.com)", "from-comment-in-address"),
    "short-comment-touching": (b" agent@corp.example(x)", "from-comment-in-address"),
    "comment-with-address": (b" agent@corp.example (x@evil.com)", "from-comment-in-address"),
    "nul-inside": (b" agent@corp.example\x00<x@evil.com>", "from-control-character"),
    "nul-in-quotes": (b' "agent@corp.example\x00" <x@evil.com>', "from-control-character"),
    "bare-return": (b" agent@corp.example\r<x@evil.com>", "from-control-character"),
    "bare-feed": (b" agent@corp.example\n<x@evil.com>", "from-control-character"),
    "group": (b" Agents: agent@corp.example;", "from-group"),
    "empty-group": (b" undisclosed:;", "from-group"),
    "route": (b" <@evil.com:agent@corp.example>", "from-route"),
    "two-routes": (b" <@a.example,@evil.com:agent@corp.example>", "from-route"),
    "comma": (b" agent@corp.example, x@evil.com", "from-two-mailboxes"),
    "angle-comma": (b" <agent@corp.example>, <x@evil.com>", "from-two-mailboxes"),
    "empty-first": (b" ,agent@corp.example", "from-two-mailboxes"),
    "two-angles": (b" <agent@corp.example><x@evil.com>", "from-two-mailboxes"),
    "nested-angles": (b" <<agent@corp.example>>", "from-two-mailboxes"),
    "fold-before-at": (b" agent\r\n @corp.example", "from-space-in-address"),
    "fold-after-at": (b" agent@\r\n corp.example", "from-space-in-address"),
    "fold-in-angle": (b" <agent@corp.example\r\n >", "from-space-in-address"),
    "space-in-angle": (b" < agent@corp.example>", "from-space-in-address"),
    "comment-in-angle": (b" <agent(x)@corp.example>", "from-comment-in-address"),
    "comment-in-domain": (b" agent@(x)corp.example", "from-comment-in-address"),
    "8bit-domain": (" agent@c\u043erp.example".encode(), "from-8bit-in-address"),
    "8bit-local-part": (" <\u0430gent@corp.example>".encode(), "from-8bit-in-address"),
    "8bit-after-angle": (b" <agent@corp.example>\xa0", "from-8bit-in-address"),
    "quoted-local-part": (b' "agent"@corp.example', "from-quoted-local-part"),
    "quoted-in-angle": (b' <"agent@corp.example "@evil.com>', "from-quoted-local-part"),
    "domain-literal": (b" agent@[192.0.2.1]", "from-domain-literal"),
    "backslash": (b" <agent\\@corp.example@evil.com>", "from-not-a-mailbox"),
    "open-quote": (b' "agent@corp.example <x@evil.com>', "from-not-a-mailbox"),
    "two-ats": (b" agent@corp.example@evil.com", "from-not-a-mailbox"),
    "no-at": (b" agent", "from-not-a-mailbox"),
    "empty": (b" ", "from-empty"),
    "empty-angle": (b" Agent <>", "from-not-a-mailbox"),
    "double-dot": (b" agent..x@corp.example", "from-bad-local-part"),
    "long-local-part": (b" " + b"a" * 65 + b"@corp.example", "from-bad-local-part"),
    "two-final-dots": (b" agent@corp.example..", "from-bad-domain"),
    "hyphen": (b" agent@-corp.example", "from-bad-domain"),
    "too-long": (b" " * 8200 + b"agent@corp.example", "from-too-long"),
}


@pytest.mark.parametrize(("value", "reason"), TRICKS.values(), ids=TRICKS.keys())
def test_what_could_be_read_two_ways_has_no_author(value: bytes, reason: str) -> None:
    assert strict_from(from_fields(value)) == (None, reason)
    author = author_of(from_fields(value), OURS)
    assert (author.address, author.standing, author.why) == (None, Standing.FAILED, reason)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([], "no-from"),
        (from_fields(b" agent@corp.example", b" x@evil.com"), "two-from-fields"),
        (from_fields(b" agent@corp.example", b" agent@corp.example"), "two-from-fields"),
        ([Field("from ", b" agent@corp.example")], "from-name-damaged"),
        ([Field("from\t", b" agent@corp.example")], "from-name-damaged"),
        ([Field("from ", b" agent@corp.example"), Field("from", b" x@evil.com")], "two-from-fields"),
        ([Field("reply-to", b" agent@corp.example"), Field("sender", b" agent@corp.example")], "no-from"),
    ],
    ids=["none", "two", "twice-the-same", "space", "tab", "space-and-strict", "reply-to-and-sender"],
)
def test_only_one_undamaged_from_field_names_an_author(fields: list[Field], reason: str) -> None:
    assert strict_from(fields) == (None, reason)


def test_reply_to_and_sender_change_nothing() -> None:
    fields = from_fields(b" x@evil.example")
    others = [
        Field(name, b" agent@corp.example") for name in ("sender", "reply-to", "resent-from", "return-path")
    ]
    assert author_of([*others, *fields], OURS) == author_of(fields, OURS)


@pytest.mark.parametrize(
    "value",
    [
        b"a " * 4096,
        b"(" * 8192,
        b'"' * 8191,
        b"\xff" * 8192,
        b"a@" * 4096,
        b"<" * 8192,
        b" " * 8192,
        b",a " * 2700,
        b"\r\n " * 2700,
        b"()" * 4090 + b"<",
        b'""' * 4090 + b"<",
        b"\\" * 8192,
        b"=?a?b?" * 1300,
        b'"\\' * 4096,
    ],
    ids=repr,
)
def test_no_from_field_takes_long(value: bytes) -> None:
    with at_most(80):
        author = author_of(from_fields(value), OURS)
    assert author.address is None


@pytest.mark.parametrize(
    ("value", "claimed"),
    [
        (b"Nunes, Carla <carla@client.example>", "carla@client.example"),
        (b'"Nunes, "Carla" <carla@client.example>', "carla@client.example"),
        (b"Carla Nunes carla@client.example", "carla@client.example"),
        (b"carla@client.example (Carla, Nunes)", "carla@client.example"),
        (b"carla@client.example <carla@client.example>", "carla@client.example"),
        (b"Carla @ Client <carla@client.example>", "carla@client.example"),
        (b"Carla <mailto:carla@client.example>", "carla@client.example"),
        (b"Carla < carla @client.example >", "carla@client.example"),
        (b"Carla <carla..n.@docomo.example>", '"carla..n."@docomo.example'),
        (b'Carla <"carla..n."@docomo.example>', '"carla..n."@docomo.example'),
        ("Carla <carla@bücher.example>".encode(), "carla@xn--bcher-kva.example"),
        ("Carla <carla@bücher.example>".encode("latin-1"), "carla@xn--bcher-kva.example"),
        (b"boss@acme.example <carla@client.example>", ""),
        (b"a@b.example, c@d.example", ""),
        (b"Carla <carla n@client.example>", ""),
        (b"=?utf-8?q?carla?=@client.example", ""),
        (b"<@relay.example:carla@client.example>", ""),
        ("carla@straße.example".encode(), ""),
        ("josé@client.example".encode(), ""),
        (b"Nunes, Carla", ""),
        (b"Nunes, Carla\0 <carla@client.example>", ""),
    ],
)
def test_the_one_address_that_a_from_which_is_none_seems_to_mean_is_only_told(
    value: bytes, claimed: str
) -> None:
    author = author_of(from_fields(b" " + value), OURS, "cp1252")
    assert (author.address, author.standing, author.claimed) == (None, Standing.FAILED, claimed)


def test_of_two_from_fields_none_is_told() -> None:
    assert author_of(from_fields(b" a@b.example", b" a@b.example"), OURS).claimed == ""


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(value: bytes) -> None:
    author = author_of(from_fields(value), OURS)
    assert not {"\r", "\n", "\0", "\u202e"} & set(author.shown)
    assert len(author.shown) <= 200


PIECES = st.sampled_from(
    [
        b"agent@corp.example",
        b"x@evil.com",
        b"<",
        b">",
        b" ",
        b'"',
        b"(",
        b")",
        b",",
        b";",
        b":",
        b"\\",
        b"\x00",
        b"\r\n ",
        b"=?utf-8?q?agent=40corp.example?=",
        b"a",
        b"@",
        b"\xc3\xa9",
        b"[",
        b"]",
    ]
)


@given(st.lists(PIECES, max_size=9).map(b"".join))
def test_an_address_stands_in_the_field_literally_and_alone(value: bytes) -> None:
    """Whatever is found is there byte for byte, and no other address is, but for quoted display text."""
    found, _ = strict_from(from_fields(value))
    if found is None:
        return
    assert found.address.encode() in value
    outside, quoted = b"", False
    for piece in value.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"'):
        outside, quoted = outside + (b"" if quoted else piece), not quoted
    assert outside.count(b"@") == 1


def test_what_is_shown_is_the_decoded_field_on_one_line() -> None:
    author = author_of(from_fields(b" =?utf-8?q?Jos=C3=A9=0D=0ABcc:?=\r\n <a@b@c>"), OURS)
    assert author.shown == "José Bcc: <a@b@c>"


# --- standing -------------------------------------------------------------------------------------

JANE = Field("from", b" Jane <jane@client.example>")


def mail_with(*results: str, author: Field = JANE) -> list[Field]:
    ours = [Field("authentication-results", f" mx.acme.example; {each}".encode()) for each in results]
    return [*ours, Field("received", b" from client by mx.acme.example"), author]


VERDICTS = {
    "dmarc-pass": ("dmarc=pass header.from=client.example", "vouched", "dmarc-pass"),
    "dmarc-pass-comment": (
        "dmarc=pass (p=none dis=none) header.from=Client.Example.",
        "vouched",
        "dmarc-pass",
    ),
    "dmarc-pass-parent": ("dmarc=pass header.from=example", "failed", "dmarc-other-from"),
    "dmarc-pass-other": ("dmarc=pass header.from=evil.example", "failed", "dmarc-other-from"),
    "dmarc-pass-below": ("dmarc=pass header.from=x.client.example", "failed", "dmarc-other-from"),
    "dmarc-pass-nobody": ("dmarc=pass", "unknown", "no-aligned-pass"),
    "dmarc-fail": ("dmarc=fail header.from=client.example", "failed", "dmarc-fail"),
    "dmarc-fail-but-dkim": ("dmarc=fail; dkim=pass header.d=client.example", "failed", "dmarc-fail"),
    "dmarc-none-dkim": (
        "dmarc=none header.from=client.example; dkim=pass header.d=client.example",
        "vouched",
        "dkim-pass",
    ),
    "dmarc-temperror": ("dmarc=temperror header.from=client.example", "unknown", "no-aligned-pass"),
    "dmarc-bestguess": ("dmarc=bestguesspass header.from=client.example", "unknown", "no-aligned-pass"),
    "dmarc-pass-and-none": (
        "dmarc=pass header.from=client.example; dmarc=none header.from=client.example",
        "unknown",
        "no-aligned-pass",
    ),
    "dkim-d": ("dkim=pass header.d=client.example header.i=@x.client.example", "vouched", "dkim-pass"),
    "dkim-i": ("dkim=pass header.i=@client.example header.s=a header.b=Ab/c+=", "vouched", "dkim-pass"),
    "dkim-one-of-two": (
        "dkim=fail header.d=list.example; dkim=pass header.d=client.example",
        "vouched",
        "dkim-pass",
    ),
    "dkim-other": ("dkim=pass header.d=evil.example", "unknown", "no-aligned-pass"),
    "dkim-lookalike": ("dkim=pass header.d=client.example.evil.com", "unknown", "no-aligned-pass"),
    "dkim-suffix": ("dkim=pass header.d=lient.example", "unknown", "no-aligned-pass"),
    "dkim-top": ("dkim=pass header.d=example", "unknown", "no-aligned-pass"),
    "dkim-below": ("dkim=pass header.d=x.client.example", "unknown", "no-aligned-pass"),
    "dkim-d-other-i-ours": (
        "dkim=pass header.d=evil.example header.i=@client.example",
        "unknown",
        "no-aligned-pass",
    ),
    "dkim-twice-d": (
        "dkim=pass header.d=client.example header.d=evil.example",
        "unknown",
        "no-aligned-pass",
    ),
    "dkim-fail": ("dkim=fail header.d=client.example", "unknown", "no-aligned-pass"),
    "spf-address": ("spf=pass smtp.mailfrom=bounce@client.example", "vouched", "spf-pass"),
    "spf-domain": ("spf=pass smtp.mailfrom=client.example", "vouched", "spf-pass"),
    "spf-other": ("spf=pass smtp.mailfrom=evil.example", "unknown", "no-aligned-pass"),
    "spf-helo": ("spf=pass smtp.helo=client.example", "unknown", "no-aligned-pass"),
    "spf-empty": ("spf=pass smtp.mailfrom=", "unknown", "no-aligned-pass"),
    "spf-softfail": ("spf=softfail smtp.mailfrom=client.example", "unknown", "no-aligned-pass"),
    "spf-fail": ("spf=fail smtp.mailfrom=client.example", "failed", "spf-fail"),
    "spf-both": (
        "spf=pass smtp.mailfrom=client.example; spf=fail smtp.mailfrom=client.example",
        "failed",
        "spf-fail",
    ),
    "spf-fail-other": ("spf=fail smtp.mailfrom=evil.example", "unknown", "no-aligned-pass"),
    "both-fail": (
        "spf=fail smtp.mailfrom=client.example; dkim=fail header.d=client.example",
        "failed",
        "spf-fail",
    ),
    "forwarded": (
        "spf=fail smtp.mailfrom=client.example; dkim=pass header.d=client.example",
        "vouched",
        "dkim-pass",
    ),
    "spf-fail-dkim-later": (
        "spf=fail smtp.mailfrom=client.example; dkim=temperror header.d=client.example",
        "unknown",
        "no-aligned-pass",
    ),
    "login": ("auth=pass (PLAIN) smtp.auth=Jane@client.example", "vouched", "auth-pass"),
    "login-of-another": ("auth=pass smtp.auth=joe@client.example", "unknown", "no-aligned-pass"),
    "login-without-domain": ("auth=pass smtp.auth=jane", "unknown", "no-aligned-pass"),
    "none": ("none", "unknown", "no-result"),
    "nothing": ("", "unknown", "no-result"),
    "malformed": ('dmarc=pass header.from="client.example', "unknown", "no-result"),
}


@pytest.mark.parametrize(("result", "standing", "why"), VERDICTS.values(), ids=VERDICTS.keys())
def test_the_border_s_word_gives_the_standing(result: str, standing: str, why: str) -> None:
    author = author_of(mail_with(result), OURS)
    assert (author.standing, author.why) == (standing, why)


def test_a_subdomain_is_vouched_for_by_its_parent() -> None:
    jane = Field("from", b"jane@mail.client.example")
    for result in ("dmarc=pass header.from=client.example", "dkim=pass header.d=client.example"):
        assert author_of(mail_with(result, author=jane), OURS).standing is Standing.VOUCHED


def test_results_are_gathered_from_all_counting_fields() -> None:
    fields = mail_with("spf=pass smtp.mailfrom=other.example", "dkim=pass header.d=client.example")
    assert author_of(fields, OURS).why == "dkim-pass"
    assert (
        author_of(mail_with("dmarc=pass header.from=client.example", "dmarc=fail"), OURS).why == "dmarc-fail"
    )


@pytest.mark.parametrize(
    ("auth", "submission", "vouched"),
    [
        ("jane@client.example", None, True),
        ("jane", None, False),
        ("jane", "client.example", True),
        ("Jane", "Client.Example", True),
        ("jane", "other.example", False),
        ("john", "client.example", False),
        ("jane@other.example", "client.example", False),
        ('""', "client.example", False),
    ],
)
def test_whom_our_server_let_in_is_vouched_for_in_the_domain_that_the_operator_names(
    auth: str, submission: str | None, vouched: bool
) -> None:
    author = author_of(mail_with(f"auth=pass smtp.auth={auth}"), replace(OURS, submission=submission))
    assert (author.standing is Standing.VOUCHED) is vouched


def test_without_a_named_border_nobody_is_vouched_for() -> None:
    author = author_of(mail_with("dmarc=pass header.from=client.example"), Trust())
    assert (author.standing, author.why) == (Standing.UNKNOWN, "no-authserv-id")


def test_a_homograph_with_a_valid_pass_is_not_the_agent() -> None:
    homograph = Field("from", b"ana@xn--crp-hed.example")
    author = author_of(mail_with("dmarc=pass header.from=xn--crp-hed.example", author=homograph), OURS)
    assert author.standing is Standing.VOUCHED
    assert author.address is not None
    assert author.address.address == "ana@xn--crp-hed.example"


def test_a_result_below_the_border_is_reported_as_out_of_place() -> None:
    forged = Field("authentication-results", b"mx.acme.example; dmarc=pass header.from=client.example")
    author = author_of([Field("received", b"x"), forged, JANE], OURS)
    assert (author.standing, author.why) == (Standing.UNKNOWN, "result-out-of-place")
