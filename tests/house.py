"""The rules of the house, read from the source: which room may know which, and what a pure room never does.

Each rule is a function from one module to its findings; `RULES` is the list of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

# Room → the rooms it may import. Nothing points back: cli → daemon → casework → store → desk → mail.
_CORE = frozenset({"errors", "mail", "desk"})

ARROWS: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "mail": frozenset({"errors"}),
    "desk": frozenset({"errors", "mail"}),
    "pages": frozenset({"desk"}),
    "store": _CORE,
    "casework": _CORE | {"store", "pages"},
    "simulating": _CORE | {"store", "casework"},
    "importing": _CORE | {"store", "casework", "simulating"},
    "transport": frozenset({"errors"}),
    "config": _CORE | {"transport", "pages"},
    "daemon": _CORE | {"store", "casework", "transport", "config", "pages"},
    "demo": frozenset({"errors", "mail", "cli"}),
    "cli": _CORE | {"store", "casework", "simulating", "importing", "config", "daemon", "pages"},
}

# Within the two pure rooms: room → the rooms it may import; files at the door of mail are free.
INNER: dict[str, frozenset[str]] = {
    "mail.mime": frozenset(),
    "mail.html": frozenset({"mail.mime"}),
    "mail.identity": frozenset({"mail.mime"}),
    "mail.reply": frozenset({"mail.html"}),
    "mail.automatic": frozenset({"mail.html", "mail.identity", "mail.mime"}),
    "desk.case": frozenset(),
    "desk.promises": frozenset({"desk.case"}),
    "desk.policy": frozenset({"desk.case", "desk.promises"}),
    "desk.figures": frozenset({"desk.case", "desk.promises", "desk.policy"}),
    "desk.letters": frozenset({"desk.case", "desk.policy"}),
    "desk.screening": frozenset({"desk.case", "desk.policy"}),
    "desk.decisions": frozenset(
        {"desk.case", "desk.promises", "desk.policy", "desk.letters", "desk.screening"}
    ),
}

# What the daemon may know of desk/: values that it hands on, and the letters that it checks. No rule.
DAEMONS_VALUES = (
    "maildesk.desk.case.events",
    "maildesk.desk.case.guarantee",
    "maildesk.desk.case.told",
    "maildesk.desk.letters.language_words",
    "maildesk.desk.letters.letter_limits",
    "maildesk.desk.letters.letter_trial",
    "maildesk.desk.letters.letter_writer",
    "maildesk.desk.letters.sample",
    "maildesk.desk.letters.saved_replies",
    "maildesk.desk.letters.stand_ins",
    "maildesk.desk.letters.template_problem",
    "maildesk.desk.letters.templates",
    "maildesk.desk.policy.desk",
    "maildesk.desk.screening.heard",
)

# Library → the only files that may import it.
HOMES: dict[str, tuple[str, ...]] = {
    "aioimaplib": ("maildesk/transport/imap*.py",),
    "aiosmtplib": ("maildesk/transport/smtp*.py",),
    "sqlalchemy": ("maildesk/store/*.py", "migrations/*.py"),
    "alembic": ("maildesk/store/*.py", "migrations/*.py"),
    "babel": ("maildesk/desk/letters/language.py",),
    # Extras: a daemon runs without them, so nothing else may need them.
    "psycopg": (),  # SQLAlchemy finds it by the URL of a database
    "py3langid": ("maildesk/daemon/words_language.py",),
    "cryptography": ("maildesk/transport/token_signing.py",),
    "resvg_py": ("maildesk/casework/pictures.py",),
    "pymap": ("maildesk/demo/*.py",),
    "aiosmtpd": ("maildesk/demo/*.py",),
}

# All that other rooms may know of the transport, and what they may not look for in a message's key.
PORTS = ("mailbox", "relay", "tokens")
IMAP_NUMBERS = frozenset({"uid", "uids", "uidvalidity", "uidnext"})

# Names of addresses; columns, constants and texts are spelled alike wherever they stand.
AN_ADDRESS = re.compile(
    r"(?:^|[._])(?:address|addr_spec|author|requester|owner|recipient|sender|spoken_by|lead)(?:\.lower\(\))?$"
)
SPELLED_ALIKE = re.compile(r"(?:^|\.)[a-z]\.\w+$|^[A-Z_]+$|^'")

PURE_ROOMS = frozenset({"mail", "desk", "pages"})
OUTSIDE = """
    asyncio concurrent fileinput glob http imaplib io logging multiprocessing os poplib select selectors
    shutil signal smtplib socket socketserver sqlite3 ssl subprocess sys tempfile threading time
    urllib.request alembic click psycopg pydantic rich sqlalchemy
"""
PURE_OF_OUTSIDE = frozenset({"io.BytesIO", "io.StringIO", "pathlib.PurePath", "pathlib.PurePosixPath"})
CLOCKS = frozenset({"now", "utcnow", "today"})
HANDS = frozenset({"open", "print", "input", "exec", "eval", "__import__"})

# A docstring that begins with one of these is read to its end before it says what it is about.
OPENERS = """
    what whatever whether who whoever whose whom which where when how why of by from those that
"""
NAMELESS = frozenset({"utils", "util", "helpers", "misc"})
FUNCTION_AT_MOST = 60
FILE_AT_MOST = 400


@dataclass(frozen=True)
class Module:
    """One source file: where it is, below the top of the repository, and what it says."""

    path: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, self.path)

    @property
    def room(self) -> str:
        """`mail` of maildesk/mail/message.py, `errors` of maildesk/errors.py; empty for maildesk itself."""
        parts = Path(self.path).with_suffix("").parts[1:]
        first = parts[0] if parts else ""
        return {"__init__": "", "__main__": "cli"}.get(first, first)

    @property
    def is_ours(self) -> bool:
        return self.path.startswith("maildesk/")

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree: most rules look at each, and a walk costs more than the looking."""
        return tuple(ast.walk(self.tree))

    def imports(self) -> tuple[tuple[int, str], ...]:
        """(line, full name) of everything imported anywhere in the file, for type checking only too."""
        return self._imported

    @cached_property
    def _imported(self) -> tuple[tuple[int, str], ...]:
        return tuple(self._names())

    def _names(self) -> Iterator[tuple[int, str]]:
        package = Path(self.path).parent.parts
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) - node.level + 1] if node.level else ()
                base = ".".join([*above, *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule is broken."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


Rule = Callable[[Module], Iterator[Finding]]


def arrows_point_one_way(module: Module) -> Iterator[Finding]:
    if not module.is_ours or not module.room:
        return
    allowed = ARROWS.get(module.room)
    if allowed is None:
        yield Finding(
            module.path, 1, f"{module.room} is no room of the house; add it to ARROWS with what it may know"
        )
        return
    for line, name in module.imports():
        room = name.split(".")[1] if name.startswith("maildesk.") else ""
        if room in ARROWS and room != module.room and room not in allowed:
            yield Finding(module.path, line, f"{module.room} may not know {room} ({name})")


def inner_rooms_stand_in_order(module: Module) -> Iterator[Finding]:
    here = ".".join(Path(module.path).parts[1:3])
    if not module.is_ours or len(Path(module.path).parts) < 4 or here not in INNER:
        return
    for line, name in module.imports():
        there = ".".join(name.split(".")[1:3])
        if there in INNER and there.split(".")[0] == module.room and there not in INNER[here] | {here}:
            yield Finding(module.path, line, f"{here} may not know {there} ({name})")


def pure_rooms_have_only_rooms(module: Module) -> Iterator[Finding]:
    """desk/ has no file at its door; every folder of the two is a room that stands in INNER."""
    parts = Path(module.path).parts
    if not module.is_ours or module.room not in PURE_ROOMS or module.path.endswith("__init__.py"):
        return
    if len(parts) > 3 and f"{parts[1]}.{parts[2]}" not in INNER:
        yield Finding(module.path, 1, f"{parts[1]}/{parts[2]} is no room of the house; add it to INNER")
    if len(parts) == 3 and parts[1] == "desk":
        yield Finding(module.path, 1, "desk/ has rooms only: put it into one of them")


def the_daemon_takes_no_rule(module: Module) -> Iterator[Finding]:
    """What the desk decides reaches the daemon by way of casework."""
    if module.is_ours and module.room == "daemon":
        for line, name in module.imports():
            known = any(fnmatch(name.rpartition(".")[0], each) for each in DAEMONS_VALUES)
            if name.startswith("maildesk.desk.") and not known:
                yield Finding(
                    module.path, line, f"the daemon takes no rule of desk but through casework ({name})"
                )


def the_store_makes_no_event(module: Module) -> Iterator[Finding]:
    """The store builds an event from a row, in one file; what happened is decided elsewhere."""
    if module.is_ours and module.room == "store" and not module.path.endswith("store/case_history.py"):
        for node in module.nodes:
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Event", "events.Event"}:
                yield Finding(module.path, node.lineno, "the store builds an event only from a row")


def decisions_are_told_values(module: Module) -> Iterator[Finding]:
    """What decides is handed what is known: no store, and no function that looks something up by a name."""
    if not module.path.startswith(("maildesk/desk/decisions/", "maildesk/desk/screening/")):
        return
    for node in module.nodes:
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases):
            yield Finding(module.path, node.lineno, f"{node.name} is told, not asked: make it a value")
        given = node.annotation if isinstance(node, ast.arg | ast.AnnAssign) else None
        if given and "Callable[[str], " in ast.unparse(given):
            yield Finding(module.path, given.lineno, "looks something up: hand over a Mapping")


def packages_re_export_nothing(module: Module) -> Iterator[Finding]:
    if module.path.endswith("/__init__.py") and Path(module.path).parts[1:-1]:
        for line, name in module.imports():
            if not name.startswith("__future__"):
                yield Finding(module.path, line, f"an __init__ re-exports nothing ({name})")


def libraries_stay_at_home(module: Module) -> Iterator[Finding]:
    for line, name in module.imports():
        library = name.split(".")[0]
        homes = HOMES.get(library, ("*",))
        if not any(fnmatch(module.path, home) for home in homes):
            yield Finding(
                module.path, line, f"{library} is imported only in {' and '.join(homes) or 'no file'}"
            )


def wires_stay_behind_their_ports(module: Module) -> Iterator[Finding]:
    """Which transport it is, is known to the transport itself and to where the configuration is read."""
    if not module.is_ours or module.room in {"transport", "config"}:
        return
    for line, name in module.imports():
        if name.startswith("maildesk.transport.") and name.split(".")[2] not in PORTS:
            yield Finding(module.path, line, f"{module.room} may know {' and '.join(PORTS)} only ({name})")


def keys_are_opaque(module: Module) -> Iterator[Finding]:
    """The ledger's key for a message is taken apart by the wire and the store."""
    if module.room not in {"daemon", "cli", "config"}:
        return
    for node in module.nodes:
        if isinstance(node, ast.Subscript):
            looks = ast.unparse(node.value).rpartition(".")[2] == "key"
        else:
            looks = isinstance(node, ast.Attribute) and node.attr in IMAP_NUMBERS
        if looks and isinstance(node, ast.expr):
            yield Finding(module.path, node.lineno, f"{ast.unparse(node)} looks into a message's key")


def addresses_are_compared_in_any_spelling(module: Module) -> Iterator[Finding]:
    """Two addresses are compared by `same_address`, one with many by `Addresses` or `ByAddress`."""
    if not module.is_ours or module.path.endswith("/addr_spec.py"):
        return
    for node in module.nodes:
        if isinstance(node, ast.Compare):
            sides = [ast.unparse(each) for each in (node.left, *node.comparators)]
            listed = isinstance(node.comparators[0], ast.Tuple | ast.List | ast.Set)
            bare = isinstance(node.ops[0], ast.Eq | ast.NotEq) and not any(map(SPELLED_ALIKE.search, sides))
            if (bare or listed) and any(map(AN_ADDRESS.search, sides[:1] if listed else sides)):
                yield Finding(module.path, node.lineno, f"{ast.unparse(node)} compares spellings")


def pure_rooms_reach_for_nothing(module: Module) -> Iterator[Finding]:
    if not module.is_ours or module.room not in PURE_ROOMS:
        return
    for line, name in module.imports():
        if name not in PURE_OF_OUTSIDE and (_is_outside(name) or name.startswith(("aio", "pathlib"))):
            yield Finding(module.path, line, f"{module.room} is pure and may not import {name}")
    for node in module.nodes:
        if isinstance(node, ast.Global):
            yield Finding(module.path, node.lineno, f"{module.room} is pure and keeps no global state")
        if isinstance(node, ast.Call) and (reach := _reaches_for(node.func)):
            yield Finding(module.path, node.lineno, f"{module.room} is pure and may not call {reach}()")


def _is_outside(name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[: n + 1]) in OUTSIDE.split() for n in range(len(parts)))


def _reaches_for(called: ast.expr) -> str | None:
    """The name of a called function that does I/O or asks the clock, else None."""
    if isinstance(called, ast.Name) and called.id in HANDS:
        return called.id
    if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
        whose = ast.unparse(called.value)
        if whose.rpartition(".")[2] in {"datetime", "date"}:
            return f"{whose}.{called.attr}"
    return None


def modules_have_names(module: Module) -> Iterator[Finding]:
    for part in Path(module.path).with_suffix("").parts:
        if part in NAMELESS:
            yield Finding(module.path, 1, f"`{part}` says nothing; name the noun")


def modules_open_with_a_sentence(module: Module) -> Iterator[Finding]:
    if module.is_ours and not ast.get_docstring(module.tree):
        yield Finding(module.path, 1, "no docstring: one sentence says what the module is")


def docstrings_begin_with_a_verb_or_a_noun(module: Module) -> Iterator[Finding]:
    """A docstring says at once what a function does or what a thing is: many readers are not native."""
    if not module.is_ours:
        return
    for node in module.nodes:
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                first = text.split(maxsplit=1)[:1]
                if first and first[0].strip(",:;.").lower() in OPENERS.split():
                    yield Finding(module.path, node.lineno, f"{first[0]} begins a docstring: say what it is")


def functions_are_short(module: Module) -> Iterator[Finding]:
    for node in module.nodes if module.is_ours else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_AT_MOST:
                what = f"{node.name} has {lines} lines; {FUNCTION_AT_MOST} is the end, 40 the aim"
                yield Finding(module.path, node.lineno, what)


def files_are_short(module: Module) -> Iterator[Finding]:
    lines = len(module.source.splitlines())
    if module.is_ours and lines > FILE_AT_MOST:
        what = f"{lines} lines; {FILE_AT_MOST} is the end, 300 the aim: split by noun"
        yield Finding(module.path, lines, what)


RULES: tuple[Rule, ...] = (
    arrows_point_one_way,
    inner_rooms_stand_in_order,
    pure_rooms_have_only_rooms,
    the_daemon_takes_no_rule,
    the_store_makes_no_event,
    decisions_are_told_values,
    packages_re_export_nothing,
    libraries_stay_at_home,
    wires_stay_behind_their_ports,
    keys_are_opaque,
    addresses_are_compared_in_any_spelling,
    pure_rooms_reach_for_nothing,
    modules_have_names,
    modules_open_with_a_sentence,
    docstrings_begin_with_a_verb_or_a_noun,
    functions_are_short,
    files_are_short,
)
