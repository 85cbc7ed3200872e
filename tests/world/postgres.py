"""A real PostgreSQL as a throw-away cluster: one per test run, one database per test, on loopback only.

As root it runs as `nobody`, because PostgreSQL refuses to run as root; otherwise as whoever runs the tests.
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.world.processes import Throwaway, free_ports, until_listening
from tests.world.tables import make_tables

SUPERUSER = "postgres"
ROLE = "desk"  # what the tests connect as: an ordinary role, as an operator would grant


def programs() -> Path | None:
    """The newest installed PostgreSQL's programs; Debian keeps them out of PATH, a folder per version."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.environ.get("PATH", "").split(":"))]
    usable = [place for place in places if (place / "initdb").exists() and (place / "postgres").exists()]
    return max(usable, key=_version, default=None)


def _version(place: Path) -> float:
    try:
        return float(place.parent.name)
    except ValueError:
        return 0.0


class Postgres:
    """A running cluster. `new_database` gives each test a URL of its own."""

    def __init__(self, place: Throwaway, programs: Path, settings: Mapping[str, str]) -> None:
        self.port = free_ports(1)[0]
        self._place = place
        self._programs = programs
        self._settings = settings
        self._passwords = {SUPERUSER: secrets.token_hex(8), ROLE: secrets.token_hex(8)}
        self._made = 0
        self._with_tables: str | None = None

    @classmethod
    def start(cls, *, fsync: bool = True, settings: Mapping[str, str] | None = None) -> Postgres:
        """A new cluster; `settings` are those of postgresql.conf. `fsync=False` where only speed matters."""
        where = programs()
        if where is None:
            raise RuntimeError("PostgreSQL is not installed")
        place = Throwaway.make("postgres")
        try:
            chosen = {"fsync": "on" if fsync else "off", **(settings or {})}
            cluster = cls(place, where, chosen)
            cluster._initialise()
            cluster.restart()
            cluster._make_role()
        except BaseException:
            place.ask_to_end(signal.SIGQUIT)
            place.remove()
            raise
        return cluster

    @property
    def url(self) -> str:
        """The URL of a database that always exists, for the ordinary role."""
        return self.url_of("postgres")

    def url_of(self, database: str, role: str = ROLE) -> str:
        return f"postgresql://{role}:{self._passwords[role]}@127.0.0.1:{self.port}/{database}"

    def new_database(self, *, tables: bool = False, like: str | None = None) -> str:
        """The URL of a new database that the ordinary role owns: empty, with a new desk's tables, or `like`
        the one at that URL, which nobody uses meanwhile."""
        if tables and self._with_tables is None:
            self._with_tables = self.new_database()
            make_tables(self._with_tables)
        template = (like or (self._with_tables if tables else None) or "template0").rpartition("/")[2]
        self._made += 1
        name = f"test_{self._made}"
        # File by file: through the log, as is usual since 15, a copy costs twice as much.
        how = " STRATEGY FILE_COPY" if _version(self._programs) >= 15 else ""
        self._execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}" + how), name, ROLE, template)
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Take a database away, connections and all."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), url.rpartition("/")[2])

    def kill_backends(self, url: str | None = None) -> int:
        """End every connection (to one database), as a failover does; how many there were."""
        question = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            " AND (%(name)s::text IS NULL OR datname = %(name)s)"
        )
        name = None if url is None else url.rpartition("/")[2]
        with self._connect() as connection:
            row = connection.execute(question, {"name": name}).fetchone()
        return int(row[0]) if row else 0

    def crash(self) -> None:
        """Kill every process at once, mid-word; `restart` then recovers from the log."""
        self._place.end()

    def restart(self) -> None:
        """Start (again) on the same port with the same data; return once it takes connections."""
        self._place.ask_to_end(signal.SIGINT)
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self._settings,
        }
        words = [f"{self._programs}/postgres", "-D", f"{self._place.root}/data"]
        words += [f"--{name}={value}" for name, value in options.items()]
        self._place.launch(words, farewell="QUIT")
        until_listening(self._place, [self.port])
        self._until_ready()

    def pause(self) -> None:
        self._place.pause()

    def is_asked(self) -> bool:
        """Whether somebody waits for a server that is paused: it was sent something that it has not read."""
        sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        queues = [each[4] for each in sockets if each[1].endswith(f":{self.port:04X}")]
        return any(queue.partition(":")[2] != "00000000" for queue in queues)

    def resume(self) -> None:
        self._place.resume()

    def stop(self) -> None:
        """End the cluster and remove it. Asked, not killed: it would leave a shared memory segment behind."""
        self.resume()
        self._place.ask_to_end(signal.SIGQUIT)
        self._place.remove()

    def _initialise(self) -> None:
        password = self._place.write("password", self._passwords[SUPERUSER])
        words = f"{self._programs}/initdb --pgdata={self._place.root}/data --pwfile={password}"
        words += f" --username={SUPERUSER} --auth=scram-sha-256 --encoding=UTF8"
        words += " --locale=C"  # sorts by byte, as SQLite does
        words += " --no-sync"  # nobody would miss an empty cluster
        self._place.must(words.split())

    def _make_role(self) -> None:
        self._execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}"), ROLE, text=self._passwords[ROLE])

    def _until_ready(self) -> None:
        """A server that recovers from a crash listens before it lets anyone in."""
        ready = [f"{self._programs}/pg_isready", "--host=127.0.0.1", f"--port={self.port}", "--timeout=20"]
        while self._place.run(ready).returncode == 1:  # 1: it answers, and refuses for now
            pass

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url_of("postgres", SUPERUSER), autocommit=True, connect_timeout=20)

    def _execute(self, statement: sql.SQL, *names: str, text: str | None = None) -> None:
        words = [*map(sql.Identifier, names), *([] if text is None else [sql.Literal(text)])]
        with self._connect() as connection:
            connection.execute(statement.format(*words))
