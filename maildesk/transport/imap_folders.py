"""The true place of a folder of ours on a server, and making it if it is missing."""

from __future__ import annotations

import logging

from maildesk.errors import CommandRefused
from maildesk.transport.imap_answers import FolderEntry, folder_entry, personal_prefix
from maildesk.transport.imap_names import folder_to_wire
from maildesk.transport.imap_refusals import busy, refused
from maildesk.transport.imap_wire import Wire

log = logging.getLogger(__name__)

_LIST = frozenset({b"LIST"})
_NAMESPACE = frozenset({b"NAMESPACE"})


async def ensure_folder(wire: Wire, name: str) -> str:
    """The server's own name of folder `name`, created and subscribed if it is missing.

    `name` uses `/` between levels, or is already the server's own name. Where the personal namespace has a
    prefix (`INBOX.`), folders of ours live under it.
    """
    candidates = _candidates(name, *await _namespace(wire))
    return await _first_of(wire, candidates) or await _created(wire, candidates)


async def existing_folder(wire: Wire, name: str) -> str | None:
    """The server's own name of folder `name`, meant as in `ensure_folder`; None where it is missing."""
    return await _first_of(wire, _candidates(name, *await _namespace(wire)))


async def _first_of(wire: Wire, candidates: list[str]) -> str | None:
    for candidate in candidates:
        entry = await _listed(wire, candidate)
        if entry is not None and entry.selectable:
            return entry.name
    return None


def _candidates(name: str, prefix: str, delimiter: str | None) -> list[str]:
    if name.upper() == "INBOX":
        return ["INBOX"]
    native = name.replace("/", delimiter) if delimiter else name
    if prefix and native.casefold().startswith(prefix.casefold()):
        return [prefix + native[len(prefix) :]]
    return list(dict.fromkeys((prefix + native, native)))


async def _namespace(wire: Wire) -> tuple[str, str | None]:
    """Prefix and delimiter of our own folders: NAMESPACE where offered (RFC 2342), else LIST "" ""."""
    if "NAMESPACE" in wire.capabilities:
        reply = await wire.run(wire.prepared("NAMESPACE", wants=_NAMESPACE))
        for answer in reply.answers:
            found = personal_prefix(answer)
            if found is not None:
                return found
    reply = await wire.run(wire.prepared("LIST", '""', '""', wants=_LIST))
    if not reply.status.ok:
        raise refused("cannot list folders", reply.status)
    entries = [folder_entry(answer) for answer in reply.answers]
    return "", next((entry.delimiter for entry in entries if entry is not None), None)


async def _listed(wire: Wire, name: str) -> FolderEntry | None:
    """The folder of exactly this name. `*` and `%` in it are wildcards to LIST, so more may come back."""
    reply = await wire.run(wire.prepared("LIST", '""', folder_to_wire(name), wants=_LIST))
    if not reply.status.ok:
        problem = refused(f"cannot look for folder {name!r}", reply.status)
        if isinstance(problem, CommandRefused) and not await _answers_for(wire, name):
            return None  # imap4d says NO to what is not there
        raise problem
    entries = [entry for entry in map(folder_entry, reply.answers) if entry is not None]
    same = [entry for entry in entries if entry.name == name]
    alike = [entry for entry in entries if name == "INBOX" and entry.name.upper() == "INBOX"]
    return next(iter(same or alike), None)


async def _answers_for(wire: Wire, name: str) -> bool:
    """Tell whether the server knows the folder by another command than LIST."""
    status = (await wire.run(wire.prepared("STATUS", folder_to_wire(name), "(UIDVALIDITY)"))).status
    if busy(status):
        raise refused(f"cannot ask for folder {name!r}", status)
    return status.ok


async def _created(wire: Wire, candidates: list[str]) -> str:
    """Create the first candidate the server accepts."""
    refusal: CommandRefused | None = None
    for name in candidates:
        status = (await wire.run(wire.prepared("CREATE", folder_to_wire(name)))).status
        if status.ok or status.code == "ALREADYEXISTS":
            await _subscribe(wire, name)
            entry = await _listed(wire, name)
            return entry.name if entry is not None else name
        error = refused(
            f"cannot create folder {name!r}",
            status,
            remedy="create it in your mail program, or name another folder as `processed`",
        )
        if busy(status) or not isinstance(error, CommandRefused):
            raise error
        refusal = refusal or error
    raise refusal or CommandRefused("no folder was named")


async def _subscribe(wire: Wire, name: str) -> None:
    """Make the folder show in mail programs. A server that refuses has a folder all the same."""
    status = (await wire.run(wire.prepared("SUBSCRIBE", folder_to_wire(name)))).status
    if not status.ok:
        log.info("imap=subscribe-refused answer=%r", status.text)
