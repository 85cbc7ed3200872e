"""Reports and letters about undelivered mail that break the form, or come from no mail daemon."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import AutomaticKind, Bounce
from maildesk.mail.reading import bounce_of, read_mail
from tests.cost import at_most

BO, CY = "bo@client.example", "cy@client.example"
DAEMON = "From: MAILER-DAEMON@mx.client.example\nSubject: error"
NULL_PATH = "Return-Path: <>\nFrom: info@client.example\nSubject: "


def read(raw: str, *, flufl: bool = False) -> Bounce | None:
    return bounce_of(raw.encode(), flufl=flufl)


# --- reports --------------------------------------------------------------------------------------


def report(groups: str) -> str:
    head = f"{DAEMON}\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
    status = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.client.example\n{groups}"
    return f"{head}--b\n\nIt failed.\n--b\n{status}\n--b--\n"


def whose(address: str, *lines: str, name: str = "Final") -> str:
    return "\n".join((f"{name}-Recipient: rfc822; {address}", *lines, ""))


FAILED, FULL = ("Action: failed", "Status: 5.1.1"), ("Action: failed", "Status: 5.2.2")

# what the report says: who failed, who is still being tried
REPORTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "two recipients in one group": ("\n" + whose(BO, *FAILED) + whose(CY, *FULL), (BO, CY), ()),
    "the first below the report's own fields": (whose(BO, *FAILED) + whose(CY, *FULL), (BO, CY), ()),
    "one that arrived below one that failed": (
        "\n" + whose(BO, *FAILED) + whose(CY, "Action: delivered", "Status: 2.0.0"), (BO,), (),
    ),
    "one that is tried below one that failed": (
        "\n" + whose(BO, *FAILED) + whose(CY, "Action: delayed", "Status: 4.4.1"), (BO,), (CY,),
    ),
    "both of their names": (
        "\n" + whose(BO, name="Original") + whose("b@inner.example", *FAILED)
        + whose(CY, name="Original") + whose("c@inner.example", *FULL), (BO, CY), (),
    ),
    "both of their names, turned round": (
        "\n" + whose("b@inner.example") + whose(BO, *FAILED, name="Original")
        + whose("c@inner.example") + whose(CY, *FULL, name="Original"), (BO, CY), (),
    ),
    "one fate among the report's fields": ("Action: failed\nStatus: 5.1.1\n\n" + whose(BO), (BO,), ()),
    "one fate for all": ("Action: failed\n\n" + whose(BO) + "\n" + whose(CY), (BO, CY), ()),
    "a fate set off by a blank line": ("\n" + whose(BO) + "\nAction: failed\nStatus: 5.1.1\n", (BO,), ()),
    "each with a fate set off": (
        "\n" + whose(BO) + "\nAction: failed\nStatus: 5.1.1\n\n" + whose(CY) + "\nAction: delayed\n",
        (BO,), (CY,),
    ),
    "a fate of the report and one's own": (
        "Action: failed\n\n" + whose(BO) + "\n" + whose(CY, "Action: delayed", "Status: 4.4.1"), (BO,), (CY,),
    ),
    "a full stop": ("\n" + whose(f"{BO}.", *FAILED), (BO,), ()),
    "a full stop behind the bracket": ("\n" + whose(f"<{BO}>.", *FAILED), (BO,), ()),
}  # fmt: skip


@pytest.mark.parametrize(("groups", "failed", "delayed"), REPORTS.values(), ids=REPORTS)
def test_a_report_out_of_form_names_each_recipient_with_their_fate(
    groups: str, failed: tuple[str, ...], delayed: tuple[str, ...]
) -> None:
    bounce = read(report(groups))
    assert bounce is not None
    assert (bounce.failed, bounce.delayed) == (failed, delayed)


def test_many_recipients_in_one_group_cost_no_more_than_their_size() -> None:
    lines = "Action: failed\n" * 20_000
    with at_most(300):
        read(report("\n" + lines + whose(BO) * 10_000))


def test_a_report_of_success_is_none_whatever_its_form() -> None:
    assert read(report("Action: delivered\n\n" + whose(BO) + "\n" + whose(CY))) is None


# --- letters --------------------------------------------------------------------------------------

LETTERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a full stop": (DAEMON, f"Your message could not be delivered to {BO}.", (BO,)),
    "a full stop on a line": (DAEMON, f"Your message could not be delivered to\n\n<{BO}>.\n", (BO,)),
    "Exchange": (
        NULL_PATH + "Undeliverable: The door", f"This recipient cannot be reached:\n\n      {BO}", (BO,),
    ),
    "a gateway to telephones": (
        NULL_PATH + "Undeliverable: The door", "The text to 15551234567@sms.carrier.example failed.",
        ("15551234567@sms.carrier.example",),
    ),
    "a gateway that names a number alone": (
        NULL_PATH + "Undeliverable: The door", "The text message to 15551234567 was not sent.", (),
    ),
    "a gateway with no null path": (
        "From: SMS service <service@carrier.example>\nSubject: Undeliverable: It", f"Unknown: <{BO}>.", (BO,),
    ),
    "a null path beside a program's word": (
        "Auto-Submitted: auto-replied\n" + NULL_PATH + "Undeliverable: The door", f"To: {BO}", (BO,),
    ),
    "a gateway's mark above": (NULL_PATH + "[EXT] Undelivered: The door", f"{BO} is not known here.", (BO,)),
    "German": (NULL_PATH + "Unzustellbar: Die Tür", f"{BO}\nist unbekannt.", (BO,)),
    "nothing but a subject": (NULL_PATH + "Non remis : La porte", "Désolé.", ()),
    "Japanese, on a line": (
        DAEMON, f"以下のあて先へのメール送信は失敗しました。\n宛先：{BO}\n原因: ユーザー不明", (BO,),
    ),
    "Japanese, wide brackets": (DAEMON, f"＜{BO}＞宛のメールを送信できませんでした。", (BO,)),
    "Japanese, quoted": (DAEMON, f"「{BO}」さんのメールアドレスは見つかりませんでした。", (BO,)),
    "Japanese, no space behind": (DAEMON, f"{BO}へのメールは、容量超過のためお届けできませんでした。", (BO,)),
    "Japanese, a null path": (
        NULL_PATH + "配信不能: ドアの件", f"次の受信者への配信に失敗しました:\n\n{BO}<mailto:{BO}>", (BO,),
    ),
    "Japanese, from no server": (
        "From: info@client.example\nSubject: 送信エラー", f"次の宛先への送信に失敗しました。\n\n{BO}", (BO,),
    ),
}  # fmt: skip


def letter(head: str, words: str) -> str:
    return f"{head}\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"


@pytest.mark.parametrize(("head", "words", "failed"), LETTERS.values(), ids=LETTERS)
def test_a_letter_about_an_undelivered_mail_is_read(head: str, words: str, failed: tuple[str, ...]) -> None:
    bounce = read(letter(head, words))
    assert bounce is not None
    assert (bounce.failed, bounce.permanent, bounce.delayed) == (failed, True, ())
    automatic = read_mail(letter(head, words).encode(), trust=Trust()).automation.automatic
    assert automatic
    assert automatic.kind is AutomaticKind.BOUNCE


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("容量がいっぱいのため、お届けできませんでした。", "5.2.2"),
        ("メールボックスの容量を超過しています。送信できません。", "5.2.2"),
        ("該当するアドレスが存在しません。", "5.1.1"),
        ("受信拒否の設定のため、配信できませんでした。", "5.7.1"),
        ("メールを送信できませんでした。", "5.0.0"),
        ("配信が遅延しています。", "4.0.0"),
    ],
)
def test_the_reason_is_told_in_japanese_too(words: str, status: str) -> None:
    bounce = read(letter(DAEMON, f"{BO}\n{words}"))
    assert bounce is not None
    assert bounce.status == status


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (NULL_PATH + "Re: The door", "I am away until Monday."),
        (NULL_PATH + "Re: Undeliverable: The door", "I am away until Monday."),
        (NULL_PATH + "Delayed answers", "We answer within three days."),
        ("From: Cy, SMS Ltd <cy@sms.example>\nSubject: Undelivered parts", "Two gears did not arrive."),
        ("From: cy@client.example\nSubject: Undeliverable: The door", "I got this from you, why?"),
        (
            "From: cy@client.example\nSubject: 送信できません",
            "お世話になっております。メールを送信できません。",
        ),
    ],
)
def test_people_and_absence_notes_send_no_bounce(head: str, words: str) -> None:
    assert read(letter(head, words), flufl=True) is None


def test_another_list_is_asked_only_where_our_rules_name_nobody() -> None:
    """The letter says whom to ask below the one who failed, and flufl.bounce would name both."""
    words = (
        f"Hi. This is the qmail-send program at mx.client.example.\nI'm afraid I wasn't able to deliver your "
        f"message to the following addresses.\n\n<{BO}>:\nNo mailbox here by that name.\n"
        "Questions to\n<help@client.example>:\n"
    )
    own = read(letter(DAEMON, words))
    assert own is not None
    assert own.failed == (BO,)
    assert read(letter(DAEMON, words), flufl=True) == own
