"""Logins that a configuration uses: whose letters go by each, as the daemon chooses relays."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.config.settings import Settings
from maildesk.config.token_sources import TokenSources
from maildesk.daemon.login_watched import watched_logins

BY_IT = {"smtp": {"host": "relay.acme.example", "username": "desk", "login": "m365"}}
BY_ANOTHER = {"smtp": {"host": "other.acme.example"}}


def settings(common: dict[str, Any], support: dict[str, Any], sales: dict[str, Any]) -> Settings:
    login = {"provider": "microsoft", "flow": "app", "tenant": "t", "client_id": "c", "client_secret": "hush"}
    boxes = (("support", support), ("sales", sales))
    return Settings.model_validate(
        {
            "desk": {"name": "Acme", "address": "desk@acme.example", "tag": "Acme", "secret": "key"},
            "store": {"url": "sqlite:///desk.db"},
            "mailboxes": [
                {"name": name, "address": f"{name}@acme.example", "source": "pipe", **own}
                for name, own in boxes
            ],
            "logins": {"m365": login},
            "operators_relay": BY_IT["smtp"],
            **common,
        }
    )


@pytest.mark.parametrize(
    ("common", "support", "sales", "by_it"),
    [
        (BY_IT, {}, BY_ANOTHER, ["support", ""]),
        (BY_ANOTHER, BY_IT, {}, ["support"]),
        ({}, BY_IT, BY_ANOTHER, ["support", ""]),
        ({}, BY_ANOTHER, BY_IT, ["sales"]),
        (BY_ANOTHER, {}, {}, []),
    ],
    ids=["the common one", "its own", "the first stands for the rest", "not the first", "alarms alone"],
)
def test_whose_letters_go_by_a_login(
    common: dict[str, Any], support: dict[str, Any], sales: dict[str, Any], by_it: list[str]
) -> None:
    read = settings(common, support, sales)
    (login,) = watched_logins(read, TokenSources(read, {}))
    assert [name.partition("@")[0] for name, goes in login.senders.items() if goes] == by_it
    assert login.sends == bool(by_it)
