"""No byte for a customer holds a note, a plan, a form of another, a private address, a Bcc or a command."""

from __future__ import annotations

import base64
import re
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.privacy.desk import PrivateDesk
from tests.privacy.leaks import everything_in, leaks_in, said_in_html_alone
from tests.privacy.stories import tell

ROUND = 30
"""Cases told at once."""

HAPPENED = frozenset(
    {
        "noted", "field-set", "update-overdue",
        "escalated", "escalation-repeated", "escalation-approved", "escalation-declined", "escalation-raised",
        "escalation-over", "planned", "plan-shared",
        "form-asked", "form-filled", "mail form_returned form-without-case", "mail opened entered",
        "question-asked look closer: zqisp", "question-answered look closer: zqisp",
        "question-answered look closer: zqregion", "question-answered afterwards",
        "requirement-linked", "shipped",
        "letter review", "letter escalation-declined", "letter escalated", "letter escalated-leadership",
        "letter plan", "letter form-asked", "letter form-returned", "letter question-team",
        "letter afterwards", "letter shipped", "letter summary", "letter colleague-wrote",
    }
)  # fmt: skip
"""All that is to happen in every run: what never happens can betray nothing."""


async def check(rounds: int, first: int) -> int:
    """Tell so many rounds of stories; in how many pairs of case and customer nothing was found."""
    pairs = answers = files = rich = 0
    async with PrivateDesk.start() as desk:
        for seed in range(first, first + rounds):
            told = await tell(desk, seed, ROUND)
            assert told.leaks == []
            pairs, answers, files = pairs + told.pairs, answers + told.answers, files + told.files
            rich += told.rich
        assert HAPPENED - set(await desk.happened()) == set()
    assert pairs >= rounds * ROUND * 3
    assert answers > pairs  # what customers may read did reach them
    assert files > pairs / 100
    assert rich > pairs / 100
    return pairs


async def test_nothing_that_was_meant_for_colleagues_reaches_a_customer() -> None:
    await check(rounds=1, first=1)


@pytest.mark.long
async def test_nothing_reaches_a_customer_in_ten_thousand_pairs_either() -> None:
    assert await check(rounds=72, first=100) >= 10_000


LEAKY = {
    "en/answer.txt": "Subject: Re: {{ tag }} Owner: {{ case.owner }}\n\n{{ text }}\n{{ said.text }}\n"
    '{% include "en/how.txt" %}\n',
    "en/escalation-asked.txt": "Subject: Re: {{ tag }}\n\n{{ case.escalation.particulars }}\n",
    "en/escalated.txt": "Subject: Re: {{ tag }}\n\n{{ case.escalation.plan }}\n",
}
"""Letters that tell who owns the case, an agent's whole mail, a notice, what a form says, what is planned."""


async def test_leaks_that_were_put_into_letters_are_found() -> None:
    async with PrivateDesk.start(LEAKY) as desk:
        found = {(each.split()[0], each.split(": ", 1)[1]) for each in (await tell(desk, 7, 8)).leaks}
    of_forms = {what for kind, what in found if kind == "escalation-asked"}
    assert found >= {("answer", each) for each in ("Owner:", "zqcommand", "#ask")}
    assert ("escalated", "zqnote") in found
    assert any(re.fullmatch(r"[0-9]+(bo|cy|di)", each) for each in of_forms), found


def _letter(**fields: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {"From": "support@acme.example", "To": "bo@client.example", **fields}.items():
        mail[name] = value
    mail.set_content("Hello\n")
    return mail


def _base64() -> EmailMessage:
    mail = _letter()
    mail.set_content("a zqnote é\n", cte="base64")
    return mail


def _quoted_printable() -> EmailMessage:
    mail = _letter()
    mail.set_content("é" * 20 + " zqnote " + "é" * 40 + "\n", cte="quoted-printable")
    return mail


def _entities() -> EmailMessage:
    mail = _letter()
    mail.add_alternative("<p>&#122;qn<!-- -->ote &#122;qnote</p>", subtype="html")
    return mail


def _within() -> EmailMessage:
    mail = _letter()
    mail.add_attachment(_base64())
    return mail


def _as_octets() -> EmailMessage:
    mail = _letter()
    raw = _base64().as_bytes(policy=SMTP)
    mail.add_attachment(raw, maintype="application", subtype="octet-stream", filename="a.bin")
    return mail


PACKED = {
    "base64": _base64(),
    "quoted-printable": _quoted_printable(),
    "entities": _entities(),
    "a mail in the mail": _within(),
    "a mail as a file": _as_octets(),
    "an encoded subject": _letter(Subject=f"=?utf-8?b?{base64.b64encode('é zqnote'.encode()).decode()}?="),
    "a folded field": _letter(References="<" + "a" * 70 + "@acme.example> <zqnote@acme.example>"),
    "a name of a file": _letter(**{"X-Name": "zqnote.png"}),
}


def test_words_that_stand_in_the_html_alone_are_found() -> None:
    mail = _letter()
    mail.add_alternative('<p>He<b>llo</b> <a href="https://never.example/">you</a></p>', subtype="html")
    assert said_in_html_alone(mail) == {"you", "https", "never", "example"}


@pytest.mark.parametrize("mail", [pytest.param(mail, id=name) for name, mail in PACKED.items()])
def test_a_leak_is_found_however_it_is_packed(mail: EmailMessage) -> None:
    everything = everything_in(mail.as_bytes(policy=SMTP))
    assert leaks_in(everything, ["zqnote"]) == ["zqnote"]
    assert leaks_in(everything, ["zqother"]) == []
