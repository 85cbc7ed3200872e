"""The part of the check that reads the newest mails: whose results they bear, and whether they count."""

from __future__ import annotations

from maildesk.config import building
from maildesk.config.settings import MailboxSection, Settings
from maildesk.daemon.findings import Finding, ok, warn
from maildesk.errors import CommandRefused
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.border_seen import BorderSeen, border_seen
from maildesk.mail.mime.headers import Field, split_header
from maildesk.transport.mailbox import MailboxConnection

LOOKED_AT = 20
"""The newest mails whose headers are read."""
HEADER_BYTES = 64 * 2**10
"""The most that is read of each."""


async def border_found(
    name: str, settings: Settings, box: MailboxSection, conn: MailboxConnection
) -> Finding:
    """Read the newest mails, of the processed folder too where few are left; the last look of a check.

    Nothing is marked as read: folders are opened to look only, and mails are peeked into.
    """
    headers: list[tuple[Field, ...]] = []
    for folder in (box.folder, await conn.existing_folder(box.processed)):
        if folder is not None and len(headers) < LOOKED_AT:
            headers += await _newest(conn, folder, LOOKED_AT - len(headers))
    return finding_of(name, border_seen(headers, building.trust(settings)), settings)


async def _newest(conn: MailboxConnection, folder: str, count: int) -> list[tuple[Field, ...]]:
    await conn.select(folder, look_only=True)
    found = []
    for key in reversed((await conn.keys())[-count:]):
        try:
            found.append(split_header(await conn.header_block(key, HEADER_BYTES)))
        except CommandRefused:  # a running desk moved it meanwhile
            continue
    return found


def finding_of(name: str, seen: BorderSeen, settings: Settings) -> Finding:
    """Say what was seen, and what `trust` should be where it is something else."""
    trust = building.trust(settings)
    ours = trust.authserv_id or "Microsoft 365"
    mails = f"the newest {seen.mails} mails" if seen.mails > 1 else "the newest mail"
    if not seen.mails:
        return ok(name, "no mail lies there that could show who vouches for senders")
    if not seen.with_results:
        message = f"{mails}: nobody writes Authentication-Results into them"
        if not trust.named:
            return ok(name, message)
        return warn(name, message, f"see why {ours} does not, or take trust out (docs/configuration.md)")
    whose = f"the results of {seen.name or 'Microsoft 365'} stand in {seen.named_in} of {mails}"
    if not trust.named:
        message = f"{whose}; no server is named in trust"
        wanted = bool(settings.people.agents) and seen.advice is not None
        return warn(name, message, _remedy(seen)) if wanted else ok(name, message)
    if not seen.counting and not seen.out_of_place:
        return warn(name, f"{whose}, and those of {ours} in none", _remedy(seen))
    if seen.advice is None:
        return ok(name, f"{whose}, and count in {seen.counting}")
    if seen.out_of_place > seen.counting:
        message = f"{whose}, and count in {seen.counting}: elsewhere a sender could have written them"
    else:
        message = f"{whose}, and trust.hops: {trust.hops} counts lines that a sender could have written"
    return warn(name, message, _remedy(seen))


def _remedy(seen: BorderSeen) -> str:
    """Write the section as it should be, as far as these mails tell."""
    if seen.advice is None:
        return "see docs/configuration.md, Who is believed"
    said = f"set trust: {{{_written(seen.advice)}}}"
    if seen.advice.border_strips:
        said += ", if that server takes such fields out of mail from outside"
    if seen.named_in < _ENOUGH:
        said += "; so few mails may mislead, look at some from outside yourself"
    return said


_ENOUGH = 3
"""So many mails at least say surely where results stand."""


def _written(trust: Trust) -> str:
    parts = ["microsoft365: true"] if trust.microsoft365 else [f"authserv_id: {trust.authserv_id}"]
    parts.append(f"hops: {trust.hops}")
    if trust.border_strips:
        parts.append("border_strips: true")
    if trust.submission:
        parts.append(f"submission: {trust.submission}")
    return ", ".join(parts)
