"""The line by which an agent enters a case, as people and their mail programs write it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.decisions.entered_matter import EnteredMatter, read_entered
from maildesk.errors import BadInput, NotFound
from maildesk.mail.message import Address
from tests.unit.desk.matters import AGENT, DESK

OURS = replace(
    DESK,
    policy=replace(DESK.policy, plans={"everybody": ("email", "chat", "phone", "web form", "quiet room")}),
)
CY = "cy@client.example"


@pytest.mark.parametrize(
    ("line", "name", "channel", "quietly"),
    [
        (f"chat {CY}", "", "chat", False),
        (f"{CY} chat", "", "chat", False),
        (f"Chat: {CY}.", "", "chat", False),
        (CY, "", "", False),
        (f"quietly phone {CY}", "", "phone", True),
        (f"chat Cy Sample <{CY}>", "Cy Sample", "chat", False),
        (f'"Sample, Cy" <{CY}> chat', "Sample, Cy", "chat", False),
        (f"chat Cy Sample<{CY}>", "Cy Sample", "chat", False),
        (f"chat {CY}<mailto:{CY}>", "", "chat", False),
        (f"chat {CY} <mailto:{CY}>", "", "chat", False),
        (f"chat Cy Sample<mailto:{CY}>", "Cy Sample", "chat", False),
        (f"quietly, chat {CY}", "", "chat", True),
        (f"chat, quietly: {CY}", "", "chat", True),
        (f"chat,quietly {CY}", "", "chat", True),
        (f"quietly, chat, Cy Sample <{CY}>", "Cy Sample", "chat", True),
        (f"quietly, Cy Sample <{CY}>", "Cy Sample", "", True),
        (f"{CY}, quietly, chat", "", "chat", True),
        (f"web form {CY}", "", "web form", False),
        (f"{CY} quietly Web form", "", "web form", True),
        (f"web form Cy Sample <{CY}>", "Cy Sample", "web form", False),
        (f"quietly, web form, Cy Sample <{CY}>", "Cy Sample", "web form", True),
        (f"web, quietly {CY}", "", "web form", True),
        (f"quiet room Cy Sample <{CY}>", "Cy Sample", "quiet room", False),
        (f"chat Cy Sample <{CY}>, quietly", "Cy Sample", "chat", True),
    ],
)
def test_who_it_was_and_how_they_came_is_read_in_any_order(
    line: str, name: str, channel: str, *, quietly: bool
) -> None:
    assert read_entered(line, OURS) == EnteredMatter(Address(CY, name), channel, quietly)


@pytest.mark.parametrize("line", ["", "chat", f"chat {CY}, bo@client.example", f"chat {AGENT}", "chat @x"])
def test_a_line_that_names_no_customer_or_several_is_refused(line: str) -> None:
    with pytest.raises(BadInput):
        read_entered(line, OURS)


def test_a_channel_that_nobody_named_is_refused() -> None:
    with pytest.raises(NotFound, match=r"did you mean chat\?"):
        read_entered(f"caht {CY}", OURS)
    with pytest.raises(NotFound):
        read_entered(f"chat phone {CY}", OURS)
