"""Droz' letters: all of them in Brazilian Portuguese, and in English for who asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from tests.conversations.policies.companies import SAO_PAULO, a_desk, at, clicks, links, until
from tests.world.desk import DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

ENGLISH = {"accounts": [{"name": "Client Ltd", "domains": ["client.example"], "language": "en"}]}
LONG_ENGLISH = (
    "Since this morning the report does not open any more for anybody in our office. We have tried"
    " two browsers and another computer, and each time there is only an empty page. Please help us today."
)
OUR_ENGLISH = (
    "Hello",
    "thank you",
    "your case",
    "We answer",
    "reply to this mail",
    "Click",
    "Monday",
    "Priority",
)


async def droz(start: datetime, **more: Any) -> DeskWorld:
    return await a_desk("droz", SAO_PAULO, start, holidays={"country": "BR"}, **more)


def html_of(letter: EmailMessage) -> str:
    part = letter.get_body(("html",))
    assert part
    return str(part.get_content())


def is_portuguese(letter: EmailMessage) -> str:
    """The words of a letter, in which nothing is English."""
    said = words(letter)
    assert letter["Content-Language"] == "pt-BR"
    assert '<html lang="pt-BR">' in html_of(letter)
    assert not [each for each in OUR_ENGLISH if each in said], said
    return said


async def test_a_whole_case_is_told_in_brazilian_portuguese(database_url: str) -> None:
    async with await droz(at(SAO_PAULO, "11-18", "14:00"), store=database_url) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Relatório", "Não abre.", border="dmarc=pass")
        receipt = bo.hears("Relatório")
        said = is_portuguese(receipt)
        assert receipt["Subject"].startswith("Re: [Acme ")
        assert "Olá, Bo Lund!" in said
        assert "A sua mensagem foi recebida" in said
        notice = world.agent.hears("Novo")
        await until(world, at(SAO_PAULO, "11-18", "15:00"))
        await world.agent.answers_notice(notice, "#priority alta\n\nVamos ver.")
        answer = is_portuguese(bo.hears("Relatório"))
        done = words(world.agent.hears("Feito"))
        assert "#priority alta → prioridade agora é Alta" in done
        assert "sua resposta vai para bo@client.example" in done
        assert "respondido (Ana Agent)" in done
        assert "Prioridade: Alta" in answer
        assert "Resolvemos até: segunda-feira, 24 de novembro de 2025, 14:00 (São Paulo)" in answer
        await until(world, at(SAO_PAULO, "11-19", "10:00"))
        await world.agent.answers_notice(notice, "#need imagens")
        assert "precisamos do seguinte" in is_portuguese(bo.hears("Relatório"))
        await until(world, at(SAO_PAULO, "11-25", "10:00"))
        reminded = [each for each in bo.hears_all() if "Aguardamos a sua resposta" in words(each)]
        for letter in reminded:
            is_portuguese(letter)
        assert reminded
        await world.agent.answers_notice(notice, "#resolve corrigido")
        solved = bo.hears("Relatório")
        assert "Está resolvido?" in is_portuguese(solved)
        assert [each.partition(":")[0] for each in links(solved)] == ["Sim", "Não"]
        await clicks(bo, solved, "Sim")
        assert (await world.case())["status"] == "Encerrado"
        for letter in bo.letters():
            is_portuguese(letter)


async def test_an_account_in_english_gets_english_and_keeps_it() -> None:
    async with await droz(at(SAO_PAULO, "11-18", "14:00"), **ENGLISH) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Relatório", "Não abre.", border="dmarc=pass", headers={"Content-Language": "pt-BR"})
        receipt = bo.hears("Relatório")
        assert receipt["Content-Language"] == "en"
        assert "Hello Bo Lund," in words(receipt)
        (notice,) = world.agent.letters()
        await world.agent.answers_notice(notice, "#priority alta\n\nLet us see.")
        told = bo.hears("Relatório")
        assert "Priority: Alta" in words(told)
        assert "We solve it by: Monday, 24 November 2025, 14:00 (São Paulo)" in words(told)


@pytest.mark.parametrize(
    ("text", "headers", "language"),
    [
        ("It does not open.", {"Content-Language": "en-GB"}, "en"),
        (LONG_ENGLISH, {}, "en"),
        ("It does not open.", {}, "pt-BR"),
        ("Es öffnet sich nicht.", {"Content-Language": "de"}, "pt-BR"),
        ("Não abre.", {"Content-Language": "pt-PT"}, "pt-BR"),
    ],
    ids=[
        "its header",
        "its own words",
        "too few words",
        "a language that is not offered",
        "of another country",
    ],
)
async def test_a_mail_in_another_language_gets_its_own(
    text: str, headers: dict[str, str], language: str
) -> None:
    async with await droz(at(SAO_PAULO, "11-17", "10:00")) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Report", text, border="dmarc=pass", headers=headers)
        assert bo.hears("Report")["Content-Language"] == language
        (notice,) = world.agent.letters()
        assert notice["Content-Language"] == "pt-BR", "the desk's own people read the first language"
        assert "A sua resposta vai para bo@client.example" in words(notice)
        world.clock.passes(timedelta(minutes=5))
        await world.agent.answers_notice(notice, "#resolve corrigido")
        assert bo.hears("Report")["Content-Language"] == language, "the case keeps it"


async def test_a_text_of_the_policy_is_in_the_language_of_the_letter() -> None:
    asks = {"imagens": {"pt-BR": "Imagens do erro", "en": "Pictures of the error"}}
    changed = {"information": asks, "acknowledgement": {"asks": ["imagens"]}}
    async with await droz(at(SAO_PAULO, "11-17", "10:00"), changed=changed) as world:
        bo, cy = (world.person(f"{name}@client.example", name.title()) for name in ("bo", "cy"))
        await bo.writes("Um", "Não abre.", border="dmarc=pass")
        await cy.writes("Two", "It does not open.", border="dmarc=pass", headers={"Content-Language": "en"})
        assert "- Imagens do erro" in words(bo.hears("Um"))
        assert "- Pictures of the error" in words(cy.hears("Two"))
