"""A Dockerfile played without an engine: each stage is a layer over this computer's own files.

What `FROM` names is not fetched: its Python is one like that of the tests, where the image keeps its own.
Everything else is done as written: COPY from what `.dockerignore` lets through, RUN, ENV, WORKDIR, USER, the
entry and its words. All of it is gone with the test.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from tests.world.processes import LAUNCHER, PATIENCE

Instructions = list[tuple[str, str]]

_IMAGES_PYTHON = "/usr/local/image"
_PATH = f"{_IMAGES_PYTHON}/bin:/usr/local/bin:/usr/bin:/bin"
_ROOM = """
set -eu
room=$1 stages=$2 python=$3 packages=$4
shift 4
mount -t tmpfs -o mode=755 tmpfs "$room"
"$python" -m venv --without-pip "$room/python"
cp -a "$packages"/pip "$packages"/pip-*.dist-info "$room"/python/lib/python3*/site-packages
for stage in $(seq "$stages"); do
    cd "$room"
    mkdir -p "$stage/upper" "$stage/work" "$stage/root"
    cd "$stage"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" root
    cd root
    rm -rf opt/maildesk src var/lib/maildesk etc/maildesk
    mount --rbind /proc proc
    mount --rbind /dev dev
    mount -t tmpfs -o mode=1777 tmpfs tmp
    for needed in "$@"; do
        # Other disks are no part of the layer below; and the last user is nobody that this computer knows.
        [ -e ".$needed" ] || { mkdir -p ".$needed"; mount --rbind "$needed" ".$needed"; }
        while [ "$needed" != / ]; do chmod o+x ".$needed"; needed=$(dirname "$needed"); done
    done
    mkdir usr/local/image etc/maildesk
    mount --bind "$room/python" usr/local/image
done
echo ready
exec sleep infinity
"""


def stages_of(dockerfile: Path) -> list[Instructions]:
    """The instructions of a Dockerfile, one list for each stage."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile.read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    found: list[Instructions] = []
    for word, _, rest in (line.partition(" ") for line in lines if line.strip()):
        if word == "FROM":
            found.append([])
        found[-1].append((word, " ".join(rest.split())))
    return found


def let_through(folder: Path) -> set[str]:
    """The names that go to the engine: `.dockerignore` refuses all and lets some through again."""
    lines = (folder / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    return {line[1:] for line in lines if line.startswith("!")}


def missing() -> str | None:
    """What keeps this computer from playing one."""
    if os.geteuid() != 0:
        return "layers over this computer's files are root's alone to lay"
    lacking = [name for name in ("unshare", "nsenter", "setpriv") if shutil.which(name) is None]
    return f"{lacking[0]} is not installed" if lacking else None


@dataclass
class Stage:
    """One stage: where its files are, seen from within the room, and how its next step begins."""

    files: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": _PATH})
    folder: str = "/"
    user: str = "0:0"
    entry: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Done:
    """What a command in the container printed, and its exit code."""

    status: int
    out: str

    def must(self, what: str) -> str:
        """What it printed; a failure is an error that shows it."""
        assert self.status == 0, f"{what}: exit {self.status}\n{self.out}"
        return self.out


class Container:
    """The stages of one Dockerfile, in a mount namespace of their own that `stop` ends."""

    def __init__(self, room: Path, context: Path, stages: list[Instructions]) -> None:
        self._context = context
        self._named: dict[str, Stage] = {}
        self._stages = [Stage(room / f"{number}/root") for number in range(1, len(stages) + 1)]
        needed = [sys.base_prefix, sys.prefix, str(context)]
        command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private"]
        python = [sys.executable, sysconfig.get_path("purelib")]
        command += ["sh", "-c", _ROOM, "room", str(room), str(len(stages)), *python, *needed]
        self._running = LAUNCHER.submit(
            subprocess.Popen[str], command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ).result()
        assert self._running.stdout is not None
        if self._running.stdout.readline() != "ready\n":
            raise RuntimeError(f"the layers could not be laid: exit {self._running.wait(PATIENCE)}")
        for stage, instructions in zip(self._stages, stages, strict=True):
            for word, rest in instructions:
                self._play(stage, word, rest)

    def stop(self) -> None:
        self._running.kill()
        self._running.wait(PATIENCE)

    def command(self, *words: str, **variables: str) -> list[str]:
        """The words that run the container's program as its engine would: its user, its environment."""
        last = self._stages[-1]
        given = [f"{name}={value}" for name, value in variables.items()]
        return self._within(_inside(last, ["env", *given, *last.entry, *(words or last.words)]))

    def run(self, *words: str, **variables: str) -> Done:
        """Run the program to its end, with these words in the place of its own."""
        return _done(self.command(*words, **variables))

    def shell(self, script: str) -> Done:
        """A script as the container's user, in the place of its program."""
        return _done(self._within(_inside(self._stages[-1], ["sh", "-c", script])))

    def from_outside(self, script: str, given: bytes = b"") -> None:
        """A script of root's beside the container, in the folder that is its root."""
        words = ["sh", "-ec", f"cd {shlex.quote(str(self._stages[-1].files))}\n{script}"]
        _done(self._within(words), given).must(script)

    def seal(self) -> None:
        """Leave nothing to write to but /tmp and the state, as `--read-only` and a volume do."""
        self.from_outside("""
            state=var/lib/maildesk
            mount -t tmpfs -o "$(stat -c uid=%u,gid=%g,mode=%a $state)" tmpfs $state
            mount -o remount,ro .
        """)

    def _play(self, stage: Stage, word: str, rest: str) -> None:
        match word:
            case "FROM":
                self._named[rest.partition(" AS ")[2]] = stage
            case "ENV":
                for pair in shlex.split(rest):
                    name, _, value = pair.partition("=")
                    stage.environment[name] = value.replace("$PATH", stage.environment["PATH"])
            case "WORKDIR":
                _done(self._within(_inside(stage, ["mkdir", "-p", rest]))).must(word)
                stage.folder = rest
            case "USER":
                stage.user = rest
            case "COPY":
                self._copy(stage, rest.split())
            case "RUN":
                _done(self._within(_inside(stage, ["sh", "-c", rest]))).must(f"RUN {rest}")
            case "ENTRYPOINT":
                stage.entry = json.loads(rest)
            case "CMD":
                stage.words = json.loads(rest)
            case "VOLUME" | "HEALTHCHECK":
                pass  # for whoever runs it: `seal` mounts the one, a test may call the other
            case _:
                raise NotImplementedError(f"{word} {rest}")

    def _copy(self, stage: Stage, words: list[str]) -> None:
        origin = self._context
        if words[0].startswith("--from="):
            origin = self._named[words.pop(0).partition("=")[2]].files
        *sources, target = words
        into = "into" if len(sources) > 1 or target.endswith("/") else "as"
        place = stage.files / os.path.normpath(f"{stage.folder}/{target}" if target[0] != "/" else target)[1:]
        paths = [str(origin / source.lstrip("/")) for source in sources]
        _done(self._within(["sh", "-ec", _COPY, "copy", into, str(place), *paths])).must(" ".join(words))

    def _within(self, words: list[str]) -> list[str]:
        return ["nsenter", "--target", str(self._running.pid), "--mount", *words]


# Of a folder the engine copies what is in it.
_COPY = """
into=$1 place=$2
shift 2
[ $into = as ] || mkdir -p "$place"
for each in "$@"; do
    if [ -d "$each" ]; then
        mkdir -p "$place"
        cp -a "$each/." "$place"
    else
        mkdir -p "$(dirname "$place")"
        cp -a "$each" "$place"
    fi
done
"""


def _inside(stage: Stage, words: list[str]) -> list[str]:
    user, _, group = stage.user.partition(":")
    given = [f"{name}={value}" for name, value in stage.environment.items()]
    apart = ["--clear-groups", "--no-new-privs", "--bounding-set=-all"] if user != "0" else ["--clear-groups"]
    return [
        *("chroot", str(stage.files), "env", "-i", f"--chdir={stage.folder}", *given),
        *("setpriv", f"--reuid={user}", f"--regid={group}", *apart, *words),
    ]


def _done(command: list[str], given: bytes = b"") -> Done:
    done = subprocess.run(
        command,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE * 20,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode())
