"""The house stands as drawn: imports run one way, pure rooms stay pure, functions and files stay short."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from fnmatch import filter as filter_names
from pathlib import Path

import pytest

from tests import house
from tests.house import RULES, Module, Rule

ROOT = Path(__file__).parents[1]
SOURCES = [*ROOT.glob("maildesk/**/*.py"), *ROOT.glob("migrations/**/*.py")]
MODULES = [Module(path.relative_to(ROOT).as_posix(), path.read_text()) for path in sorted(SOURCES)]

# Written in two halves, so that this file is not its own first finding.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "crates" + ".io",
    "proxy.golang" + ".org",
]
MACHINE_PATH = re.compile(r"(?<![\w.:/~$}-])/(?:wor" + r"k|roo" + r"t)(?![\w.-])")
STOPWATCH = re.compile(r"\b(?:process_time|thread_time|perf_counter|monotonic)\(")
MADE = re.compile(r"^(?:\.(?!ci/|dockerignore|gitignore)|build/|dist/)|__pycache__|\.egg-info")  # not written


def findings(rule: Rule, *modules: Module) -> list[str]:
    return [str(finding) for module in modules for finding in rule(module)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_in_our_house(rule: Rule) -> None:
    assert len(MODULES) > 10
    found = findings(rule, *MODULES)
    assert not found, "\n".join(["", *found])


def test_whatever_the_rules_allow_is_there() -> None:
    known = {(module.room, name) for module in MODULES for _, name in module.imports() if module.is_ours}
    used = {(room, name.split(".")[1]) for room, name in known if name.startswith("maildesk.")}
    assert {module.room for module in MODULES if module.is_ours and module.room} == house.ARROWS.keys()
    assert {(room, other) for room, others in house.ARROWS.items() for other in others} - used == set()
    inner = {
        (inner_room(module.path), inner_room(name)) for module in MODULES for _, name in module.imports()
    }
    assert {(room, other) for room, others in house.INNER.items() for other in others} - inner == set()
    daemons = {name.rpartition(".")[0] for room, name in known if room == "daemon"}
    assert [each for each in house.DAEMONS_VALUES if not filter_names(daemons, each)] == []
    for library, homes in house.HOMES.items():
        at_home = {
            module.path for module in MODULES for _, name in module.imports() if imports(name, library)
        }
        assert [home for home in homes if not filter_names(at_home, home)] == [], library


def inner_room(name: str) -> str:
    """`desk.case` of maildesk/desk/case/case.py and of maildesk.desk.case.case alike."""
    return ".".join(name.replace("/", ".").split(".")[1:3])


def imports(name: str, library: str) -> bool:
    return name.split(".")[0] == library


# --- the rules can fail ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("maildesk/mail/a.py", "from maildesk.desk.case.case import Case"),
        ("maildesk/mail/a.py", "import maildesk.store.ledger"),
        ("maildesk/mail/a.py", "from ..store import ledger"),
        ("maildesk/mail/a.py", "def f():\n    from maildesk import config"),
        ("maildesk/desk/a.py", "if TYPE_CHECKING:\n    from maildesk.store import ledger"),
        ("maildesk/desk/a.py", "from maildesk.config.settings import Settings"),
        ("maildesk/store/a.py", "from maildesk.transport.smtp import send"),
        ("maildesk/store/a.py", "from maildesk.config import load"),
        ("maildesk/transport/a.py", "from maildesk.mail.message import Address"),
        ("maildesk/config/a.py", "from maildesk.store.database import Database"),
        ("maildesk/daemon/a.py", "from maildesk.cli.main import main"),
        ("maildesk/errors.py", "from maildesk.mail.message import Address"),
        ("maildesk/engine/a.py", "import re"),
    ],
)
def test_an_arrow_that_points_back_is_found(path: str, line: str) -> None:
    assert len(findings(house.arrows_point_one_way, Module(path, line))) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("maildesk/mail/a.py", "from maildesk.errors import Unreadable\nfrom .message import Address"),
        ("maildesk/desk/a.py", "from maildesk.mail.message import Address"),
        ("maildesk/config/a.py", "from maildesk.transport.smtp import SmtpAccount"),
        (
            "maildesk/daemon/a.py",
            "from maildesk.store.ledger import Ledger\nfrom maildesk.config import load",
        ),
        ("maildesk/cli/main.py", "from maildesk.daemon.service import run\nfrom maildesk import __version__"),
        ("maildesk/__main__.py", "from maildesk.cli.main import main"),
        ("maildesk/__init__.py", ""),
    ],
)
def test_an_arrow_that_points_onward_is_fine(path: str, line: str) -> None:
    assert findings(house.arrows_point_one_way, Module(path, line)) == []


@pytest.mark.parametrize(
    ("rule", "path", "line"),
    [
        (house.inner_rooms_stand_in_order, "mail/mime/a.py", "from maildesk.mail.html.text import x"),
        (house.inner_rooms_stand_in_order, "desk/case/a.py", "from maildesk.desk.policy.desk import Desk"),
        (house.inner_rooms_stand_in_order, "desk/letters/a.py", "from maildesk.desk.decisions import acts"),
        (house.pure_rooms_have_only_rooms, "desk/a.py", ""),
        (house.pure_rooms_have_only_rooms, "mail/new/a.py", ""),
        (
            house.the_daemon_takes_no_rule,
            "daemon/a.py",
            "from maildesk.desk.decisions.settling import settle",
        ),
        (house.the_daemon_takes_no_rule, "daemon/a.py", "from maildesk.desk.screening import finding"),
        (house.the_daemon_takes_no_rule, "daemon/a.py", "from maildesk.desk.letters.audiences import who"),
        (house.the_store_makes_no_event, "store/outbox.py", "event = Event(now, kind, by)"),
        (house.decisions_are_told_values, "desk/decisions/a.py", "class Known(Protocol): ..."),
        (house.decisions_are_told_values, "desk/screening/a.py", "def find(case: Callable[[str], C]): ..."),
        (house.decisions_are_told_values, "desk/screening/a.py", "class A:\n    case: Callable[[str], Case]"),
        (
            house.packages_re_export_nothing,
            "desk/case/__init__.py",
            "from maildesk.desk.case.case import Case",
        ),
    ],
)
def test_what_the_rooms_within_may_not_is_found(rule: Rule, path: str, line: str) -> None:
    assert len(findings(rule, Module(f"maildesk/{path}", line))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "line"),
    [
        (house.inner_rooms_stand_in_order, "mail/reading.py", "from maildesk.mail.html.text import x"),
        (house.inner_rooms_stand_in_order, "desk/letters/a.py", "from maildesk.desk.case.case import Case"),
        (house.pure_rooms_have_only_rooms, "mail/a.py", ""),
        (house.the_daemon_takes_no_rule, "daemon/a.py", "from maildesk.desk.screening.heard import hear"),
        (house.the_daemon_takes_no_rule, "casework/a.py", "from maildesk.desk.decisions import acts"),
        (house.the_store_makes_no_event, "store/case_history.py", "event = Event(row.at, kind, row.actor)"),
        (house.decisions_are_told_values, "desk/screening/a.py", "def find(cases: Mapping[str, Case]): ..."),
        (house.decisions_are_told_values, "desk/promises/a.py", "class Stay(Protocol): ..."),
        (house.packages_re_export_nothing, "desk/case/__init__.py", ""),
    ],
)
def test_what_the_rooms_within_may_is_fine(rule: Rule, path: str, line: str) -> None:
    assert findings(rule, Module(f"maildesk/{path}", line)) == []


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("maildesk/transport/imap_wire.py", "from aioimaplib import aioimaplib", 0),
        ("maildesk/transport/smtp.py", "import aioimaplib", 1),
        ("maildesk/daemon/sending.py", "import aiosmtplib", 1),
        ("maildesk/store/ledger.py", "from sqlalchemy import select", 0),
        ("migrations/versions/0001_first.py", "import sqlalchemy as sa\nfrom alembic import op", 0),
        ("maildesk/cli/db.py", "import alembic.command", 1),
        ("maildesk/demo/server.py", "import pymap", 0),
        ("maildesk/cli/demo.py", "import pymap", 1),
        ("maildesk/store/engines.py", "import psycopg", 1),
    ],
)
def test_a_library_away_from_home_is_found(path: str, line: str, found: int) -> None:
    assert len(findings(house.libraries_stay_at_home, Module(path, line))) == found


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("maildesk/daemon/sending.py", "from maildesk.transport.smtp import SmtpConnection", 1),
        ("maildesk/cli/delivering.py", "import maildesk.transport.imap_values", 1),
        ("maildesk/daemon/sending.py", "from maildesk.transport.relay import Relay", 0),
        ("maildesk/config/building.py", "from maildesk.transport.imap import ImapServer", 0),
        ("maildesk/transport/imap.py", "from maildesk.transport.imap_wire import Wire", 0),
    ],
)
def test_a_wire_before_its_port_is_found(path: str, line: str, found: int) -> None:
    assert len(findings(house.wires_stay_behind_their_ports, Module(path, line))) == found


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("maildesk/daemon/receiving.py", "x = one.uid", 1),
        ("maildesk/daemon/receiving.py", "x = one.key[1]", 1),
        ("maildesk/cli/inbox.py", "x = key[0]", 1),
        ("maildesk/daemon/receiving.py", "x = known[one.key]", 0),
        ("maildesk/store/ledger.py", "x = one.key[1]", 0),
        ("maildesk/transport/imap.py", "x = one.uid", 0),
    ],
)
def test_a_key_that_is_taken_apart_is_found(path: str, line: str, found: int) -> None:
    assert len(findings(house.keys_are_opaque, Module(path, line))) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = party.address == author", 1),
        ("x = one != case.owner", 1),
        ("x = told.lower() == author.address.lower()", 1),
        ("x = address not in (hand.address, case.owner)", 1),
        ("x = same_address(party.address, author)", 0),
        ("x = party.address in proven", 0),
        ("x = author.why == OWN_ADDRESS", 0),
        ("x = separator in address or author is None or sender == ''", 0),
        ("query = rows.where(c.author == author)", 0),
    ],
)
def test_addresses_that_are_compared_as_they_are_spelled_are_found(line: str, found: int) -> None:
    module = Module("maildesk/desk/a.py", line)
    assert len(findings(house.addresses_are_compared_in_any_spelling, module)) == found


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "import os.path",
        "from asyncio import sleep",
        "import aiofiles",
        "import time",
        "from pathlib import Path",
        "from urllib.request import urlopen",
        "x = datetime.now(UTC)",
        "x = datetime.datetime.utcnow()",
        "x = date.today()",
        "x = open('a')",
        "def f():\n    global seen",
        "print('here')",
    ],
)
def test_a_pure_room_that_reaches_out_is_found(line: str) -> None:
    assert len(findings(house.pure_rooms_reach_for_nothing, Module("maildesk/desk/a.py", line))) == 1
    assert findings(house.pure_rooms_reach_for_nothing, Module("maildesk/daemon/a.py", line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import datetime, time",
        "from pathlib import PurePosixPath",
        "from io import BytesIO",
        "from urllib.parse import quote",
        "x = self.calendar.now",
        "def decide(case, now): return now.today",
    ],
)
def test_values_in_a_pure_room_are_fine(line: str) -> None:
    assert findings(house.pure_rooms_reach_for_nothing, Module("maildesk/mail/a.py", line)) == []


@pytest.mark.parametrize(
    ("rule", "module"),
    [
        (house.modules_have_names, Module("maildesk/mail/utils.py", "")),
        (house.modules_open_with_a_sentence, Module("maildesk/mail/a.py", "import re")),
        (house.docstrings_begin_with_a_verb_or_a_noun, Module("maildesk/mail/a.py", '"""What it is."""')),
        (
            house.docstrings_begin_with_a_verb_or_a_noun,
            Module("maildesk/mail/a.py", 'def f():\n    """Whether it is."""'),
        ),
        (
            house.docstrings_begin_with_a_verb_or_a_noun,
            Module("maildesk/mail/a.py", 'class A:\n    at: int\n    """When, in UTC."""'),
        ),
        (house.functions_are_short, Module("maildesk/mail/a.py", "def f():\n" + "    pass\n" * 60)),
        (
            house.functions_are_short,
            Module("maildesk/mail/a.py", "class A:\n async def f():\n" + "  x\n" * 60),
        ),
        (house.files_are_short, Module("maildesk/mail/a.py", "x\n" * 401)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_has_no_name_no_sentence_or_no_end_is_found(rule: Rule, module: Module) -> None:
    assert len(findings(rule, module)) == 1


@pytest.mark.parametrize(
    ("rule", "module"),
    [
        (house.modules_open_with_a_sentence, Module("maildesk/mail/a.py", '"""What it is."""')),
        (
            house.docstrings_begin_with_a_verb_or_a_noun,
            Module("maildesk/mail/a.py", 'def f():\n    """Tell whether it is."""\n    x = "What"'),
        ),
        (house.functions_are_short, Module("maildesk/mail/a.py", "def f():\n" + "    pass\n" * 59)),
        (house.files_are_short, Module("maildesk/mail/a.py", "x\n" * 400)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_just_short_enough_is_fine(rule: Rule, module: Module) -> None:
    assert findings(rule, module) == []


# --- tests that stand on nothing -------------------------------------------------------------------

SERVERS = (
    "multiprocessing socket sqlalchemy subprocess tests.world maildesk.store.database maildesk.store.engines"
)
STARTS = re.compile(
    r"\b(?:create_subprocess_\w+|start_server|open_connection|dovecot|postgres|database_url)\b"
)


def stands_on(module: Module) -> Iterator[str]:
    """What a test starts, opens or asks for beside values and files of its own."""
    for line, name in module.imports():
        if any(f"{name}.".startswith(f"{each}.") for each in SERVERS.split()):
            yield f"{module.path}:{line}: imports {name}"
    for number, text in enumerate(module.source.splitlines(), start=1):
        if found := STARTS.search(text):
            yield f"{module.path}:{number}: {found[0]}"


def test_a_unit_test_starts_no_child_and_opens_no_database() -> None:
    units = [
        Module(path.relative_to(ROOT).as_posix(), path.read_text())
        for path in ROOT.glob("tests/unit/**/*.py")
    ]
    assert len(units) > 50
    assert [found for unit in units for found in stands_on(unit)] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import subprocess", True),
        ("from tests.world.dovecot import Dovecot", True),
        ("from maildesk.store.database import Database", True),
        ("async def test_a(dovecot): ...", True),
        ("child = await asyncio.create_subprocess_exec('true')", True),
        ("from maildesk.store.outbox import LetterState", False),
        ("from tests.unit.desk.matters import BOS", False),
    ],
)
def test_what_a_unit_test_may_not_stand_on_is_found(line: str, found: bool) -> None:
    assert any(stands_on(Module("tests/unit/a.py", line))) == found


# --- the whole repository -------------------------------------------------------------------------


def repository_texts() -> Iterator[tuple[str, str]]:
    """Every text file that git knows or would take, or, without git, every one outside of builds."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split(
            "\0"
        )
        paths = [ROOT / name for name in names if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in ROOT.rglob("*") if not MADE.search(path.relative_to(ROOT).as_posix())]
    for path in paths:
        if path.is_file():
            try:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # not a text, or a mail in an old charset


def lookouts(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        for host in REGISTRIES:
            if host in line:
                yield f"{name}:{number}: names the registry {host}; which one is used is the machine's matter"
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: a path of one machine"


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    texts = list(repository_texts())
    assert len(texts) > 20
    found = [finding for name, text in texts for finding in lookouts(name, text)]
    assert not found, "\n".join(["", *found])


def test_no_test_holds_a_stopwatch() -> None:
    """What is slow is only slow; cost is compared with cost, and servers that do not come up are given up."""
    allowed = {"tests/attacks/test_freezing.py", "tests/cost.py", "tests/world/processes.py"}
    found = {
        name for name, text in repository_texts() if name.startswith("tests/") and STOPWATCH.search(text)
    }
    assert found == allowed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("--index-url https://" + REGISTRIES[0] + "/simple", 1),
        ("cd /wor" + "k/main", 1),
        ("see /roo" + "t/.netrc", 1),
        ("in '/roo" + "t'", 1),
        ("https://example.com/work/root", 0),
        ("$HOME/work/mail", 0),
        ("/workshop", 0),
    ],
)
def test_the_lookouts_can_see(line: str, found: int) -> None:
    assert len(list(lookouts("a.txt", line))) == found
