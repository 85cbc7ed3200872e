"""Profit.co's process: types that set where a case begins, twelve statuses, fields, need-by dates."""

from __future__ import annotations

import asyncio
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from click.testing import CliRunner

from maildesk.casework.requirements import Shipped, ship
from maildesk.cli.main import cli
from maildesk.desk.decisions.actor import Actor
from maildesk.errors import NotAllowed
from tests.conversations.policies.companies import (
    BEN,
    LOS_ANGELES,
    a_desk,
    at,
    clicks,
    just_before,
    links,
    until,
)
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

TEAMS = ("support", "admin-tasks", "product", "development", "engineering")
RELEASES = ["2025-11-13", "2025-11-27"]
HIGH: dict[str, Any] = {
    "accounts": [
        {"name": "Client Inc", "domains": ["client.example"], "plan": "paid", "fields": {"value": "high"}},
        {"name": "Paid Ltd", "domains": ["paid.example"], "plan": "paid", "fields": {"licenses": 12}},
    ]
}


async def profitco(start: datetime, **more: Any) -> DeskWorld:
    return await a_desk("profitco", LOS_ANGELES, start, teams=TEAMS, releases=RELEASES, **HIGH, **more)


async def writes(
    world: DeskWorld, subject: str, text: str, who: str = "bo@client.example"
) -> tuple[Person, EmailMessage, dict[str, Any]]:
    """Somebody's case: who, the notice that Ana has of it, the case."""
    somebody = world.person(who)
    await somebody.writes(subject, text, border="dmarc=pass")
    somebody.hears_all()
    case = next(each for each in await world.cases() if each["subject"] == subject)
    return somebody, world.agent.hears_all()[-1], case


async def test_a_bug_of_a_high_value_account_begins_where_its_type_says(database_url: str) -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00"), store=database_url) as world:
        _, notice, case = await writes(world, "Login", "There is an error, we cannot log in.")
        assert (case["type"], case["status"], case["team"]) == ("Bug", "Pending Development", "development")
        assert case["priority"] == "P3 – Very High"
        need_by = at(LOS_ANGELES, "11-27", "18:00")
        assert case["due"]["resolution"] == need_by.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        await world.agent.answers_notice(notice, "#status closed")
        refused = words(world.agent.hears("Not all done"))
        for may_follow in ("Pending Release", "Moved to Staging", "Assigned", "Resolved"):
            assert may_follow in refused
        await world.agent.answers_notice(notice, "#set item=OKR tree")
        assert "OKR tree" in words(world.agent.hears("Done"))
        listed = CliRunner().invoke(cli, ["case", "list", "--field", "item", "-c", str(world.config_file)])
        assert "OKR tree" in listed.output


async def test_a_wish_of_a_paid_account_overtakes_nobodys_bug() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        _, _, wish = await writes(world, "Dark mode", "It would be great.", "cy@paid.example")
        assert (wish["type"], wish["status"]) == ("Enhancement Request", "Pending Product")
        assert wish["priority"] == "P3 – Very High"
        await world.passes(minutes=5)
        _, notice, bug = await writes(world, "Export", "An error.", "eve@other.example")
        assert str(bug["priority"]).startswith("P6")
        await world.agent.answers_notice(notice, "#queue")
        shown = words(world.agent.hears("Done"))
        assert shown.index(": Export") < shown.index(": Dark mode")


async def test_ten_seats_are_p4_and_the_plan_alone_is_p5() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        _, _, ten = await writes(world, "Billing", "Where is my bill?", "cy@paid.example")
        assert str(ten["priority"]).startswith("P4")
        _, _, paid = await writes(world, "Billing again", "Where is my bill?")
        assert str(paid["priority"]).startswith("P5")
        assert (paid["status"], paid["team"]) == ("New", "support")


async def test_three_requests_of_one_mail_become_three_linked_cases(database_url: str) -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00"), store=database_url) as world:
        text = "Please upgrade us. The export ends in an error. And dark mode would be great."
        bo, notice, first = await writes(world, "Three things", text)
        await world.passes(hours=1)
        await world.agent.answers_notice(
            notice,
            "#split Upgrade to 20 seats\n#split Export: an error\n#split Dark mode, a feature\nThanks, Bo.",
        )
        [answer] = bo.hears_all()
        cases = {each["subject"]: each for each in await world.cases()}
        expected = {
            "Upgrade to 20 seats": ("Admin Task", "Assigned", "admin-tasks"),
            "Export: an error": ("Bug", "Pending Development", "development"),
            "Dark mode, a feature": ("Enhancement Request", "Pending Product", "product"),
        }
        assert {
            name: (each["type"], each["status"], each["team"]) for name, each in cases.items()
        } == expected | {"Three things": (first["type"], cases["Three things"]["status"], first["team"])}
        said = words(answer)
        assert said.startswith("Thanks, Bo.")
        history = (await world.case(first["ref"]))["events"]
        for subject in expected:
            case = await world.case(cases[subject]["ref"])
            assert f"[Acme #{case['ref']}] {subject}" in said
            assert (case["requester"], case["account"]) == ("bo@client.example", "Client Inc")
            assert case["events"][0]["data"]["split_from"] == first["ref"]
            assert case["ref"] in [each["data"].get("ref") for each in history if each["kind"] == "split"]
            assert text in case["mails"][0]["text"]
        due = cases["Upgrade to 20 seats"]["due"]["resolution"]  # two days since Bo wrote
        assert due == at(LOS_ANGELES, "11-05", "10:00").strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        shown = [each["case"] for each in await world.inbox()]
        assert shown.count(first["ref"]) == 2  # his mail and her answer are on one case each, this one
        await bo.writes(
            f"Re: [Acme #{cases['Export: an error']['ref']}]", "It ends at 40 %.", border="dmarc=pass"
        )
        mails = (await world.case(cases["Export: an error"]["ref"]))["mails"]
        assert "It ends at 40 %." in [each["new_text"] for each in mails if each["verdict"] == "appended"]


async def ships(world: DeskWorld, name: str) -> Shipped:
    """Somebody at the command line ships a requirement, and the desk sends what follows."""
    hand = Actor("cli:pia", world.clock.now())
    done = await asyncio.to_thread(ship, world.service.store, world.office, name, lambda: hand)
    await world.works()
    return done


async def test_twelve_wishes_for_one_requirement_ship_in_one_act(database_url: str) -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00"), store=database_url) as world:
        people = []
        for number in range(12):
            await world.passes(minutes=10)
            somebody = f"bo{number}@client{number}.example"
            person, notice, case = await writes(
                world, f"Wish {number}", "Dark mode would be great.", somebody
            )
            assert "Requirement: none yet" in words(notice)
            people.append((person, notice, case["ref"]))
        _, first, ref = people[0]
        await world.agent.answers_notice(first, "#requirement dark mode")
        assert "#requirement new NAME: SUMMARY" in words(world.agent.hears("Not all done"))
        await world.agent.answers_notice(first, "#requirement new Dark mode: Light text on a dark page")
        assert "linked to Dark mode now, which is new (Not Started)" in words(world.agent.hears("Done"))
        for _, notice, _ in people[1:]:
            await world.agent.answers_notice(notice, "#requirement dark")
        world.agent.hears_all()
        assert (await world.case(ref))["requirement"] == "Dark mode"
        for person, _, _ in people:
            person.hears_nothing()

        done = await ships(world, "dark mode")
        assert (len(done.cases), done.moved, len(done.told), done.held) == (12, 12, 12, ())
        for number, (person, _, ref) in enumerate(people):
            [letter] = person.hears_all()
            assert f"Wish {number}" in str(letter["Subject"])
            assert "it is there now: Dark mode" in words(letter)
            assert "Light text on a dark page" in words(letter)
            assert (await world.case(ref))["status"] == "Resolved"
        with pytest.raises(NotAllowed, match="its customers were told then, and nothing is done now"):
            await ships(world, "dark mode")
        for person, _, _ in people:
            person.hears_nothing()


async def test_who_has_an_ended_case_is_told_and_one_who_was_merged_in_too_each_once() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, bos, case = await writes(world, "Dark", "A feature, please.")
        cy, cys, ended = await writes(world, "Night", "A feature, please.", "cy@paid.example")
        eve, eves, merged = await writes(world, "Black", "A feature, please.", "eve@other.example")
        await world.agent.answers_notice(bos, "#requirement new Dark mode")
        await world.agent.answers_notice(cys, "#requirement dark\n#status resolved\n#status pending closure")
        await world.agent.answers_notice(eves, "#requirement dark")
        await world.agent.answers_notice(bos, f"#merge {merged['ref']}")
        for person in (bo, cy, eve):
            person.hears_all()
        stood = (await world.case(ended["ref"]))["status"]
        done = await ships(world, "dark")
        assert {each.ref for each in done.cases} == {case["ref"], ended["ref"]}
        assert done.moved == 1
        for person in (bo, cy, eve):
            [letter] = person.hears_all()
            assert "it is there now: Dark mode" in words(letter)
        assert (await world.case(case["ref"]))["status"] == "Resolved"
        assert (await world.case(ended["ref"]))["status"] == stood == "Pending Closure"


async def test_letters_past_a_limit_are_held_and_told_and_their_cases_move() -> None:
    limits = {"free_space": "1MiB", "acks_per_address_day": 4}
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00"), limits=limits) as world:
        for subject in ("One", "Two", "Three"):
            bo, notice, _ = await writes(world, subject, "A feature, please.")
            new = "#requirement new Dark mode" if subject == "One" else "#requirement dark mode"
            await world.agent.answers_notice(notice, new)
        done = await ships(world, "dark mode")
        assert (len(done.told), done.held, done.moved) == (1, ("bo@client.example",) * 2, 3)
        assert len(bo.hears_all()) == 1
        assert "held" in words(world.operator.hears_all()[-1])


async def pending_closure(world: DeskWorld) -> tuple[Person, EmailMessage]:
    """Bo's case, resolved and then asked about: Bo, and the letter that asks."""
    bo, notice, _ = await writes(world, "Billing", "Where is my bill?")
    await world.agent.answers_notice(notice, "#status resolved")
    bo.hears_all()
    await until(world, at(LOS_ANGELES, "10-29", "15:00"))
    await world.agent.answers_notice(notice, "#status pending closure")
    world.agent.hears_all()
    return bo, bo.hears("Billing")


async def test_pending_closure_closes_after_seven_days_across_a_clock_change() -> None:
    closes = at(LOS_ANGELES, "11-05", "15:00")
    async with await profitco(at(LOS_ANGELES, "10-29", "11:00")) as world:
        await pending_closure(world)
        resolved_at = (await world.case())["resolved_at"]
        await just_before(world, closes)
        assert (await world.case())["status"] == "Pending Closure"
        await until(world, closes)
        case = await world.case()
        assert (case["status"], case["resolved_at"]) == ("Closed", resolved_at)
        assert resolved_at is not None


async def test_not_solved_while_pending_closure_goes_back_to_assigned() -> None:
    async with await profitco(at(LOS_ANGELES, "10-29", "11:00")) as world:
        bo, question = await pending_closure(world)
        await until(world, at(LOS_ANGELES, "11-03", "10:00"))
        await bo.replies(question, "It is not solved.", border="dmarc=pass")
        assert (await world.case())["status"] == "Assigned"


@pytest.mark.parametrize(("said", "status"), [("Passes.", "Staging Pass"), ("It fails.", "Staging Fail")])
async def test_the_reporters_reply_moves_what_is_on_staging(said: str, status: str) -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, _ = await writes(world, "Login", "There is an error.")
        await world.agent.answers_notice(notice, "#status staging")
        bo_asked = bo.hears("Login")
        await bo.replies(bo_asked, said, border="dmarc=pass")
        assert (await world.case())["status"] == status


async def test_a_click_moves_it_too() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, _ = await writes(world, "Login", "There is an error.")
        await world.agent.answers_notice(notice, "#status moved to staging")
        await clicks(bo, bo.hears("Login"), "no")
        assert (await world.case())["status"] == "Staging Fail"


async def test_who_was_asked_nothing_is_not_reminded() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, _ = await writes(world, "Billing", "Where is my bill?")
        await world.agent.answers_notice(notice, "#status pending input")
        assert (await world.case())["status"] == "Pending Input"
        await world.passes(days=4)
        bo.hears_nothing()
        await world.agent.answers_notice(notice, "Which month?")
        bo.hears("Billing")
        await world.passes(days=4)
        bo.hears("Billing")


async def cannot_reproduce(world: DeskWorld) -> tuple[Person, EmailMessage, EmailMessage]:
    """Bo's bug, which Ana cannot reproduce: Bo, her notice, and the first step that he is asked."""
    bo, notice, _ = await writes(world, "Export", "The export shows an error.")
    await world.agent.answers_notice(notice, "#question cannot reproduce")
    world.agent.hears("Done")
    return bo, notice, bo.hears("Export")


async def test_cannot_reproduce_stops_at_the_first_no_and_keeps_the_scope() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, _, browser = await cannot_reproduce(world)
        assert "Please try a different web browser. Does the issue exist there?" in words(browser)
        assert {each.partition(":")[0] for each in links(browser)} == {"Yes", "No", "Cannot try"}
        assert (await world.case())["status"] == "Pending Input"
        await clicks(bo, browser, "yes")
        world.agent.hears_nothing()
        computer = bo.hears("Export")
        assert "Please try a different computer. Does the issue exist there?" in words(computer)
        await clicks(bo, computer, "no")
        bo.hears_nothing()
        case = await world.case()
        assert (case["fields"]["scope"], case["status"]) == ("computer", "Assigned")
        told = words(world.agent.hears("Export"))
        assert "They say: no" in told
        assert "What was found (cannot reproduce): Scope computer" in told


async def test_an_unclear_answer_to_a_step_tells_the_owner_what_is_open_and_how_to_go_on() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, browser = await cannot_reproduce(world)
        await bo.replies(browser, "I think so, but not sure.", border="dmarc=pass")
        told = " ".join(words(world.agent.hears("Export")).split())
        assert "“Please try a different web browser. Does the issue exist there?” is still open" in told
        assert "#question cannot reproduce: browser asks it again" in told
        await world.agent.answers_notice(notice, "#answer yes")
        assert "the customer is asked that" in words(world.agent.hears("Not all done"))
        await world.agent.answers_notice(notice, "#question cannot reproduce: browser")
        await bo.replies(bo.hears("Export"), "Yes.", border="dmarc=pass")
        assert "a different computer" in words(bo.hears("Export"))


async def test_a_later_clear_reply_to_the_open_step_counts_until_the_desk_writes_itself() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, browser = await cannot_reproduce(world)
        for unclear, told in (("I think so, but not sure.", True), ("Wait, my colleague knows more.", False)):
            await bo.replies(browser, unclear, border="dmarc=pass")
            assert ("is still open" in words(world.agent.hears("Export"))) is told
        await bo.replies(browser, "Yes, there too.", border="dmarc=pass")
        world.agent.hears_nothing()
        computer = bo.hears("Export")
        assert "a different computer" in words(computer)
        await bo.replies(computer, "Which one?", border="dmarc=pass")
        assert "a different computer" in words(world.agent.hears("Export"))
        await world.agent.answers_notice(notice, "Is the cable plugged in?")
        await bo.replies(bo.hears("Export"), "Yes.", border="dmarc=pass")
        assert "wrote" in words(world.agent.hears("Export"))
        bo.hears_nothing()


async def test_cannot_try_goes_on_and_steps_of_the_team_stay_inside() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, _, browser = await cannot_reproduce(world)
        await bo.replies(browser, "Yes, it does.", border="dmarc=pass")
        await bo.replies(bo.hears("Export"), "I cannot try that.", border="dmarc=pass")
        await clicks(bo, bo.hears("Export"), "yes")
        await clicks(bo, bo.hears("Export"), "cannot try")
        bo.hears_nothing()
        assert (await world.case())["status"] == "Assigned"
        isp = world.agent.hears("A question")
        assert "Do other customers on the same ISP have the problem?" in words(isp)
        await world.agent.replies(isp, "Yes, two more of them wrote today.", border="dmarc=pass")
        region = world.agent.hears("A question")
        assert "Do other customers in the region have the problem?" in words(region)
        await clicks(world.agent, region, "no")
        bo.hears_nothing()
        assert (await world.case())["fields"]["scope"] == "region"


async def test_where_no_step_says_no_nothing_is_found_and_the_owner_hears_so() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, asked = await cannot_reproduce(world)
        await world.agent.answers_notice(notice, "#assign ben\n#set scope=user")
        world.agent.hears_all()
        for _ in range(3):
            await clicks(bo, asked, "yes")
            asked = bo.hears("Export")
        ben = world.person(BEN)
        ben.hears_all()
        await clicks(bo, asked, "yes")
        isp = ben.hears("A question")
        await world.agent.answers_notice(notice, "#answer ISP: yes\nTwo firms have it.")
        assert "now asked: cannot reproduce: region" in words(world.agent.hears("Done"))
        ben.hears("A question")
        await clicks(ben, isp, "no")
        assert "is not asked any more" in words(ben.hears("Not all done"))
        await world.agent.answers_notice(notice, "#answer cannot try")
        assert (await world.case())["fields"]["scope"] is None
        told = " ".join(words(ben.hears("Export")).split())
        assert "Ana Agent says: cannot try" in told
        assert "What was found (cannot reproduce): nothing, as no step was answered with no" in told
        bo.hears_nothing()
        listed = CliRunner().invoke(
            cli, ["case", "answers", "--question", "cannot", "-c", str(world.config_file)]
        )
        assert listed.output.count("cannot reproduce: ") == 12


async def test_what_the_team_answers_reaches_no_customer() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, asked = await cannot_reproduce(world)
        for _ in range(3):
            await clicks(bo, asked, "cannot try")
            asked = bo.hears("Export")
        await clicks(bo, asked, "cannot try")
        isp = world.agent.hears("A question")
        await world.agent.replies(isp, "Their line card is the culprit, I guess.", border="dmarc=pass")
        assert "#answer no" in words(world.agent.hears("Not all done"))
        bo.hears_nothing()
        await clicks(world.agent, isp, "no", text="#answer ISP: no\nTheir line card is the culprit.")
        await world.agent.answers_notice(notice, "We found it: it is your provider.")
        assert (await world.case())["fields"]["scope"] == "ISP"
        assert all("culprit" not in letter.as_string() for letter in bo.letters())
        assert all("same ISP" not in letter.as_string() for letter in bo.letters())


async def test_who_is_asked_in_steps_is_reminded_of_the_step() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, _, _ = await cannot_reproduce(world)
        await until(world, at(LOS_ANGELES, "11-05", "10:00"))
        reminder = bo.hears("Export")
        assert "Please try a different web browser." in words(reminder)
        await clicks(bo, reminder, "no")
        assert (await world.case())["fields"]["scope"] == "browser"


GOOGLE = {"X-Google-DKIM-Signature": "v=1; a=rsa-sha256; d=1e100.net; s=20230601; b=x"}
STANDARD, MARKETPLACE = (
    "Would you tell others",
    "in the Google Workspace Marketplace (https://workspace.google.com/marketplace)",
)


def asked_for_words(person: Person) -> list[str]:
    """What somebody was asked to write about us since the last time we looked."""
    heard = [words(each) for each in person.hears_all()]
    return [each for text in heard for each in (STANDARD, MARKETPLACE) if each in text]


async def closure_of(world: DeskWorld, subject: str, text: str, who: str, **more: Any) -> EmailMessage:
    """Somebody's case, resolved and asked about: the letter that asks."""
    somebody = world.person(who)
    await somebody.writes(subject, text, border="dmarc=pass", **more)
    notice = world.agent.hears_all()[-1]
    await world.agent.answers_notice(notice, "#status resolved")
    await world.agent.answers_notice(notice, "#status pending closure")
    world.agent.hears_all()
    return somebody.hears_all()[-1]


@pytest.mark.parametrize(("headers", "asked"), [({}, STANDARD), (GOOGLE, MARKETPLACE)])
async def test_a_happy_yes_is_asked_for_a_testimonial_once(headers: dict[str, str], asked: str) -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo = world.person("bo@client.example")
        question = await closure_of(world, "Billing", "Where is my bill?", bo.address, headers=headers)
        await clicks(bo, question, "yes")
        assert asked_for_words(bo) == [asked]
        await world.passes(days=1)
        again = await closure_of(world, "Another", "Where is it now?", bo.address, headers=headers)
        await clicks(bo, again, "yes")
        assert asked_for_words(bo) == []
        assert {case["status"] for case in await world.cases()} == {"Closed"}


async def test_a_week_of_silence_asks_for_one_in_the_form_that_the_mail_shows() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@paid.example")
        await closure_of(world, "Billing", "Where is my bill?", bo.address, headers=GOOGLE)
        await closure_of(world, "Tax", "Where is my receipt?", cy.address)
        await until(world, at(LOS_ANGELES, "11-10", "10:00"))
        closed = [words(each) for each in bo.letters() if "we have closed" in words(each).lower()]
        assert len(closed) == 1
        assert "since we heard nothing for 7 days." in closed[0]
        assert (asked_for_words(bo), asked_for_words(cy)) == ([MARKETPLACE], [STANDARD])


async def test_who_says_no_is_asked_for_no_testimonial() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo = world.person("bo@client.example")
        await clicks(bo, await closure_of(world, "Billing", "Where is my bill?", bo.address), "no")
        assert asked_for_words(bo) == []
        assert (await world.case())["status"] == "Assigned"
