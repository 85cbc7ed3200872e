"""`maildesk case erase`: everything that was said on a case goes; its reference and what is counted stay."""

from __future__ import annotations

import click

from maildesk.cli.desks import acting, as_agent, opened, reference
from maildesk.cli.invocation import command, settings


@command("erase", "maildesk case erase 7K2Q-9F3M\nmaildesk case erase 7K2Q-9F3M --yes --json")
@click.argument("ref")
@click.option("--yes", "sure", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was erased as JSON.")
@as_agent
def erase(ref: str, agent: str | None, *, sure: bool, as_json: bool) -> None:
    """Erase a case: mails, words, files, names, addresses and letters, with the cases merged into it.

    What stays is the reference, the moments and kinds of what happened, and of each mail its keys with the
    verdict `erased`, so that it is never read again. Letters that wait are dropped, and an open case ends;
    nobody is told. What is written to the case later opens a new one.
    """
    from maildesk.casework.erased_noted import finish_earlier, note_down
    from maildesk.casework.erasing import erase_case
    from maildesk.cli.erasing_told import require_yes, tell
    from maildesk.config.building import staff
    from maildesk.daemon.desk_store import erasure_list

    desk, noted = settings(), erasure_list(settings())
    people = staff(desk)
    who = acting(desk, people, agent)
    with opened(desk) as store:
        finish_earlier(store, noted, who().now)
        known = store.read_now(lambda conn: reference(conn, ref))
        require_yes(f"Everything that was said on {known} goes.", sure=sure)
        erased = erase_case(store, people, known, who)
        tell(erased, desk.desk.timezone, as_json=as_json)
        note_down(store, noted, erased)
