"""`maildesk person erase`: everything that is kept about an address goes."""

from __future__ import annotations

import click

from maildesk.cli.desks import acting, as_agent, opened
from maildesk.cli.invocation import command, settings


@command("erase", "maildesk person erase bo@client.example\nmaildesk person erase bo@client.example --yes")
@click.argument("address")
@click.option("--yes", "sure", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was erased as JSON.")
@as_agent
def erase(address: str, agent: str | None, *, sure: bool, as_json: bool) -> None:
    """Erase ADDRESS: the cases it opened, whole, and itself out of the cases of others.

    There its mails and the letters to it go, and its address and name out of what others wrote, wherever
    they mention it; mails of others themselves keep their bytes. Export what you must keep or hand out first
    (maildesk person export). Nobody is told.
    """
    from maildesk.casework.erased_noted import finish_earlier, note_down
    from maildesk.casework.erasing_persons import erase_person, to_erase
    from maildesk.cli.erasing_told import require_yes, tell
    from maildesk.cli.person_export import require_outside
    from maildesk.config.building import keyring, staff
    from maildesk.daemon.desk_store import erasure_list
    from maildesk.mail.identity.erased_persons import person_code

    desk, noted = settings(), erasure_list(settings())
    people, code = staff(desk), person_code(keyring(desk), address)
    who = acting(desk, people, agent)
    require_outside(desk, address)
    with opened(desk) as store:
        finish_earlier(store, noted, who().now)
        found = store.read_now(lambda conn: to_erase(conn, address))
        own, others = len(found.traces.own), len(found.others)
        require_yes(f"{own} cases of {address} go, and {address} out of {others} of others.", sure=sure)
        erased = erase_person(store, people, found, who, code)
        tell(erased, desk.desk.timezone, as_json=as_json)
        note_down(store, noted, erased)
