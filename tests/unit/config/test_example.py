"""The example configuration is right, complete, and says about every key what the code says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from maildesk.config import building, loading, named_policy
from maildesk.config.packaged import packaged
from maildesk.config.settings import Settings, Subaddress
from maildesk.config.values import read_duration, read_size, show_size
from maildesk.transport.security import Security

EXAMPLE = packaged("config.example.yaml")
TEXT = EXAMPLE.read_text(encoding="utf-8")


def uncommented() -> str:
    """The file with every commented-out key in place; prose has a space after its #."""
    return re.sub(r"(?m)^( *)#(?=\S)", r"\1", TEXT)


def models(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, FieldInfo, type[BaseModel]]]:
    """Every key the configuration can have, as a path without list positions."""
    for name, field in model.model_fields.items():
        here = f"{path}.{name}" if path else name
        yield here, field, model
        inner = model_in(field.annotation)
        if inner and here not in (
            "mailboxes.smtp",
            "operators_relay",
        ):  # the same keys as smtp, which has them all
            yield from models(inner, here)


def model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for model in map(model_in, get_args(annotation)) if model), None)


NAMED_BY_US = {"logins"}
"""Keys whose values stand under names that the operator chooses."""


def comments() -> dict[str, str]:
    """What the example says beside each key, by path."""
    lines = uncommented().splitlines()
    found: dict[str, str] = {}
    named: set[str] = set()

    def walk(node: yaml.Node, path: str) -> None:
        if isinstance(node, yaml.SequenceNode) or (path in NAMED_BY_US and path not in named):
            named.add(path)
            for each in node.value:
                walk(each if isinstance(each, yaml.Node) else each[1], path)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                here = f"{path}.{key.value}" if path else key.value
                comment = re.search(r"  # (.*)$", lines[key.start_mark.line])
                found.setdefault(here, comment[1] if comment else "")
                walk(value, here)

    root = yaml.compose(uncommented(), yaml.CSafeLoader)
    assert root
    walk(root, "")
    return found


def default(field: FieldInfo, model: type[BaseModel]) -> str | None:
    """A field's default as one writes it; None for a key that must be there."""
    if field.is_required():
        return None
    security = model.model_fields["security"].default if "security" in model.model_fields else None
    value = field.get_default(call_default_factory=True, validated_data={"security": security})
    if isinstance(value, timedelta):
        units = (("d", timedelta(days=1)), ("m", timedelta(minutes=5)), ("s", timedelta(seconds=1)))
        unit, size = next(each for each in units if not value % each[1])
        return f"{value // timedelta(minutes=1)}m" if unit == "m" else f"{value // size}{unit}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and is_size(field):
        return show_size(value)
    if isinstance(value, tuple) and value:
        return f"[{', '.join(value)}]"
    return "none" if value in ((), {}) else "not set" if value is None else str(value)


def is_size(field: FieldInfo) -> bool:
    return any(getattr(each, "func", None) is read_size for each in field.metadata)


SECTIONS = {"mailboxes.imap", "smtp", "people", "trust", "limits", "retention", "board", "monitor", "report"}
"""Keys that only hold others: a heading in the file, no comment of their own."""


@pytest.mark.parametrize(
    ("path", "field", "model"), [pytest.param(*each, id=each[0]) for each in models(Settings)]
)
def test_every_key_is_shown_with_its_meaning_and_default(
    path: str, field: FieldInfo, model: type[BaseModel]
) -> None:
    said = comments()
    assert path in said, f"config.example.yaml does not show {path}"
    if path in SECTIONS or (field.is_required() and model_in(field.annotation)):
        return
    written = default(field, model)
    assert said[path] == (f"{field.description}; default: {written}" if written else field.description)


def test_the_example_has_the_contracts_values() -> None:
    settings = loading.load(EXAMPLE)
    box, smtp = settings.mailboxes[0], settings.smtp
    assert smtp
    assert (settings.desk.name, settings.desk.tag, settings.desk.timezone) == (
        "Acme Support",
        "Acme",
        "Europe/Lisbon",
    )
    assert (box.name, box.folder, box.processed, box.poll) == (
        "support",
        "INBOX",
        "Processed",
        read_duration("60s"),
    )
    assert (box.subaddress, box.existing_mail) == (Subaddress.NONE, None)  # a decision for a person
    assert box.imap
    assert (box.imap.host, box.imap.port, box.imap.security) == ("imap.acme.example", 993, Security.TLS)
    assert (smtp.host, smtp.port, smtp.security) == ("smtp.acme.example", 587, Security.STARTTLS)
    assert (settings.policy, settings.templates) == (Path("policies/default.yaml"), Path("templates"))
    assert (settings.trust.authserv_id, settings.trust.hops) == ("mx.acme.example", 1)
    assert settings.accounts[0].plan == "premium"
    assert settings.testing is False


def test_the_example_with_every_key_uncommented_is_right_too(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    text = re.sub(r"(?m)^ +password: .*\n", "", uncommented())  # one server takes one way in: the login
    file.write_text(text, encoding="utf-8")
    settings = loading.load(file)
    assert settings.testing
    assert settings.mailboxes[0].smtp
    assert settings.smtp
    assert settings.smtp.login in settings.logins
    assert settings.accounts[0].addresses == ("ceo@private.example",)


def test_the_examples_people_and_policy_fit_together() -> None:
    settings = loading.load(EXAMPLE)
    people = building.people(settings)
    assert people.members("support") == people.agents
    assert people.is_own("support@acme.example")
    assert named_policy.policy(settings).default_priority == "normal"
