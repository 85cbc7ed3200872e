"""The languages of a policy file: which there are, texts in several of them, and words that escalate."""

from __future__ import annotations

from pathlib import Path

import pytest

from maildesk.config.policy_file import load_policy
from maildesk.config.problems import ConfigError
from maildesk.desk.case.told import Text
from maildesk.desk.policy.policy import Policy

SMALL = """
name: {name}
calendar: {{hours: {{mon-fri: 09:00-17:00}}}}
priorities: {{High: {means}, Low: it waits}}
default_priority: Low
{more}
"""


def loaded(folder: Path, more: str = "", means: str = "now", name: str = "Desk") -> Policy:
    file = folder / "policy.yaml"
    file.write_text(SMALL.format(name=name, means=means, more=more))
    return load_policy(file)


def test_a_policy_speaks_english_where_it_does_not_say(tmp_path: Path) -> None:
    assert loaded(tmp_path).languages == ("en",)
    assert loaded(tmp_path, "languages: pt-BR").languages == ("pt-BR",)


def test_a_text_may_be_in_several_languages(tmp_path: Path) -> None:
    more = """
languages: [pt-BR, en]
information: {picture: {pt-BR: Uma imagem, en: A picture}}
outcomes: {fixed: {pt-BR: Corrigido, en: It is fixed}, wish: {means: {en: Later}}}
questions:
  happy:
    text: {pt-BR: Contente?, en: Happy?}
    answers: {yes: {says: {pt-BR: Sim, en: Yes}}, no: {}}
labels: {priority: {pt-BR: Prioridade, en: Priority}}
"""
    policy = loaded(tmp_path, more, means="{pt-BR: agora, en: now}")
    means = policy.priority("High").means
    assert isinstance(means, Text)
    assert means.by_language == {"pt-BR": "agora", "en": "now"}
    assert isinstance(policy.information["picture"], Text)
    assert isinstance(policy.labels["priority"], Text)
    assert (policy.outcomes["fixed"].means, policy.outcomes["wish"].means) == ("Corrigido", "Later")
    assert [each.shown for each in policy.questions["happy"].answers] == ["Sim", "no"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("languages: [en, en]", "en is given twice"),
        ("languages: [english language]", "is not the tag of a language"),
        ("information: {picture: {pt: Uma imagem}}", "pt is no language of this policy"),
        ("languages: [pt-BR]\ninformation: {picture: {pt: Uma imagem}}", "did you mean pt-BR?"),
    ],
    ids=["one twice", "no tag", "one that is not listed", "nearly one"],
)
def test_what_is_wrong_with_languages_is_told(tmp_path: Path, more: str, told: str) -> None:
    with pytest.raises(ConfigError, match=r"policy\.yaml:\d+") as error:
        loaded(tmp_path, more)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", ("escalate", "escalation")),
        (
            "languages: [de, en]",
            ("eskalieren", "eskaliere", "eskaliert", "Eskalation", "escalate", "escalation"),
        ),
        ("languages: [pt-BR]", ("escalar", "escalonar", "escalação", "escalonamento")),
        ("languages: [ja]", ("escalate", "escalation")),
        ("languages: [de]\nescalation: {words: [Chef]}", ("Chef",)),
        ("languages: [de]\nescalation: {words: never}", ()),
    ],
    ids=["English", "German and English", "Portuguese", "no words known", "its own", "never"],
)
def test_words_that_escalate_are_those_of_the_languages(
    tmp_path: Path, more: str, words: tuple[str, ...]
) -> None:
    assert loaded(tmp_path, more).escalation.words.words == words
