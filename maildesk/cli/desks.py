"""The desk a command works on: its database, one of its cases, and the hand that acts."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from maildesk.errors import BadInput, NotFound

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.desk.decisions.actor import Actor
    from maildesk.desk.policy.people import People
    from maildesk.desk.policy.policy import Policy
    from maildesk.store.database import Connection, Database

AGENT = "MAILDESK_AGENT"

as_agent: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--as",
    "agent",
    metavar="ADDRESS",
    envvar=AGENT,
    help=f"The agent whose act and words these are; default: ${AGENT}, else the desk itself.",
)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The desk's database, closed at the end."""
    from maildesk.daemon.desk_store import open_store

    store = open_store(settings)
    try:
        yield store
    finally:
        store.close_now()


def policy_of(settings: Settings) -> Policy:
    """The desk's policy: the names of statuses and fields."""
    from maildesk.config.named_policy import policy

    return policy(settings)


def now_of(settings: Settings | None) -> datetime:
    """The time by which this command acts (UTC)."""
    from maildesk.daemon.clock import SystemClock
    from maildesk.daemon.parts import clock_of

    return (clock_of(settings) if settings else SystemClock()).now()


def reference(conn: Connection, typed: str) -> str:
    """The case a person means: a whole reference, its beginning, with or without hyphen and letter case."""
    from maildesk.mail.identity.references import normal_reference
    from maildesk.store.case_views import find_case

    normal = normal_reference(typed)
    if normal is None:
        raise BadInput(
            f"{typed[:80]!a} is no case reference",
            remedy="write it as 7K2Q-9F3M, or at least its first four",
        )
    return find_case(conn, normal)


def hand(people: People, agent: str | None, now: datetime) -> Actor:
    """Name who acts. An operator who names no agent acts for the desk; the history says under which login."""
    from maildesk.desk.decisions.actor import Actor

    if not agent:
        return Actor(login(), now)
    person = people.person(agent)
    if person is None:
        from maildesk.desk.policy.suggestions import suggested_agent

        remedy = suggested_agent(people, agent, "see people.agents in the configuration")
        raise NotFound(f"{agent!a} is not an agent of this desk", remedy=remedy)
    return Actor(person.address, now, person.address)


def acting(settings: Settings, people: People, agent: str | None) -> Callable[[], Actor]:
    """Name who acts now, and say when once that is asked: after waiting for whoever writes meanwhile."""
    who = hand(people, agent, now_of(settings))
    return lambda: replace(who, now=now_of(settings))


def login() -> str:
    """The operator, as the history says it."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as containers have
        name = str(os.getuid())
    return f"cli:{name}"
