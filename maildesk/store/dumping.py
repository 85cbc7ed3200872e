"""A backup of a PostgreSQL database, by its own pg_dump: whole and looked at, or not there at all."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from maildesk.errors import StoreUnusable
from maildesk.store.backup import published
from maildesk.store.engines import Place

_CLIENT: Final = "install PostgreSQL's programs, of the server's version or newer (Debian: postgresql-client)"
_LONGEST: Final = 300


def dump(place: Place, target: Path, environ: Mapping[str, str]) -> int:
    """Write the database at `place` to `target`, which must not exist, in pg_dump's own format; its size.

    The password stands in the environment of pg_dump, never among its words. The file takes its name only
    when pg_restore can read it and it is on disk.
    """
    url = place.url
    named = URL.create(
        "postgresql",
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
        query=url.query,
    )
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    with published(target) as part:
        words = ["pg_dump", "--format=custom", "--no-password", f"--file={part}"]
        _run([*words, f"--dbname={named.render_as_string(hide_password=False)}"], {**environ, **secret})
        _run(["pg_restore", "--list", str(part)], environ)
    return target.stat().st_size


def _run(words: Sequence[str], environ: Mapping[str, str]) -> None:
    program = words[0]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            words, env=dict(environ), capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
    except FileNotFoundError as error:
        raise StoreUnusable(f"{program} is not installed here", remedy=_CLIENT) from error
    except OSError as error:
        raise StoreUnusable(
            f"{program} cannot be run: {os.strerror(error.errno or 0)}", remedy=_CLIENT
        ) from error
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").splitlines()[:1])[:_LONGEST]
        remedy = (
            _CLIENT if "version mismatch" in said else "see whether the disk has room and the server answers"
        )
        raise StoreUnusable(
            f"the backup failed: {said or f'{program} ended with {done.returncode}'}", remedy=remedy
        )
