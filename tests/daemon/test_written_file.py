"""A file for others to read: whole at every moment, for its group alone, and no link is followed."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import threading
from grp import getgrgid
from pathlib import Path

import pytest

from maildesk.daemon.written_file import WrittenFile
from maildesk.errors import PageUnwritten

PAGE = "<html>{0}\n" + "x" * 200_000 + "\n{0}</html>\n"


def is_whole(text: str) -> bool:
    first, last = text.split("\n")[0], text.rstrip().rpartition("\n")[2]
    return first.removeprefix("<html>") == last.removesuffix("</html>") and last.endswith("</html>")


def test_who_reads_in_a_loop_sees_a_whole_page_through_a_thousand_new_ones(tmp_path: Path) -> None:
    file, done = tmp_path / "index.html", threading.Event()
    written = WrittenFile(file)
    written.write(PAGE.format(0))
    seen: list[bool] = []

    def read() -> None:
        while not done.is_set():
            seen.append(is_whole(file.read_text()))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1000):
        written.write(PAGE.format(number))
    done.set()
    reader.join()
    assert len(seen) > 1
    assert all(seen)
    assert os.listdir(tmp_path) == ["index.html"]


WRITES_FOR_EVER = """
import sys
from pathlib import Path
from maildesk.daemon.written_file import WrittenFile
written, page, number = WrittenFile(Path(sys.argv[1])), sys.argv[2] * 200, 0
while True:
    written.write(f"<html>{number}\\n{page}\\n{number}</html>\\n")
    print(number, flush=True)
    number += 1
"""
ROOT = Path(__file__).parents[2]


async def test_whoever_is_killed_while_writing_leaves_a_whole_page_and_what_is_left_is_tidied(
    tmp_path: Path,
) -> None:
    file = tmp_path / "index.html"
    for words in range(1, 6):
        pipe = asyncio.subprocess.PIPE
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITES_FOR_EVER, str(file), "x" * 10_000, cwd=ROOT, stdout=pipe
        )
        assert writer.stdout
        for _ in range(words):
            await writer.stdout.readline()
        writer.kill()
        await writer.wait()
        assert is_whole(file.read_text())
    half = tmp_path / ".index.html.0123456789abcdef.new"
    half.write_text("<html>")
    now = half.stat().st_mtime
    WrittenFile(file).tidy(now + 60)
    assert half.exists()
    WrittenFile(file).tidy(now + 7200)
    assert os.listdir(tmp_path) == ["index.html"]


def test_its_group_may_read_it_whatever_the_mask_and_the_file_before_were(tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    file.write_text("old")
    file.chmod(0o666)
    mask = os.umask(0o077)
    try:
        WrittenFile(file).write("new")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert file.read_text() == "new"


def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    secret, file = tmp_path / "secret.key", tmp_path / "index.html"
    secret.write_text("key")
    file.symlink_to(secret)
    WrittenFile(file).write("page")
    assert secret.read_text() == "key"
    assert not file.is_symlink()
    assert file.read_text() == "page"


def test_the_group_that_is_named_has_it(tmp_path: Path) -> None:
    own = os.getgid()
    for name in (str(own), getgrgid(own).gr_name):
        WrittenFile(tmp_path / name, name).write("page")
        assert (tmp_path / name).stat().st_gid == own


def test_a_group_that_is_not_there_is_named_and_the_page_before_stays(tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    WrittenFile(file).write("old")
    with pytest.raises(
        PageUnwritten, match="cannot be given to group nobody-s: there is no such group"
    ) as told:
        WrittenFile(file, "nobody-s").write("new")
    assert "chmod g+s" in told.value.remedy
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["index.html"]


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.html").mkdir()
    with pytest.raises(PageUnwritten, match=r"index.html is not written: Is a directory"):
        WrittenFile(tmp_path / "index.html").write("page")
    assert os.listdir(tmp_path) == ["index.html"]
