"""A machine that runs Debian with systemd as its process 1, in namespaces of its own: gone with its test.

It has no network. Its files are a layer over a root that debootstrap made once, below build/roots; what
happens there stays in the layer.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.world.processes import LAUNCHER, PATIENCE

ROOTS = Path(__file__).parents[2] / "build/roots"
_WANTED = ("debootstrap", "unshare", "nsenter", "setpriv")
_INCLUDED = "systemd,python3"

# What a container manager does before it hands over to systemd (systemd's "Container Interface").
_BOOT = """
set -eu
lower=$1 folder=$2
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
    : >dev/$device
    mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir run/old
pivot_root . run/old
echo booting
# Without the right to load modules: that is the host's to do, and a unit would fail.
# Shared, because systemd mounts a service's credentials in a namespace of its own and lets them come over.
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    setpriv --bounding-set=-sys_module chroot . /bin/sh -c '
    umount -l /run/old && rmdir /run/old && mount --make-rshared / && exec /lib/systemd/systemd --system'
"""
_READY = "until [ -S /run/systemd/private ]; do sleep 0.1; done; systemctl is-system-running --wait"


def missing() -> str | None:
    """What keeps this computer from being host to such a machine."""
    if os.geteuid() != 0:
        return "a machine of its own is root's alone to start"
    lacking = [name for name in _WANTED if shutil.which(name) is None]
    if lacking:
        return f"{lacking[0]} is not installed: apt-get install --no-install-recommends {lacking[0]}"
    if "VERSION_CODENAME" not in platform.freedesktop_os_release():
        return "this system does not say which Debian it is"
    return None


@dataclass(frozen=True)
class Said:
    """What a script on the machine printed, and how it ended."""

    status: int
    out: str


@dataclass(eq=False)
class Machine:
    """One running machine. `folder` holds its layer of files; `pid` is its process 1, seen from outside."""

    folder: Path
    running: subprocess.Popen[str]
    pid: int

    @classmethod
    def start(cls, folder: Path, also: str = "") -> Machine:
        """Boot a machine of the same Debian as this one; return when it is up. `also` is one package more."""
        for name in ("upper", "work", "root"):
            (folder / name).mkdir()
        apart = ["--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "--propagation", "private"]
        command = [
            *("setpriv", "--pdeathsig", "KILL", "unshare", "--fork", "--kill-child", *apart),
            *("sh", "-c", _BOOT, "boot", str(_root(also)), str(folder)),
        ]
        running = LAUNCHER.submit(
            subprocess.Popen[str], command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ).result()
        assert running.stdout is not None
        if running.stdout.readline() != "booting\n":
            raise RuntimeError(f"the machine ended at once, with {running.wait(PATIENCE)}")
        (pid,) = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        machine = cls(folder, running, int(pid))
        assert machine.run(_READY).out.strip() == "running"
        return machine

    def run(self, script: str, given: bytes = b"") -> Said:
        """A script of the shell's, as root on the machine, with these bytes on its standard input."""
        enter = ["nsenter", "--target", str(self.pid), "--all", "--root", "--wd"]
        plain = ["env", "-i", "HOME=/", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", _PATH]
        done = subprocess.run(
            [*enter, *plain, "sh", "-c", script],
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE * 20,
            check=False,
        )
        return Said(done.returncode, done.stdout.decode())

    def must(self, script: str, given: bytes = b"") -> str:
        """The same, where a failure is an error that shows what was said."""
        said = self.run(script, given)
        assert said.status == 0, f"{script}: exit {said.status}\n{said.out}"
        return said.out

    def send(self, file: Path, place: str) -> None:
        """Copy a file to the machine."""
        self.must(f"cat >{place}", file.read_bytes())

    def stop(self) -> None:
        """Cut its power."""
        self.running.kill()  # the kernel ends its child, process 1, and with it all the others
        self.running.wait(PATIENCE)


_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _root(also: str) -> Path:
    """The files of a fresh Debian, made when first asked for."""
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    root = ROOTS / "-with-".join(filter(None, (suite, also)))
    if not root.exists():
        making = root.with_name(f"{root.name}.{os.getpid()}")
        making.mkdir(parents=True)
        included = ",".join(filter(None, (_INCLUDED, also)))
        command = ["debootstrap", "--variant=minbase", f"--include={included}", suite, str(making)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(making)
            raise RuntimeError(f"debootstrap: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        making.rename(root)
    return root
