"""The policy's rules, and the finding of whole words that they rest on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.desk.policy.rules import Assignment, Condition, MailFacts, RequesterFrom, Rule, classify
from maildesk.desk.policy.whole_words import WordList, fold

MAIL = MailFacts(
    sender="Zoe@Client.Example",
    mailbox="support",
    subject="Printer on fire",
    named={fold("down"), fold("second floor")},
    account="Client Inc",
    plan="premium",
    language="pt-BR",
    account_fields={"licenses": "25", "partner": "true", "value": "high"},
    default_fields={"audience": "external", "value": "low"},
    default_type="question",
    default_priority="normal",
    source="phone",
)


def rule(when: Condition, **then: str) -> Rule:
    return Rule("a rule", when, Assignment(priority=then.get("priority"), team=then.get("team")))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        pytest.param(Condition(), True, id="nothing asked"),
        pytest.param(Condition(sender=("zoe@client.example",)), True, id="sender in any letter case"),
        pytest.param(
            Condition(sender=("joe@client.example", "zoe@client.example")), True, id="any of a list"
        ),
        pytest.param(Condition(sender=("oe@client.example",)), False, id="part of a sender"),
        pytest.param(Condition(domain=("client.example",)), True, id="domain"),
        pytest.param(Condition(domain=("example",)), False, id="part of a domain"),
        pytest.param(Condition(domain=("other.example",)), False, id="other domain"),
        pytest.param(Condition(account=("Client Inc",)), True, id="account"),
        pytest.param(Condition(account=("Other Inc",)), False, id="other account"),
        pytest.param(Condition(plan=("basic", "premium")), True, id="plan"),
        pytest.param(Condition(mailbox=("billing",)), False, id="other mailbox"),
        pytest.param(Condition(spam=True), False, id="not called spam"),
        pytest.param(Condition(google=True), False, id="shows no Google Workspace"),
        pytest.param(Condition(google=False), True, id="only what shows no Google Workspace"),
        pytest.param(Condition(spam=False), True, id="only what is not called spam"),
        pytest.param(Condition(subject=WordList(("fire",))), True, id="word in the subject"),
        pytest.param(Condition(subject=WordList(("down",))), False, id="subject does not look at the text"),
        pytest.param(Condition(words=WordList(("FIRE",))), True, id="words look at the subject"),
        pytest.param(Condition(words=WordList(("second  floor",))), True, id="words look at the text"),
        pytest.param(Condition(words=WordList(("fire down",))), False, id="no phrase over subject and text"),
        pytest.param(Condition(plan=("premium",), words=WordList(("down",))), True, id="all given hold"),
        pytest.param(Condition(plan=("",)), False, id="of a plan, not of everybody"),
        pytest.param(Condition(type=("question",)), True, id="the default type"),
        pytest.param(Condition(fields={"source": ("chat", "phone")}), True, id="the channel it came by"),
        pytest.param(Condition(fields={"source": ("chat",)}), False, id="another channel"),
        pytest.param(Condition(type=("bug",)), False, id="a type that nobody set"),
        pytest.param(Condition(priority=("high", "normal")), True, id="the default priority"),
        pytest.param(Condition(language=("pt-br",)), True, id="language in any letter case"),
        pytest.param(Condition(language=("pt",)), True, id="a kind of the language"),
        pytest.param(Condition(language=("p",)), False, id="part of a language"),
        pytest.param(Condition(language=("pt-PT",)), False, id="another kind of the language"),
        pytest.param(Condition(fields={"licenses": ("10+",)}), True, id="a number of at least"),
        pytest.param(Condition(fields={"licenses": ("25+",)}), True, id="a number of exactly at least"),
        pytest.param(Condition(fields={"licenses": ("26+",)}), False, id="a number of less"),
        pytest.param(Condition(fields={"licenses": ("25",)}), True, id="the number itself"),
        pytest.param(Condition(fields={"value": ("10+",)}), False, id="no number at all"),
        pytest.param(Condition(fields={"partner": ("yes",)}), True, id="yes is true"),
        pytest.param(Condition(fields={"value": ("HIGH",)}), True, id="the account's own before the default"),
        pytest.param(Condition(fields={"audience": ("external",)}), True, id="the default of a field"),
        pytest.param(Condition(fields={"audience": ("internal",)}), False, id="not the default of a field"),
        pytest.param(Condition(fields={"colour": ("red",)}), False, id="a field without a value"),
        pytest.param(Condition(plan=("basic",), words=WordList(("down",))), False, id="one given does not"),
    ],
)
def test_a_condition_holds_when_everything_given_does(when: Condition, holds: bool) -> None:
    assert (classify([rule(when, priority="high")], MAIL).priority == "high") is holds


def test_what_is_not_known_of_a_sender_matches_nothing() -> None:
    unknown = replace(MAIL, account=None, plan=None)
    rules = [rule(Condition(account=("",)), team="a"), rule(Condition(plan=("None",)), team="b")]
    assert classify(rules, unknown) == Assignment()


def test_the_first_rule_that_sets_a_field_has_set_it() -> None:
    everything = Condition()
    rules = [
        Rule("first", everything, Assignment(priority="high")),
        Rule("second", everything, Assignment(priority="low", team="support")),
        Rule("third", Condition(mailbox=("billing",)), Assignment(owner="ana@acme.example")),
        Rule("fourth", everything, Assignment(team="billing")),
        Rule("fifth", everything, Assignment(requester=RequesterFrom.REPLY_TO, type="bug")),
    ]
    assert classify(rules, MAIL) == Assignment(
        priority="high",
        team="support",
        type="bug",
        requester=RequesterFrom.REPLY_TO,
        because=("first", "second", "fifth"),
    )


def test_a_rule_sees_what_the_rules_above_it_decided() -> None:
    bug = Assignment(type="bug", fields={"audience": "internal"})
    inside = Condition(type=("bug",), fields={"audience": ("internal",)})
    rules = [
        Rule("a bug", Condition(words=WordList(("down",))), bug),
        Rule("a question", Condition(type=("question",)), Assignment(priority="low")),
        Rule("inside", inside, Assignment(priority="high")),
        Rule("too late", Condition(), Assignment(priority="low", fields={"audience": "external", "x": "1"})),
        Rule("pressing", Condition(priority=("high",)), Assignment(tell=("engineering", "lead"))),
        Rule("noted", Condition(), Assignment(note="Downgrade first.", status="Assigned", tell=("lead",))),
        Rule("noted again", Condition(), Assignment(note="Never.", status="Closed")),
        Rule("asks", Condition(), Assignment(ask="solved", letter="how", outcome="mended")),
        Rule("asks again", Condition(), Assignment(ask="agreed", letter="why", outcome="unwanted")),
    ]
    assert classify(rules, MAIL) == Assignment(
        type="bug",
        priority="high",
        status="Assigned",
        fields={"audience": "internal", "x": "1"},
        note="Downgrade first.",
        tell=("engineering", "lead"),
        outcome="mended",
        ask="solved",
        letter="how",
        because=("a bug", "inside", "too late", "pressing", "noted", "asks"),
    )


def test_who_has_no_plan_is_everybody() -> None:
    assert classify([rule(Condition(plan=("",)), team="a")], replace(MAIL, plan=None)).team == "a"


def test_no_rules_decide_nothing() -> None:
    assert classify([], MAIL) == Assignment()


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("escalate", "Please ESCALATE this."),
        ("escalate", "escalate"),
        ("escalate", "de-escalate!"),
        ("escalate", "(escalate)"),
        ("escalate", "esca\u00adlate it"),
        ("escalate", "ｅｓｃａｌａｔｅ"),
        ("cannot log in", "I cannot\r\n  log\u00a0in."),
        ("straße", "STRASSE"),
        ("ESCALAÇÃO", "peço uma escalac\u0327a\u0303o já"),
        ("эскалация", "Нужна ЭСКАЛАЦИЯ!"),
        ("升级", "请升级这个问题"),
        ("エスカレーション", "至急エスカレーションお願いします"),
        ("c++", "about C++ and more"),
        (".*", "literally .* here"),
        ("down", "downtown is down"),
    ],
)
def test_a_whole_word_is_found(word: str, text: str) -> None:
    assert WordList((word,)).found_in(fold(text)) == word


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("escalate", "escalated"),
        ("escalate", "deescalate"),
        ("escalate", "escalate_now"),
        ("escalate", "esca late"),
        ("log in", "login"),
        ("resume", "résumé"),
        ("escalate", "escalate\u0301"),
        ("कम", "कमी"),
        (".*", "anything"),
        ("down", ""),
    ],
)
def test_part_of_a_word_is_not_found(word: str, text: str) -> None:
    assert WordList((word,)).found_in(fold(text)) is None


def test_the_word_is_named_as_we_spell_it_and_in_our_order() -> None:
    words = WordList(("Escalation", "escalate"))
    assert words.found_in(fold("ESCALATE this ESCALATION")) == "Escalation"
    assert words.found_in(fold("nothing"), fold("escalate")) == "escalate"


def test_empty_words_are_never_found() -> None:
    assert WordList((" ", "")).found_in(fold("any text"), fold("")) is None


@given(st.text(), st.text(min_size=1))
def test_whatever_stands_between_spaces_is_found_and_no_text_is_a_pattern(text: str, word: str) -> None:
    assert WordList((word,)).found_in(fold(f"{text} {word} {text}")) == (word if fold(word) else None)


@pytest.mark.parametrize(
    "text",
    ["outage" * 50_000, "a" + "\u0316\u0301" * 100_000, "\ufdfa" * 20_000, " " * 1_000_000],
    ids=["one word again and again", "accents out of order", "letters that grow", "spaces"],
)
def test_hostile_text_is_looked_through_in_linear_time(text: str) -> None:
    """The square of these lengths would take minutes: the test ends, or the run shows that it does not."""
    assert WordList(("outage",)).found_in(fold(text)) is None
