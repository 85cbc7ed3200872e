"""Files that `maildesk init` writes: a commented configuration, a new secret key, own letters, a policy."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maildesk.config.beginning import Beginning, filled_in
from maildesk.config.own_copies import copy_to_edit, unwritable
from maildesk.config.packaged import packaged
from maildesk.config.policy_file import load_policy
from maildesk.config.policy_needs import Needs, needs_of
from maildesk.config.secrets import CREDENTIALS
from maildesk.config.yaml_file import read_yaml
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.suggestions import suggestion
from maildesk.errors import BadInput
from maildesk.mail.identity.keys import SECRET_BYTES, KeyRing

_CONFIG = "config.yaml"
_KEY = "secret.key"
_TEMPLATES = "templates"
_POLICIES = "policies"


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a new desk."""

    config: Path
    key: Path
    templates: Path
    policy: Path | None = None

    @property
    def also(self) -> tuple[Path, ...]:
        """The rest, beside configuration and key."""
        return (self.templates, *([self.policy] if self.policy else []))


def write_starter(folder: Path, policy: str | None = None, beginning: Beginning | None = None) -> Written:
    """Write the files of a new desk; raises BadInput and writes nothing if one is there.

    `policy` is a packaged one: the configuration names it, and what it needs stands there in comments.
    Without a `beginning` it has the values of the example. A service's is for its group to read as well.
    """
    source = packaged_policy(policy) if policy else None
    config, templates = folder / _CONFIG, folder / _TEMPLATES
    key = require_room(folder, service=bool(beginning and beginning.service))
    text = packaged("config.example.yaml").read_text(encoding="utf-8")
    if beginning:
        text = filled_in(text, beginning)
    if source:
        text = _speaking_of(text, source)
    try:
        templates.mkdir(parents=True, exist_ok=True)
        key.parent.mkdir(mode=0o700, exist_ok=True)
        # The configuration may come to hold passwords: it begins as private as the key.
        write_secret(key, KeyRing.generate(secrets.token_bytes(SECRET_BYTES)).render())
        write_secret(config, text)
        if beginning and beginning.service:
            for path, mode in ((config, 0o640), (templates, 0o750)):
                os.chown(path, -1, folder.stat().st_gid)  # the daemon's: packaging/maildesk.tmpfiles
                path.chmod(mode)
    except OSError as error:
        raise unwritable(Path(error.filename or folder), error) from error
    return Written(config, key, templates, copy_policy(folder, source) if source else None)


def require_room(folder: Path, *, service: bool) -> Path:
    """The place of the key of a new desk; raises BadInput where there is a desk already."""
    key = folder / (CREDENTIALS if service else "") / _KEY
    for path in (folder / _CONFIG, key):
        if _is_there(path):
            raise BadInput(f"{path} is there already", remedy="choose another folder, or move it away")
    return key


def _is_there(path: Path) -> bool:
    """Tell whether a place is taken; raises BadInput where we may not know."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise unwritable(path, error) from error
    return True


def write_secret(path: Path, text: str) -> None:
    """Write a new file that only its owner can read; never one that exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())


# --- a packaged policy ----------------------------------------------------------------------------


def packaged_policy(name: str) -> Path:
    """Find the packaged policy that is called so."""
    known = {each.stem: each for each in sorted(packaged(_POLICIES).glob("*.yaml"))}
    found = known.get(name.removeprefix(f"{_POLICIES}/").removesuffix(".yaml"))
    if found is None:
        remedy = suggestion(known, name, f"there is {', '.join(known)}")
        raise BadInput(f"there is no packaged policy {name!r}", remedy=remedy)
    return found


def copy_policy(folder: Path, source: Path) -> Path:
    """Copy a packaged policy beside the configuration, to be edited; never over a file."""
    return copy_to_edit(source, folder / _POLICIES / source.name)


_POLICY_LINE = re.compile(r"^policy: \S+ *(?=#)", re.MULTILINE)
_SECTION_ENDS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"^( *){name}:.*\n(?:\1 .*\n)+", re.MULTILINE)
    for name in ("mailboxes", "teams", "leadership", "accounts")
}


def _speaking_of(text: str, source: Path) -> str:
    """The configuration with that policy named, and with what the policy needs as lines to uncomment."""
    named = f"{_POLICIES}/{source.name}"
    text = _POLICY_LINE.sub(_aligned(f"policy: {named}"), text, count=1)
    for section, lines in _additions(needs_of(load_policy(source)), named):
        block = _SECTION_ENDS[section].search(text)
        if block and lines:
            more = "".join(f"{line}\n" for line in lines)
            text = text[: block.end()] + more + text[block.end() :]
    return text


def _additions(needs: Needs, named: str) -> Iterator[tuple[str, list[str]]]:
    """The lines to add to sections of the example; a key behind a # without a space is to uncomment."""
    example = read_yaml(packaged("config.example.yaml")).data
    there = {team["name"] for team in example["people"]["teams"]}
    boxes = {box["name"] for box in example["mailboxes"]}
    (first,) = example["mailboxes"]
    yield (
        "mailboxes",
        [
            line
            for box in needs.mailboxes
            if box not in boxes
            for line in (f"  # {named} speaks of a mailbox {box}", _mailbox_like(first, box))
        ],
    )
    teams = [_aligned(f"    #- name: {team}") + f"# {named} speaks of it" for team in needs.teams]
    leads = [f"    # {named} lets leads hear: give each team its lead"] if needs.leads else []
    yield "teams", leads + [line for team, line in zip(needs.teams, teams, strict=True) if team not in there]
    roles = [f"    # {named} escalates to each of these:"] if needs.roles else []
    yield "leadership", [*roles, *map(_leader, needs.roles)]
    asked = (("plans", needs.plans), ("fields", needs.fields))
    yield (
        "accounts",
        [f"    # {named} asks for the {what} {', '.join(names)}" for what, names in asked if names],
    )


def _leader(role: str) -> str:
    """The line of somebody with that role, to uncomment."""
    address = f"{'-'.join(comparable(role))}@acme.example"
    return f"    #- {{name: {role}, address: {address}, role: {role}}}"


def _mailbox_like(first: Mapping[str, Any], name: str) -> str:
    """A mailbox of that name beside the first of the example, on the same server, to uncomment."""
    domain = first["address"].rpartition("@")[2]
    host, password = first["imap"]["host"], first["imap"]["password"]
    login = f'{{host: {host}, username: {name}, password: "{password}"}}'
    return f"  #- {{name: {name}, address: {name}@{domain}, imap: {login}}}"


def _aligned(line: str) -> str:
    return f"{line} ".ljust(_COMMENT_COLUMN)


_COMMENT_COLUMN = 39
