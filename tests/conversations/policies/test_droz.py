"""Droz' process: nobody's priority before the first analysis, a promised resolution whose clock stops."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from tests.conversations.policies.companies import SAO_PAULO, a_desk, at, until
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot


async def droz(start: datetime, **more: Any) -> DeskWorld:
    return await a_desk("droz", SAO_PAULO, start, holidays={"country": "BR"}, **more)


async def bo_writes(
    world: DeskWorld, subject: str = "Relatório", text: str = "Não abre."
) -> tuple[Person, EmailMessage, EmailMessage]:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes(subject, text, border="dmarc=pass")
    return bo, bo.hears(subject), world.agent.hears("Novo:")


async def test_the_unanalysed_come_first_by_arrival_then_by_priority() -> None:
    async with await droz(at(SAO_PAULO, "11-17", "10:00")) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        notices: dict[str, EmailMessage] = {}
        for subject in ("um", "dois", "três", "quatro", "cinco"):
            await bo.writes(subject, "Olá.", border="dmarc=pass")
            notices[subject] = world.agent.hears(subject)
            await world.passes(minutes=1)
        await world.agent.answers_notice(notices["um"], "#priority baixa")
        await world.agent.answers_notice(notices["dois"], "#priority critica")
        world.agent.hears_all()
        await world.agent.answers_notice(notices["três"], "#queue")
        shown = words(world.agent.hears("Feito"))
        order = [shown.index(f": {each}") for each in ("três", "quatro", "cinco", "dois", "um")]
        assert order == sorted(order)
        listed = CliRunner().invoke(cli, ["case", "list", "--queue", "-c", str(world.config_file)])
        assert listed.exit_code == 0, listed.output
        assert _subjects(listed.output, notices) == ["três", "quatro", "cinco", "dois", "um"]


def _subjects(output: str, known: Iterable[str]) -> list[str]:
    """The subjects of a list, in its order."""
    found = ((each for each in known if each in line.split()) for line in output.splitlines())
    return [subject for line in found if (subject := next(line, ""))]


@pytest.mark.parametrize("waits", ["#wait", "#need imagens"])
async def test_a_first_answer_that_waits_says_so_of_the_resolution_which_is_told_once_it_counts(
    waits: str,
) -> None:
    async with await droz(at(SAO_PAULO, "11-18", "14:00")) as world:
        bo, _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, f"#priority alta\n{waits}\nPode mandar o log?")
        asked = bo.hears("Relatório")
        told = " ".join(words(asked).split())
        assert "Prioridade: Alta" in told
        assert "o prazo não corre enquanto o seu chamado aguarda" in told
        assert (await world.case())["first_response_at"] is not None
        await until(world, at(SAO_PAULO, "11-19", "14:00"))
        await bo.replies(asked, "Segue.", border="dmarc=pass")
        assert "terça-feira, 25 de novembro de 2025, 14:00" in words(bo.hears("Relatório"))
        await world.agent.answers_notice(notice, "#priority média")
        assert "quinta-feira, 27 de novembro de 2025, 14:00" in words(bo.hears("Relatório"))


async def test_the_first_answer_names_priority_and_resolution_and_its_clock_stops(database_url: str) -> None:
    moved = at(SAO_PAULO, "11-26", "14:00")
    async with await droz(at(SAO_PAULO, "11-18", "14:00"), store=database_url) as world:
        bo, receipt, notice = await bo_writes(world)
        said = words(receipt)
        assert "navegador" in said
        assert "Imagens" in said
        assert "Prioridade:" not in said
        await until(world, at(SAO_PAULO, "11-18", "15:00"))
        await world.agent.answers_notice(notice, "#priority alta\n\nVamos ver.")
        told = words(bo.hears("Relatório"))
        assert "Alta" in told
        assert "segunda-feira, 24 de novembro de 2025, 14:00" in told
        assert (await world.case())["first_response_at"] is not None
        await until(world, at(SAO_PAULO, "11-19", "10:00"))
        await world.agent.answers_notice(notice, "#need imagens")
        asked = bo.hears("Relatório")
        assert (await world.case())["status"] == "Aguardando você"
        await until(world, at(SAO_PAULO, "11-24", "10:00"))
        bo.hears_all()
        await bo.replies(asked, "Aqui estão.", border="dmarc=pass")
        case = await world.case()
        assert case["due"]["resolution"] == moved.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        assert case["status"] == "Em atendimento"
        assert "quarta-feira, 26 de novembro de 2025, 14:00" in words(bo.hears("Relatório"))


async def test_an_answer_that_names_no_priority_is_no_first_response() -> None:
    async with await droz(at(SAO_PAULO, "11-18", "14:00")) as world:
        bo, _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "Vamos ver.")
        bo.hears("Relatório")
        assert (await world.case())["first_response_at"] is None
        world.agent.hears_all()
        await until(world, at(SAO_PAULO, "11-19", "02:00"))
        world.agent.hears("Atrasado")


@pytest.mark.parametrize(
    ("outcome", "text", "status"),
    [
        ("corrigido", "A correção já foi apresentada", "Resolvido"),
        ("roadmap", "incluída em nosso roadmap", "Resolvido"),
        ("nao reproduzido", "não conseguimos reproduzir o erro", "Resolvido"),
        ("terceiro", "Uma plataforma de terceiros", "Aguardando terceiro"),
    ],
)
async def test_each_outcome_has_its_letter_and_a_third_party_is_no_end(
    outcome: str, text: str, status: str
) -> None:
    async with await droz(at(SAO_PAULO, "11-17", "10:00")) as world:
        bo, _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, f"#resolve {outcome}")
        letter = bo.hears("Relatório")
        assert text in " ".join(words(letter).split())
        case = await world.case()
        assert (case["status"], case["phase"]) == (status, "waiting" if "terceiro" in status else "resolved")
        if status == "Aguardando terceiro":
            assert case["due"]["resolution"] is None
            await bo.replies(letter, "Obrigado, mas quando?", border="dmarc=pass")
            assert (await world.case())["status"] == status
