"""`maildesk policy explain`: the customers' help page, from what the policy promises."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import click

from maildesk.cli.desks import now_of
from maildesk.cli.invocation import command, settings, settings_if_any


class Form(StrEnum):
    """The forms in which the page can be written."""

    MARKDOWN = "markdown"
    HTML = "html"
    TEXT = "text"


_EXAMPLE = """\
maildesk policy explain -c config.yaml
maildesk policy explain policies/draft.yaml --format html --lang pt-BR"""


@command("explain", _EXAMPLE)
@click.argument("file", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Form]),
    default=Form.MARKDOWN.value,
    show_default=True,
    help="The form of the page.",
)
@click.option(
    "--lang", metavar="TAG", help="The language of the page, by default the first of the policy: de, pt-BR."
)
def explain(file: Path | None, form: str, lang: str | None) -> None:
    """Write the customers' help page from a policy file, by default the configuration's own.

    It says what is promised and how a case goes on and ends, with an example computed for the next Friday,
    and nothing that the desk does not do. Its words are the template help-page: `maildesk init --template`
    copies it. Address and looking at the mailbox come from the configuration; without one they are left out.
    """
    from maildesk.config.explaining import explained, page_language
    from maildesk.config.named_policy import policy
    from maildesk.config.policy_file import load_policy
    from maildesk.desk.letters.help_page_forms import html_of, text_of

    if file:
        desk = settings_if_any()
        found = load_policy(file, timezone=desk.desk.timezone if desk else "UTC")
    else:
        desk = settings()
        found = policy(desk)
    language = page_language(found, desk, lang)
    markdown = explained(found, desk, now_of(desk), language)
    match Form(form):
        case Form.MARKDOWN:
            written = markdown
        case Form.HTML:
            written = html_of(markdown, found.name, language)
        case Form.TEXT:
            written = text_of(markdown)
    click.echo(written, nl=False)
