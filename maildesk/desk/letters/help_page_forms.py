"""The customers' help page in its three forms: Markdown from a template, HTML and plain text from that."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from html import escape
from typing import Final

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from maildesk.desk.case.told import said
from maildesk.desk.letters.language import Language
from maildesk.desk.letters.template_files import problem_of
from maildesk.desk.policy.help_page import HelpPage
from maildesk.desk.policy.usual_questions import answer_named

TEMPLATE: Final = "{folder}/help-page.md"
"""The place of the template of a language below `templates/`."""

_WIDTH: Final = 78


def markdown_of(template: str, page: HelpPage, language: Language, file: str) -> str:
    """Fill in the template of that name below `templates/`; raises TemplateProblem naming its line where it
    fails.

    Whatever the policy says is words, and never markup: each value is escaped as it is put in.
    """
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(lambda name: (template, f"templates/{name}", None)),
        undefined=jinja2.StrictUndefined,
        autoescape=True,  # macros then give what is escaped already; `finalize` does the escaping
        finalize=lambda value: _escaped(said(value, language) if isinstance(value, str) else value),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "words": language.word,
        "answer": lambda answer: said(answer_named(answer), language),
        "place": language.place,
    }
    try:
        filled = environment.get_template(file).render(page=page)
    except Exception as problem:  # a template may go wrong in as many ways as a program
        raise problem_of(problem, file) from problem
    lines = "\n".join(_SPACES.sub(" ", line.rstrip()) for line in filled.splitlines())
    return _EMPTY_LINES.sub("\n\n", lines).strip() + "\n"


_SPACES: Final = re.compile(r"(?<=\S) +")
_SPACE: Final = re.compile(r"\s")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def html_of(markdown: str, title: str, language: str) -> str:
    """Write the Markdown as a whole page of HTML."""
    body = _reader().render(markdown)
    head = f'<meta charset="utf-8">\n<title>{escape(title)}</title>'
    opened = f'<!doctype html>\n<html lang="{escape(language)}">'
    return f"{opened}\n<head>\n{head}\n</head>\n<body>\n{body}</body>\n</html>\n"


def text_of(markdown: str) -> str:
    """Write the Markdown as plain text, as it could stand in a mail."""
    tree = SyntaxTreeNode(_reader().parse(markdown))
    return "\n\n".join(block for each in tree.children for block in _blocks(each)) + "\n"


def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


_MARKUP: Final = re.compile(
    r"[\\`*\[\]<>|~]|(?<!\w)_|_(?!\w)|&(?=[#\w]+;)|^[#+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]"
)


def _escaped(value: object) -> Markup:
    """A value as Markdown that shows it letter by letter, on one line."""
    if isinstance(value, Markup):
        return value
    return Markup(_MARKUP.sub(r"\\\g<0>", _SPACE.sub(" ", str(value))))  # noqa: S704 - Markdown, and escaped


# --- plain text -------------------------------------------------------------------------------------


def _blocks(node: SyntaxTreeNode) -> Iterator[str]:
    if node.type == "heading":
        title = _words(node)
        yield f"{title}\n{('=' if node.tag == 'h1' else '-') * len(title)}"
    elif node.type in {"bullet_list", "ordered_list"}:
        yield "\n".join(_hung("- ", _words(item)) for item in node.children)
    elif node.type == "table":
        yield from _table(node)
    elif node.type == "blockquote":
        yield from (block for each in node.children for block in _blocks(each))
    else:
        yield _hung("", _words(node))


def _table(node: SyntaxTreeNode) -> Iterator[str]:
    """Each row as a small list under its first cell: a reader's window may be narrow."""
    head, *rows = [[_words(cell) for cell in row.children] for part in node.children for row in part.children]
    for first, *others in rows:
        told = zip(head[1:], others, strict=True)
        yield "\n".join([first, *(_hung("  ", f"{name}: {cell}") for name, cell in told)])


def _hung(mark: str, words: str) -> str:
    """The words in lines that end between words; an address of the web stays whole."""
    return textwrap.fill(
        words,
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _words(node: SyntaxTreeNode) -> str:
    """The words of all that is in a node, without marks."""
    if node.type in {"softbreak", "hardbreak"}:
        return " "
    if not node.children:
        return node.content if node.type in {"text", "code_inline", "code_block", "fence"} else ""
    between = " " if node.type == "list_item" else ""
    return between.join(map(_words, node.children))
