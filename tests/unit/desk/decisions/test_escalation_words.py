"""Whether a customer asked for more attention: in whose words, where, and as which word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case
from maildesk.desk.decisions.escalation_words import escalation_wish, refusal_told
from maildesk.desk.policy.escalation import REFUSALS, EscalationPolicy, EscalationWish
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.screening.request_words import request_words
from maildesk.mail.reply.reply_text import new_words
from tests.unit.desk.matters import CASE

PLAIN = EscalationPolicy()
OWN = EscalationPolicy(WordList(("eskalieren", "höhere Stelle", "上级", "escalate")))


def wish(
    text: str = "",
    subject: str = "Printer",
    *,
    case: Case | None = CASE,
    policy: EscalationPolicy = PLAIN,
) -> EscalationWish:
    """The wish of a mail whose body is `text`, quotes and all, as reading would leave it."""
    said = policy.wish_in(request_words(new_words(text)))
    return escalation_wish(subject, said, case, policy, "Acme")


def word(
    text: str = "",
    subject: str = "Printer",
    *,
    case: Case | None = CASE,
    policy: EscalationPolicy = PLAIN,
) -> str | None:
    """The word by which such a mail asks."""
    return wish(text, subject, case=case, policy=policy).word or None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please escalate this.", "escalate"),
        ("ESCALATE!", "escalate"),
        ("I ask for an Escalation", "escalation"),
        ("(escalate)", "escalate"),
        ("Was soll das?\nescalate", "escalate"),
        ("I will de-escalate", "escalate"),
        ("This escalated quickly.", None),
        ("deescalate", None),
        ("escalator", None),
        ("my_escalate_flag", None),
        ("", None),
    ],
)
def test_whole_words_count_in_any_letter_case(text: str, found: str | None) -> None:
    assert word(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bitte ESKALIEREN Sie.", "eskalieren"),
        ("an eine HÖHERE  Stelle", "höhere Stelle"),
        ("an eine ho\u0308here\nStelle", "höhere Stelle"),
        ("请转给上级处理", "上级"),
        ("escalation", None),
    ],
    ids=["capitals", "a phrase", "a phrase over two lines", "a script without spaces", "not in this policy"],
)
def test_the_policy_says_which_words(text: str, found: str | None) -> None:
    assert word(text, policy=OWN) == found


@pytest.mark.parametrize(
    "text",
    [
        "Thanks.\n\n> Please escalate this.\n",
        "Thanks.\n\nOn Mon, 2 Mar 2026 at 10:00, Bo <bo@client.example> wrote:\n> escalate\n",
        "Thanks.\n\n-- \nBo Lund\nHead of Escalation\n",
        "Thanks.\n\n--- reply above this line ---\n\nTo escalate, reply to this mail.\n",
    ],
    ids=["quoted", "quoted with its attribution", "a signature", "below our reply mark"],
)
def test_words_that_are_not_the_authors_new_ones_do_not_count(text: str) -> None:
    assert word(text) is None


@pytest.mark.parametrize(
    ("subject", "case_subject", "found"),
    [
        ("Please escalate", None, "escalate"),
        ("Escalate: Printer", "Printer", "escalate"),
        ("Re: Please escalate", "Please escalate", None),
        ("AW: [Acme #7K2Q-9F3M] please ESCALATE", "Please escalate", None),
        ("Re: [Acme #7K2Q-9F3M] Please escalate", "Printer", "escalate"),
    ],
    ids=[
        "the opening mail",
        "a changed subject",
        "a reply carries it along",
        "a reply with tag and other letter case",
        "a changed subject with our tag",
    ],
)
def test_the_subject_counts_where_it_is_new(
    subject: str, case_subject: str | None, found: str | None
) -> None:
    held = None if case_subject is None else replace(CASE, subject=case_subject)
    assert word("Thanks.", subject, case=held) == found


def test_a_policy_without_words_never_escalates() -> None:
    assert word("escalate", policy=EscalationPolicy(WordList(()))) is None


# --- what asks for none ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("Please do not escalate this.", "please do not escalate"),
        ("Thank you, there is no need to escalate it any more.", "no need to escalate"),
        ("Please don’t escalate.", "please don't escalate"),
        ("Please, do not\nescalate.", "please do not escalate"),
        ("No escalation needed, thanks", "no escalation needed"),
        ("An escalation is not necessary.", "escalation is not necessary"),
        ("Hello,\n\nDo not escalate this.", "do not escalate"),
        ("It prints again. Don't escalate.", "don't escalate"),
        ("Hi Ana, do not escalate this, please.", "do not escalate"),
        ("Hi Ana,\nDo not escalate this", "do not escalate"),
        ("- do not escalate", "do not escalate"),
        ("No escalation, please", "no escalation please"),
        ("Please do *not* escalate", "please do not escalate"),
        ("Please don´t escalate", "please don't escalate"),
        ("Please do not “escalate” this", "please do not escalate"),
    ],
)
def test_a_fixed_phrase_of_refusal_escalates_nothing_and_is_told(text: str, refusal: str) -> None:
    assert wish(text) == EscalationWish(refusal=refusal)
    assert f"“{refusal}”" in refusal_told(wish(text))


@pytest.mark.parametrize(
    "text",
    [
        "You did not escalate this as I asked.",
        "Why was this not escalated? Not an answer. Escalate!",
        "If you do not escalate this, I call my lawyer.",
        "If you\ndo not escalate this, I call my lawyer.",
        "I do not understand. Please escalate.",
        "Please do not forget to escalate.",
        "Please do not hesitate to escalate this.",
        "You said you would not escalate; do it.",
        "I have no choice but to escalate.",
        "No more words: escalate.",
        "I can not wait, escalate",
        "There is need to escalate this.",
        "Please do not de-escalate.",
        "Please do not escalate to Bob, but escalate to your director.",
        "No need to wait, escalate.",
        "displease do not escalate",
        "Nicht gelöst, bitte escalate.",
        "You said there is no need to escalate. I disagree, it burns!",
        "Your auto-reply says please do not escalate, yet nothing happens for a week!",
        'Your agent told me "no need to escalate". There is!',
        "Is there no need to escalate?",
        "Do not escalate? Are you kidding me?",
        "Why is no need to escalate?",
        "If you do not escalate please, I will sue.",
    ],
)
def test_a_not_nearby_is_no_refusal(text: str) -> None:
    assert word(text) == "escalate"
    assert not refusal_told(wish(text))


@pytest.mark.parametrize(
    ("asking", "text"),
    [
        ("eskalieren", "Danke, bitte nicht eskalieren."),
        ("Eskalation", "Kein Grund zur Eskalation!"),
        ("eskalieren", "Bitte eskalieren Sie das nicht."),
        ("eskalieren", "Bitte diesen Fall nicht eskalieren"),
        ("Eskalation", "Keine Eskalation, bitte"),
        ("Eskalation", "Eine Eskalation ist nicht erforderlich"),
        ("eskalieren", "Sie müssen nicht eskalieren"),
        ("escale", "Por favor, no lo escale"),
        ("escaleren", "Alsjeblieft niet escaleren"),
        ("complaint", "This is not a complaint."),
        ("eskalieren", "Es ist nicht nötig, zu eskalieren."),
        ("escalader", "Merci de ne pas escalader."),
        ("escalader", "Ce n'est pas la peine d’escalader."),
        ("escalar", "Por favor, no escalar."),
        ("escalar", "Não é necessário escalar."),
        ("escalation", "Non c'è bisogno di escalation."),
        ("escaleren", "Gelieve niet te escaleren."),
        ("eskalera", "Vänligen eskalera inte."),
        ("エスカレーション", "今回はエスカレーションしないでください。"),
        ("升级", "谢谢，请不要升级"),
    ],
)
def test_refusals_are_known_in_many_languages(asking: str, text: str) -> None:
    found = wish(text, policy=EscalationPolicy(WordList((asking,))))
    assert not found.word
    assert found.refusal


@pytest.mark.parametrize(
    ("asking", "text"),
    [
        ("Eskalation", "Eine Eskalation ist nicht nötig? Doch, sofort!"),
        ("Eskalation", "Sie schreiben, eine Eskalation ist nicht nötig. Doch!"),
        ("エスカレーション", "エスカレーションは不要ではありません"),
        ("エスカレーション", "なぜエスカレーション不要と言うのですか"),
    ],
)
def test_a_phrase_that_is_asked_or_is_anothers_refuses_nothing(asking: str, text: str) -> None:
    assert word(text, policy=EscalationPolicy(WordList((asking,)))) == asking


def test_the_operator_may_add_refusals() -> None:
    policy = EscalationPolicy(WordList(("hochstufen",)), ("Hochstufen wäre übertrieben",))
    assert wish("hochstufen, wäre ÜBERTRIEBEN!", policy=policy).refusal == "hochstufen wäre übertrieben"
    assert word("Hochstufen!", policy=policy) == "hochstufen"
    assert not policy.refuses("lass es")


def test_each_phrase_holds_the_word_once() -> None:
    assert all(phrase.count("{}") == 1 for phrase in REFUSALS)
    assert len(set(REFUSALS)) == len(REFUSALS)


def test_a_refusal_in_the_subject_counts_too_and_a_word_in_either_asks() -> None:
    assert wish("Thanks.", "Please do not escalate", case=None).refusal == "please do not escalate"
    assert word("Please do not escalate yet.", "Escalation: printer", case=None) == "escalation"
    assert word("I ask you to escalate.", "Please do not escalate", case=None) == "escalate"


# --- what nobody asks by --------------------------------------------------------------------------

BANNER = "CAUTION: This email originated from outside the organization."
ADVICE = "If it looks suspicious, escalate to the security team."


@pytest.mark.parametrize(
    "text",
    [
        f"{BANNER} {ADVICE}\n\nHello, my screen flickers.",
        f"{BANNER}\n{ADVICE}\n\nHello, my screen flickers.",
        f"{BANNER}\n\n{ADVICE}\n\nHello, my screen flickers.",
        f"CAUTION\n{BANNER[9:]}\n{ADVICE}\nHello, my screen flickers.",
        f"*** {BANNER} ***\n{ADVICE}\n\nHello",
        f"⚠️ EXTERNAL EMAIL: {ADVICE}\n\nHello",
        f"[WARNING] This message was sent from outside your company. {ADVICE}\n\nHello",
        f"You don't often get email from bo@client.example. {ADVICE}\n\nHello",
        f"This email came from outside of Acme's organization. {ADVICE}\n\nHello",
        "EXTERNAL SENDER\n\nDo not click links; escalate what you do not trust.\n\nHello",
        "ACHTUNG: Diese E-Mail stammt von außerhalb. Im Verdachtsfall: Escalation an die IT.\n\nHallo",
        "Attention : ce courriel provient de l'extérieur. En cas de doute, escalation.\n\nBonjour",
        "CAUTION: This email originated from outside of the organization. Do not click links\n"
        "or attachments, and escalate to the help desk whatever you find suspicious.\n\nHello",
        f"________________________________\n{BANNER} {ADVICE}\n________________________________\nHello",
        "This Message Is From an External Sender\n"
        "This message came from outside your organization. Escalate if suspicious.\n\nHello",
        "*** EXTERNAL ***\nEscalate suspicious messages to IT.\n\nHello",
        "EXTERNAL EMAIL – please escalate suspicious mails to IT.\nHello",
        f"{BANNER} Contact the service desk to escalate.\n\nHello",
    ],
)
def test_a_gateways_banner_asks_for_nothing(text: str) -> None:
    assert word(text) is None
    assert word(f"{text}\n\nPlease escalate.") == "escalate"


@pytest.mark.parametrize(
    "text",
    [
        f"{BANNER}\nPlease escalate my case.",
        f"{BANNER}\n{ADVICE}\nPlease escalate my case.",
        f"{BANNER}\n\nHello, please escalate. If it looks suspicious, call me.",
        "Important: our external monitor burns, escalate.",
        "This email concerns the monitor outside. Escalate.",
        "Warning: this email is the last one before I escalate.",
        "External mail is down, please escalate.",
        "[EXTERNAL] please escalate",
        f"Please escalate.\n\n{BANNER}",
        "Note: the message is from an external auditor. Please escalate.",
        "External message: escalate this",
        "Attention: this message was sent from our external monitoring. Please escalate at once.",
    ],
)
def test_own_words_beside_a_banner_or_like_one_ask(text: str) -> None:
    assert word(text) == "escalate"


@pytest.mark.parametrize(
    "below",
    [
        "Client Inc. Service levels and escalation paths: https://client.example/sla. Confidential.",
        "\nClient GmbH\nEscalation: +49 30 1234567\n\nThis message is confidential.",
        "Client Inc.\n________________________________\nEscalation desk: 24/7",
    ],
)
@pytest.mark.parametrize("line", ["____", "_" * 32, "  ________  ", "────────"])
def test_a_footer_below_a_drawn_line_asks_for_nothing(line: str, below: str) -> None:
    assert word(f"Hello, my screen flickers.\n\nCarla\n\n{line}\n{below}\n") is None
    assert word(f"Hello, please escalate.\n\nCarla\n\n{line}\n{below}\n") == "escalate"


def test_a_line_above_all_words_draws_no_footer() -> None:
    assert word("________\nPlease escalate.") == "escalate"
    assert word("my_____ escalate") == "escalate"


def test_a_form_draws_lines_and_has_no_footer() -> None:
    assert word("Name: Bo\n_____\nThe printer burns, please escalate.") == "escalate"


@pytest.mark.parametrize(
    "address",
    [
        "escalation@client.example", "<escalation@client.example>", "mailto:escalation@client.example",
        "https://client.example/escalation", "HTTP://client.example/?do=escalate&now=1",
        "www.client.example/escalate", "client.example/escalation", "(see client.example/it/escalate).",
    ],
)  # fmt: skip
def test_an_address_asks_for_nothing(address: str) -> None:
    assert word(f"You find us at {address} from nine.") is None
    assert word(f"You find us at {address} from nine: escalate!") == "escalate"
    assert word("Printer burns", f"Printer of {address}", case=None) is None


@pytest.mark.parametrize(
    "text",
    ["@ana: escalate", "Thanks.Escalate.Now", "escalate/close it", "Tell the hotel:escalate", "Escalate@"],
)
def test_what_is_no_address_asks(text: str) -> None:
    assert word(text) == "escalate"
