"""`maildesk check`: everything a desk needs, tried out piece by piece; one broken piece hides no other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from maildesk.config import building, named_policy
from maildesk.config.explaining import explained, own_pages
from maildesk.config.letter_files import own_letters, read_templates, unused_letters
from maildesk.config.made_up import made_up
from maildesk.config.policy_flaws import flaws_in
from maildesk.config.policy_needs import unread
from maildesk.config.settings import MailboxSection, Settings, Subaddress
from maildesk.config.token_sources import TokenSources
from maildesk.daemon.checking_glances import glance_checks
from maildesk.daemon.checking_logins import login_checks, login_secrets, told_once
from maildesk.daemon.checking_store import check_database
from maildesk.daemon.checking_wire import SERVER, check_mailbox, check_relay
from maildesk.daemon.findings import Check, Finding, fail, failures, ok, warn
from maildesk.daemon.parts import clock_of, desk_of
from maildesk.daemon.subaddress_check import prove_subaddress
from maildesk.desk.letters.letter_trial import template_problems
from maildesk.desk.letters.sample import own_files
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.desk import Desk
from maildesk.errors import MaildeskError
from maildesk.store.disk import files_allowed, too_few_files

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""No desk of this program is older: an earlier clock is that of a machine that does not know the time."""


def checks(
    settings: Settings,
    environ: Mapping[str, str],
    now: datetime,
    *,
    quick: bool = False,
    subaddress: bool = False,
) -> Iterator[Check]:
    """List the checks in order. `quick`: nothing that needs the network; `subaddress`: prove them."""
    yield Check("testing", partial(_testing, settings))
    yield Check("clock", partial(_clock, now))
    yield Check("made up", partial(_made_up, settings))
    yield Check("trust", partial(_trust, settings))
    clock = clock_of(settings, environ)
    tokens = building.token_sources(settings, environ, lambda: clock.now().timestamp())
    for name, key, secret in (*_secrets(settings, environ), *login_secrets(settings, tokens)):
        yield Check(name, partial(_secret, name, key, secret))
    yield Check("desk.secret", partial(_keys, settings, environ, now))
    if settings.accounts_file:
        yield Check("accounts", partial(_accounts, settings))
    yield Check("policy", partial(_policy, settings, now))
    yield Check("templates", partial(_templates, settings, now))
    yield Check("open files", _open_files)
    yield from glance_checks(settings)
    yield Check("database", partial(check_database, settings, environ, now), at_once=True)
    if quick:
        return
    yield from login_checks(settings, tokens, clock)
    yield from _servers(settings, environ, tokens)
    for box in settings.mailboxes:
        if box.subaddress is not Subaddress.NONE:
            name = f"mailbox {box.name} subaddress"
            proof = prove_subaddress if subaddress and box.watched else _unproven
            yield Check(name, partial(proof, name, settings, box, environ, now), SERVER)


def _servers(settings: Settings, environ: Mapping[str, str], tokens: TokenSources) -> Iterator[Check]:
    """List every server that we talk to."""
    for box in settings.mailboxes:
        look = partial(check_mailbox, settings, box, environ, tokens)
        login = box.imap.login if box.imap else None
        yield told_once(Check(f"mailbox {box.name}", look, SERVER, at_once=True), login)
    for server in settings.servers:
        if not server.reads:
            name = f"mailbox {server.box.name} smtp" if server.box else server.name
            look = partial(check_relay, name, partial(building.relay_of, settings, server, environ, tokens))
            yield told_once(Check(name, look, SERVER, at_once=True), server.section.login)


# --- the configuration ----------------------------------------------------------------------------


async def _testing(settings: Settings) -> AsyncIterator[Finding]:
    if settings.testing:
        message = "testing: true lets whoever starts the desk set its clock and make it crash"
        yield fail("testing", message, "take the line out of the configuration")
    else:
        yield ok("testing", "off")


async def _clock(now: datetime) -> AsyncIterator[Finding]:
    if now < BEGINNING:
        message = f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, which cannot be"
        remedy = (
            "set it and keep it set (timedatectl): without the time no certificate is valid, no promise kept"
        )
        yield fail("clock", message, remedy)
    else:
        yield ok("clock", f"it is {now:%Y-%m-%d %H:%M} UTC")


async def _made_up(settings: Settings) -> AsyncIterator[Finding]:
    """Name what is left of the example's company, to which no letter goes and which no server is."""
    found = made_up(settings)
    if not found:
        yield ok("made up", "nothing is left of the example's company")
        return
    named = ", ".join(f"{path} {value}" for path, value in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    message = f"still as in the example, whose company does not exist: {named}{more}"
    yield warn("made up", message, "write your own, or take it out")


async def _trust(settings: Settings) -> AsyncIterator[Finding]:
    named = settings.trust.authserv_id
    if named is None and settings.trust.microsoft365:
        named = "Microsoft 365"
    if named:
        yield ok("trust", f"{named} says whether senders are who they say")
    elif settings.people.agents:
        message = "no server is named that vouches for senders, so anyone may write as one of your agents"
        named_or_microsoft = (
            "set trust.authserv_id to the name in your Authentication-Results; "
            "at Google trust: {authserv_id: mx.google.com, hops: 2} as a rule (docs/gmail.md); "
            "at Microsoft 365 there is none: trust: {microsoft365: true, hops: 4} (docs/microsoft365.md, 7)"
        )
        yield warn("trust", message, named_or_microsoft)
    else:
        yield ok("trust", "no server is named that vouches for senders, and there are no agents")


def _secrets(
    settings: Settings, environ: Mapping[str, str]
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """List where each secret belongs, how its key is called, and what looks it up."""
    yield "desk.secret", "", partial(building.keyring, settings, environ)
    yield "store.url", "", partial(building.store_url, settings, environ)
    for server in settings.servers:
        if server.section.password:
            key, box = f"{server.location[-1]}.password", server.box
            look: Callable[[], object] = (
                partial(building.mail_server, settings, box, environ)
                if server.reads and box
                else partial(building.relay_of, settings, server, environ)
            )
            yield (f"mailbox {box.name}", f"{key}: ", look) if box else (key, "", look)


async def _secret(name: str, key: str, resolve: Callable[[], object]) -> AsyncIterator[Finding]:
    resolve()
    yield ok(name, f"{key}found, and private")


async def _keys(settings: Settings, environ: Mapping[str, str], now: datetime) -> AsyncIterator[Finding]:
    """Tell which keys sign no more, and until when they are believed. A broken file was told above."""
    try:
        ring = building.keyring(settings, environ)
    except MaildeskError:
        return
    for key in ring.keys[:-1]:
        until = key.honoured_until
        if until is None:
            message = f"nothing says since when key {key.kid} signs no more, so it is believed for ever"
            yield warn("desk.secret", message, "`maildesk secret rotate` notes it")
        elif now < until <= now + _SOON:
            message = f"what key {key.kid} signed is believed until {until:%Y-%m-%d} and no longer"
            yield warn("desk.secret", message, "nothing to do: later answers find their case by its thread")


_SOON = timedelta(days=14)


async def _accounts(settings: Settings) -> AsyncIterator[Finding]:
    known = building.accounts(settings)
    yield ok("accounts", f"{len(known)} customer organisations, with those of {settings.accounts_file}")


async def _policy(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    found, path = named_policy.policy(settings), named_policy.policy_path(settings)
    people = building.people(settings, found.plans)
    for problem in flaws_in(path, found, now)[0]:
        yield warn("policy", str(replace(problem, remedy="")), problem.remedy)
    for nobody in unread(found.summaries, people):
        yield warn("policy", nobody, "name its people in the configuration, or others in its tells")
    names = ", ".join(each.name for each in found.priorities)
    yield ok("policy", f"{path}: {found.name}; priorities {names}")


# --- templates ------------------------------------------------------------------------------------


async def _templates(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Every letter written with made-up data and a made-up key, so that a bad key is told only once.

    So are a policy and accounts that cannot be read: their own checks came before.
    """
    try:
        desk = desk_of(settings)
    except MaildeskError:
        yield warn("templates", "not tried without a policy and accounts", "mend them first, as told above")
        return
    templates = LetterTemplates(read_templates(settings), desk.zone, desk.policy.languages)
    problems = [*template_problems(desk, templates, now), *_page_problems(desk, settings, now)]
    for problem in problems:
        for finding in failures("templates", problem):
            yield finding
    own = building.template_folder(settings)
    if own and not own.is_dir():
        yield warn("templates", f"there is no folder {own}", "make it, or correct templates")
    names = own_letters(settings)
    for finding in _lacking(desk, templates):
        yield finding
    astray = unused_letters(settings, own_files(desk), desk.policy.languages)
    for name in astray:
        message = f"no letter is made from {own and own / name}"
        yield warn("templates", message, "name it as `maildesk init --template` does, such as en/closed.txt")
    if not problems:
        count = len(names) - len(astray)
        yield ok("templates", f"every letter can be written; {count} of them from your own files")


def _lacking(desk: Desk, templates: LetterTemplates) -> Iterator[Finding]:
    """Name the letters that a language of the policy lacks, and how they are written instead."""
    for language in desk.policy.languages:
        lacking = templates.lacking(language)
        if lacking:
            more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
            message = f"{language} lacks {', '.join(lacking[:_NAMED])}{more}: they are in the next language"
            yield warn("templates", message, "docs/languages.md says how a language is added")


_NAMED = 5


def _page_problems(desk: Desk, settings: Settings, now: datetime) -> Iterator[TemplateProblem]:
    """Find what goes wrong when the operator's own help page is written; ours is as we tested it."""
    for language in own_pages(settings):
        try:
            explained(desk.policy, settings, now, language)
        except TemplateProblem as problem:
            yield problem


# --- the database ---------------------------------------------------------------------------------


async def _open_files() -> AsyncIterator[Finding]:
    allowed = files_allowed()
    if problem := too_few_files(allowed):
        yield fail("open files", problem.message, problem.remedy)
    else:
        yield ok("open files", f"{allowed} at once are allowed")


async def _unproven(name: str, _: Settings, box: MailboxSection, *__: object) -> AsyncIterator[Finding]:
    message = "not proven that the mail server takes such addresses"
    remedy = "stop the daemon and run `maildesk check --subaddress`: it sends itself a mail"
    yield warn(name, message, remedy if box.watched else "send a mail to such an address yourself")
