"""Google Workspace is told from a mail itself: by its signatures, its Message-ID, its way."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.reading import read_mail

WAY = "from mail-lf1-f41.google.com (mail-lf1-f41.google.com [209.85.167.41]) by mx.acme.example; now"
SHOWS = {
    "a domain that Google signs for": (
        "DKIM-Signature", "v=1; a=rsa-sha256;\r\n d=client-example.20230601.gappssmtp.com; s=20230601; b=x"
    ),
    "Google's own signature": ("X-Google-DKIM-Signature", "v=1; a=rsa-sha256; d=1e100.net; b=x"),
    "an id that Google made": ("Message-ID", "<CAB+x=1@mail.gmail.com>"),
    "a way from Google's servers": ("Received", WAY),
}  # fmt: skip
NOT = {
    "another signature": ("DKIM-Signature", "v=1; d=client.example; s=gappssmtp.com; b=x"),
    "a domain that ends alike": ("DKIM-Signature", "v=1; d=gappssmtp.com.eve.example; b=x"),
    "another id": ("Message-ID", "<mail.gmail.com@client.example>"),
    "a way to Google's servers": ("Received", "from mx.client.example by mail-lf1-f41.google.com; now"),
    "a name that looks like them": ("Received", "from mail-x.google.com.eve.example by mx.acme.example; now"),
}


def google(name: str, value: str, author: str = "bo@client.example", more: str = "") -> bool:
    raw = f"From: {author}\r\n{more}{name}: {value}\r\nSubject: Hello\r\n\r\nHello\r\n"
    return read_mail(raw.encode(), trust=Trust()).google


@pytest.mark.parametrize("sign", SHOWS.values(), ids=SHOWS.keys())
def test_a_sign_of_google_workspace_is_seen(sign: tuple[str, str]) -> None:
    assert google(*sign)
    assert google(sign[0].upper(), sign[1])


@pytest.mark.parametrize("sign", NOT.values(), ids=NOT.keys())
def test_what_only_looks_like_one_is_none(sign: tuple[str, str]) -> None:
    assert not google(*sign)


@pytest.mark.parametrize("author", ["bo@gmail.com", "Bo <bo@GoogleMail.com>", "nobody"])
def test_a_persons_own_address_at_google_shows_no_organisation(author: str) -> None:
    assert not any(google(*sign, author=author) for sign in SHOWS.values())


def test_the_mail_of_a_list_shows_the_lists_ways() -> None:
    assert not google(*SHOWS["Google's own signature"], more="List-Id: <all.client.example>\r\n")


TAKEN_IN = "Received: from mx.client.example (mx.client.example [192.0.2.1])\r\n by mx.google.com; now\r\n"
WITHIN = "Received: from mail-sor-f41.google.com (mail-sor-f41.google.com) by mx.google.com; now\r\n"


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("a way from Google's servers", False),
        ("Google's own signature", False),
        ("a domain that Google signs for", True),
        ("an id that Google made", True),
    ],
)
def test_what_google_adds_to_a_mail_that_it_only_passes_on_is_no_sign(name: str, counts: bool) -> None:
    assert google(*SHOWS[name], more=TAKEN_IN) is counts
    assert google(*SHOWS[name], more=WITHIN)
