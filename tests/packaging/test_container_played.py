"""The container's steps, done as the Dockerfile writes them with the files it copies; its program answers."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import signal
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from maildesk import __version__
from maildesk.mail.identity.keys import SECRET_BYTES, KeyRing
from tests.packaging.test_lock import ROOT
from tests.world.container import Container, Done, let_through, missing, stages_of
from tests.world.smtp_server import SmtpServer
from tests.world.wheels import lock_of

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

CONFIG = """\
desk: {{name: Acme Support, address: support@desk.example.org, tag: Acme, secret: {{file: secret.key}}}}
store: {{url: "sqlite:////var/lib/maildesk/desk.db"}}
mailboxes: [{{name: support, address: support@desk.example.org, source: pipe}}]
smtp: {{host: 127.0.0.1, port: {port}, security: none}}
people: {{operators: [ops@desk.example.org]}}
"""
MINE = ("-c", "/etc/maildesk/config.yaml")


@dataclass(frozen=True)
class Image:
    """The built container, and the libraries that it borrows from the tests where it has none of its own."""

    container: Container
    libraries: dict[str, str]

    async def says(self, *words: str) -> Done:
        """What its program says; meanwhile the servers of the test go on."""
        return await asyncio.to_thread(self.container.run, *words, **self.libraries)


def context(folder: Path) -> Path:
    """What the engine gets of the source."""
    for name in let_through(ROOT):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, target)
    return folder


@pytest.fixture(scope="module", params=["no library", pytest.param("every library", marks=pytest.mark.long)])
def image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    room, given = tmp_path_factory.mktemp("room"), context(tmp_path_factory.mktemp("context"))
    libraries = {}
    if request.param == "no library":
        lock_of(["setuptools"], given).replace(given / "packaging/runtime.lock")
        libraries = {"PYTHONPATH": sysconfig.get_path("purelib")}
    container = Container(room, given, stages_of(ROOT / "Dockerfile"))
    yield Image(container, libraries)
    container.stop()


async def test_it_answers_as_what_it_was_built_of(image: Image) -> None:
    answer = await image.says("--version")
    assert answer == Done(0, f"maildesk {__version__}\n")
    where = image.container.shell("head -n 1 $(command -v maildesk); id -u; pwd").out
    program, *rest = where.split()
    assert program.startswith("#!/opt/maildesk/bin/python")
    assert rest == ["10001", "/var/lib/maildesk"]


async def test_nothing_in_it_installs_more(image: Image) -> None:
    for python in ("python", "/opt/maildesk/bin/python"):
        assert "No module named pip" in image.container.shell(f"{python} -m pip --version").out
    assert image.container.shell("ls /opt/maildesk/bin/pip*").status != 0


async def test_its_desk_is_made_checked_and_run_where_only_its_state_can_be_written(image: Image) -> None:
    relay = await SmtpServer.start()
    outside = image.container.from_outside
    outside("cat >etc/maildesk/config.yaml", CONFIG.format(port=relay.port).encode())
    key = KeyRing.generate(secrets.token_bytes(SECRET_BYTES)).render()
    outside("cat >etc/maildesk/secret.key", key.encode())
    outside("chmod 600 etc/maildesk/secret.key && chown 10001 etc/maildesk/secret.key")
    image.container.seal()
    assert "Read-only file system" in image.container.shell("touch /opt/maildesk/x").out

    lost = await image.says("check", *MINE)
    assert lost.status == 1
    assert "maildesk db upgrade --new" in lost.out
    assert (await image.says("db", "upgrade", "--new", *MINE)).status == 0
    checked = await image.says("check", *MINE)
    assert checked.status == 0, checked.out
    assert "FAIL" not in checked.out

    daemon = await asyncio.create_subprocess_exec(
        *image.container.command(**image.libraries), stderr=asyncio.subprocess.PIPE
    )
    assert daemon.stderr is not None
    while b" ready " not in (line := await daemon.stderr.readline()):
        assert line, "the daemon ended before it was ready"
    assert (await image.says("health", *MINE)).status == 0
    daemon.send_signal(signal.SIGTERM)
    await daemon.communicate()
    assert daemon.returncode == 0
    await relay.stop()
