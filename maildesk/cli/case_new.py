"""`maildesk case new`: a case for somebody who telephoned, came by, or wrote in another way."""

from __future__ import annotations

import click

from maildesk.cli.case_doing import say
from maildesk.cli.case_fields import pairs_of
from maildesk.cli.desks import acting, as_agent, opened
from maildesk.cli.invocation import command, settings
from maildesk.cli.words import one_line, plain
from maildesk.cli.written import written


@command(
    "new",
    "maildesk case new --from ana@client.example --subject 'No invoice' --text 'She called.' --ack\n"
    "maildesk case new --from ana@client.example --subject Export --source chat --set 'chat outcome=unhappy' "
    "--note 'He asked for a refund.'",
)
@click.option("--from", "requester", metavar="ADDRESS", required=True, help="The customer.")
@click.option("--name", default="", help="The customer's name.")
@click.option("--subject", required=True, help="What it is about.")
@click.option("--text", help="What the customer said; - reads standard input.")
@click.option("--mailbox", metavar="NAME", help="Which mailbox speaks for the case; default: the first.")
@click.option("--priority", help="A priority of the policy.")
@click.option("--type", "kind", help="A type of the policy.")
@click.option("--team", help="A team of the configuration.")
@click.option("--owner", metavar="ADDRESS", help="An agent of the configuration.")
@click.option("--source", metavar="CHANNEL", help="How it came: a channel of the policy, such as chat.")
@click.option("--set", "fields", metavar="FIELD=VALUE", multiple=True, help="A field of the policy.")
@click.option("--note", metavar="TEXT", help="Keep a note for agents with it.")
@click.option("--ack/--no-ack", default=False, help="Acknowledge it to the customer; default: not.")
@as_agent
def new(
    requester: str,
    name: str,
    subject: str,
    text: str | None,
    mailbox: str | None,
    priority: str | None,
    kind: str | None,
    team: str | None,
    owner: str | None,
    source: str | None,
    fields: tuple[str, ...],
    note: str | None,
    ack: bool,
    agent: str | None,
) -> None:
    """Open a case by hand. The policy's rules apply; what you name here beats them. Its team is told.

    The line printed begins with the new case's reference.
    """
    from maildesk.casework.acting import NewMatter, open_case
    from maildesk.config.building import mailbox_called
    from maildesk.daemon.parts import office_of
    from maildesk.desk.policy.channels import channel_called
    from maildesk.desk.policy.rules import Assignment
    from maildesk.mail.message import Address

    desk = settings()
    chosen = mailbox_called(desk, mailbox) if mailbox else desk.mailboxes[0]
    office = office_of(desk)
    matter = NewMatter(
        requester=Address(requester, one_line(name)),
        subject=one_line(subject).strip(),
        text=written(text, "text") if text is not None else "",
        mailbox=chosen.name,
        wanted=Assignment(priority=priority, type=kind, team=team, owner=owner),
        acknowledge=ack,
        channel=channel_called(office.desk.policy, source) if source else "",
        fields=tuple(pairs_of(fields)),
        note=plain(note or ""),
    )
    who = acting(desk, office.desk.people, agent)
    with opened(desk) as store:
        say(office, open_case(store, office, matter, who))
