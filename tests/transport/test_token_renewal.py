"""Tokens of a login: cached, renewed in time, kept whatever fails."""

from __future__ import annotations

import asyncio
import errno
import logging
import multiprocessing
import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from maildesk.errors import ClientRefused, GrantLost, TokensUnusable, TokenUnavailable
from maildesk.transport.token_file import StoredTokens, TokenFile
from maildesk.transport.token_forms import Caller, Form, FormAnswer, NoAnswer
from maildesk.transport.token_renewal import RenewedTokens
from tests.transport.token_scenes import (
    NOW,
    Clock,
    ScriptedEndpoint,
    application,
    person,
    signed_in,
    source,
)


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint.listening(Clock()) as played:
        yield played


async def value(tokens: object, refused: str = "") -> str:
    return (await tokens.token(refused)).value  # type: ignore[attr-defined, no-any-return]  # a source


def signed_in_source(endpoint: ScriptedEndpoint, folder: Path) -> RenewedTokens:
    """The login of a person who brought the refresh token `r0`."""
    tokens = source(endpoint, folder, person())
    signed_in(tokens, "r0")
    return tokens


# --- when it is renewed -------------------------------------------------------------------------------


async def test_a_token_serves_until_four_fifths_of_its_life(
    endpoint: ScriptedEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    endpoint.gives("first")
    endpoint.gives("second")
    tokens = source(endpoint, tmp_path)
    first = await tokens.token()
    assert first.value == "first"
    assert first.left == 3600
    assert 0.75 * 3600 <= first.fresh <= 0.85 * 3600
    endpoint.clock.now += 0.74 * 3600
    assert await value(tokens) == "first"
    endpoint.clock.now += 0.12 * 3600
    assert await value(tokens) == "second"
    assert [each["grant_type"] for each in endpoint.forms] == ["client_credentials"] * 2
    assert endpoint.forms[0] == {
        "client_id": "desk", "client_secret": "s3cret", "grant_type": "client_credentials", "scope": "mail"
    }  # fmt: skip
    assert "token=renewed login=m365 flow=app valid=3600s" in caplog.text


async def test_another_process_finds_the_token_that_was_given(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.gives("first")
    assert await value(source(endpoint, tmp_path)) == "first"
    assert await value(source(endpoint, tmp_path)) == "first"
    assert len(endpoint.forms) == 1


async def test_eight_who_ask_at_once_cost_one_request(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.gives("first")
    tokens = source(endpoint, tmp_path)
    assert await asyncio.gather(*(value(tokens) for _ in range(8))) == ["first"] * 8
    assert len(endpoint.forms) == 1


async def test_eight_whose_token_was_refused_cost_one_request_more(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.gives("first")
    endpoint.gives("second")
    tokens = source(endpoint, tmp_path)
    await tokens.token()
    assert set(await asyncio.gather(*(value(tokens, "first") for _ in range(8)))) == {"second"}
    assert len(endpoint.forms) == 2


def _ask(port: int, folder: Path, answer: multiprocessing.SimpleQueue[str]) -> None:
    endpoint = ScriptedEndpoint(Clock(), port=port)
    answer.put(asyncio.run(value(source(endpoint, folder))))


def test_eight_processes_at_once_cost_one_request(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.gives("first")
    context = multiprocessing.get_context("fork")
    answers: multiprocessing.SimpleQueue[str] = context.SimpleQueue()
    children = [context.Process(target=_ask, args=(endpoint.port, tmp_path, answers)) for _ in range(8)]
    for child in children:
        child.start()
    assert [answers.get() for _ in children] == ["first"] * 8
    for child in children:
        child.join()
    assert len(endpoint.forms) == 1


# --- the refresh token --------------------------------------------------------------------------------


async def test_a_new_refresh_token_is_kept_and_an_old_one_where_none_comes(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.gives("a1", refresh_token="r1")
    endpoint.gives("a2")
    endpoint.gives("a3")
    tokens = signed_in_source(endpoint, tmp_path)
    for _ in range(3):
        await tokens.token()
        endpoint.clock.now += 3600
    assert [each["refresh_token"] for each in endpoint.forms] == ["r0", "r1", "r1"]
    assert tokens.file.read().refresh == "r1"
    assert tokens.state.refresh_since == NOW


async def test_nobody_has_signed_in_yet(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    with pytest.raises(GrantLost) as told:
        await source(endpoint, tmp_path, person()).token()
    assert told.value.remedy == "maildesk login anna"
    assert not endpoint.forms


async def test_a_login_that_is_lost_throws_nothing_away_and_a_new_one_is_taken_at_once(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.says(400, {"error": "invalid_grant", "error_description": "AADSTS50173: r0 was revoked"})
    endpoint.gives("a1")
    tokens = signed_in_source(endpoint, tmp_path)
    with pytest.raises(GrantLost) as told:
        await tokens.token()
    assert "password was changed" in told.value.message
    assert "r0" not in told.value.message
    assert told.value.remedy == "sign in again: maildesk login m365"
    assert tokens.file.read().refresh == "r0"
    with pytest.raises(GrantLost):
        await tokens.token()
    assert len(endpoint.forms) == 1, "the endpoint is left alone for a while"
    signed_in(tokens, "r9")
    assert await value(tokens) == "a1"


# --- trouble ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [503, 0], ids=["503", "cut"])
async def test_trouble_that_passes_is_tried_once_more(
    endpoint: ScriptedEndpoint, tmp_path: Path, status: int
) -> None:
    endpoint.says(status)
    endpoint.gives("first")
    assert await value(source(endpoint, tmp_path)) == "first"
    assert len(endpoint.forms) == 2


@pytest.mark.parametrize(
    ("status", "body", "requests"),
    [
        pytest.param(503, b"", 2, id="503 twice"),
        pytest.param(429, b"", 1, id="429"),
        pytest.param(200, b"<html>Please log in</html>", 1, id="a page"),
        pytest.param(302, b"", 1, id="a redirect"),
        pytest.param(200, {"token_type": "Bearer"}, 1, id="no token"),
        pytest.param(200, {"access_token": "a\1b", "expires_in": 9}, 1, id="no usable token"),
        pytest.param(200, b" " * 300_000, 1, id="too much"),
        pytest.param(400, {"message": "no word of OAuth"}, 1, id="no word"),
        pytest.param(400, {"error": "temporarily_unavailable"}, 1, id="a word that says so"),
    ],
)
async def test_what_is_no_answer_is_temporary_and_loses_nothing(
    endpoint: ScriptedEndpoint, tmp_path: Path, status: int, body: object, requests: int
) -> None:
    endpoint.says(status, body, Location="http://127.0.0.1:1/elsewhere")
    tokens = signed_in_source(endpoint, tmp_path)
    for _ in range(2):  # the second time it is left alone
        with pytest.raises(TokenUnavailable, match="login m365"):
            await tokens.token()
    assert len(endpoint.forms) == requests
    assert tokens.file.read().refresh == "r0"


@pytest.mark.parametrize(
    ("status", "word"),
    [(401, "deleted_client"), (401, "disabled_client"), (403, "org_internal"), (400, "something_new")],
)
async def test_a_word_that_we_do_not_know_is_a_refusal_too(
    endpoint: ScriptedEndpoint, tmp_path: Path, status: int, word: str
) -> None:
    """Only a person can end it, so operators are to hear; what was signed in stays."""
    endpoint.says(status, {"error": word})
    tokens = signed_in_source(endpoint, tmp_path)
    with pytest.raises(ClientRefused, match=word):
        await tokens.token()
    assert tokens.file.read().refresh == "r0"


async def test_an_old_token_serves_while_no_new_one_can_be_had(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.gives("first")
    endpoint.says(503)
    tokens = source(endpoint, tmp_path)
    await tokens.token()
    endpoint.clock.now += 0.92 * 3600
    old = await tokens.token()
    assert (old.value, round(old.left)) == ("first", 288)
    assert old.fresh == old.left, "nobody reconnects for nothing"
    assert tokens.state.trouble is not None
    endpoint.clock.now += 300
    with pytest.raises(TokenUnavailable):
        await tokens.token()


async def test_rests_grow_from_one_minute_to_fifteen(
    endpoint: ScriptedEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.says(400, {"error": "invalid_client", "error_description": "AADSTS7000222: expired"})
    tokens = source(endpoint, tmp_path)
    rests = []
    for _ in range(6):
        with pytest.raises(ClientRefused, match="secret has expired"):
            await tokens.token()
        began, asked = endpoint.clock.now, len(endpoint.forms)
        while len(endpoint.forms) == asked:
            endpoint.clock.now += 30
            with pytest.raises(ClientRefused):
                await tokens.token()
        rests.append(endpoint.clock.now - began)
    assert rests == [60, 120, 240, 480, 900, 900]
    assert "token=failed login=m365 error=invalid_client hint=" in caplog.text
    assert "retry_in=60s" in caplog.text


async def test_an_endpoint_that_wants_more_time_has_it(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.says(429, Retry_After="1800")
    endpoint.gives("first")
    tokens = source(endpoint, tmp_path)
    for passed in (0, 1700):
        endpoint.clock.now += passed
        with pytest.raises(TokenUnavailable):
            await tokens.token()
    assert len(endpoint.forms) == 1
    endpoint.clock.now += 100
    assert await value(tokens) == "first"


async def test_a_secret_that_was_replaced_is_used_at_the_next_renewal(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    from maildesk.transport.token_grants import AsApplication, Proof

    secret = tmp_path / "secret"
    secret.write_text("old")
    endpoint.gives("first")
    tokens = source(endpoint, tmp_path, AsApplication(Proof("desk", secret.read_text), "mail"))
    await tokens.token()
    secret.write_text("new")
    endpoint.clock.now += 3600
    await tokens.token()
    assert [each["client_secret"] for each in endpoint.forms] == ["old", "new"]


async def test_a_renewal_that_has_begun_comes_to_its_end_though_nobody_waits(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    """A stop in the middle of it must not lose the new refresh token."""
    endpoint.gives("a1", refresh_token="r1")
    endpoint.held.clear()
    tokens = signed_in_source(endpoint, tmp_path)
    waiting = asyncio.create_task(tokens.token())
    async with asyncio.timeout(30):
        while not endpoint.forms:  # noqa: ASYNC110 - another thread notes them
            await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    endpoint.held.set()
    await tokens.settled()
    assert tokens.file.read().refresh == "r1"


async def test_threads_that_hang_keep_no_token_waiting(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    """Each login asks in a thread of its own, however many others hang."""
    endpoint.gives("first")
    hangs = threading.Event()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    waiting = asyncio.get_running_loop().run_in_executor(None, hangs.wait)
    try:
        async with asyncio.timeout(60):
            assert await value(source(endpoint, tmp_path)) == "first"
    finally:
        hangs.set()
        await waiting


async def test_who_asks_to_try_again_ends_the_rest(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.says(400, {"error": "invalid_client", "error_description": "AADSTS7000222: expired"})
    endpoint.gives("first")
    tokens = source(endpoint, tmp_path)
    with pytest.raises(ClientRefused):
        await tokens.token()
    tokens.try_again()
    assert await value(tokens) == "first"


async def test_an_endpoint_that_drips_has_its_time_and_no_more(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.02)

    server = await asyncio.start_server(drips, "127.0.0.1", 0)
    caller = Caller(seconds=0.3)
    form = Form({"grant_type": "client_credentials"})
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    with pytest.raises(NoAnswer, match=r"127\.0\.0\.1 did not answer in time"):
        await asyncio.wait_for(asyncio.to_thread(caller.post, url, form), 60)
    server.close()


@pytest.mark.parametrize("url", ["http://sso.acme.example/token", "ftp://127.0.0.1/token"])
def test_a_form_with_secrets_goes_nowhere_in_clear(url: str) -> None:
    with pytest.raises(ClientRefused, match="over https only"):
        Caller().post(url, Form({"client_secret": "hush"}))


async def test_trouble_is_over_when_another_process_has_renewed_the_token(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.says(429)
    endpoint.gives("first")
    tokens = source(endpoint, tmp_path)
    with pytest.raises(TokenUnavailable):
        await tokens.token()
    assert tokens.state.trouble is not None
    assert await value(source(endpoint, tmp_path)) == "first"
    assert await value(tokens) == "first"
    assert tokens.state.trouble is None
    assert len(endpoint.forms) == 2


# --- the file -----------------------------------------------------------------------------------------


async def test_the_file_is_private_and_shows_no_token(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.gives("first", refresh_token="r1")
    tokens = source(endpoint, tmp_path)
    await tokens.token()
    file = tokens.file.path
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert sorted(each.name for each in file.parent.iterdir()) == ["m365.json", "m365.json.lock"]
    assert "first" not in repr(tokens.file.read())
    assert "r1" not in repr(tokens.file.read())


async def test_a_file_that_others_may_read_is_refused(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    endpoint.gives("first")
    tokens = source(endpoint, tmp_path)
    await tokens.token()
    tokens.file.path.chmod(0o644)
    anew = source(endpoint, tmp_path)
    with pytest.raises(TokensUnusable, match="no token for login m365: others can read the tokens") as told:
        await anew.token()
    assert told.value.remedy == f"chmod 600 {tokens.file.path}"
    assert anew.state.trouble is not None


@pytest.mark.parametrize("name", ["m365.json", "m365.json.lock"])
async def test_no_link_leads_us_to_a_file_of_others(
    endpoint: ScriptedEndpoint, tmp_path: Path, name: str
) -> None:
    """Root looks after the tokens too, in a folder that belongs to the desk's user."""
    tokens = source(endpoint, tmp_path)
    tokens.file.path.parent.mkdir(mode=0o700)
    elsewhere = tmp_path / "shadow"
    elsewhere.touch(mode=0o600)
    (tokens.file.path.parent / name).symlink_to(elsewhere)
    before = elsewhere.stat()
    with pytest.raises(TokensUnusable, match="too many levels of symbolic links"):
        await tokens.token()
    assert (elsewhere.stat().st_uid, elsewhere.stat().st_ctime) == (before.st_uid, before.st_ctime)
    assert not endpoint.forms


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes for another user")
async def test_what_root_writes_belongs_to_the_folders_owner(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.gives("first")
    os.chown(tmp_path, 65534, 65534)
    tokens = source(endpoint, tmp_path)
    await tokens.token()
    folder = tokens.file.path.parent
    assert {each.stat().st_uid for each in (folder, *folder.iterdir())} == {65534}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"access": 5}', "\0" * 10])
async def test_a_damaged_file_is_refused_and_kept(
    endpoint: ScriptedEndpoint, tmp_path: Path, text: str
) -> None:
    endpoint.gives("first")
    tokens = source(endpoint, tmp_path)
    tokens.file.write(StoredTokens())
    tokens.file.path.write_text(text)
    with pytest.raises(TokensUnusable, match="is damaged"):
        await tokens.token()
    assert tokens.file.path.read_text() == text
    assert not endpoint.forms


def _as_nobody(port: int, folder: Path, answer: multiprocessing.SimpleQueue[str]) -> None:
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        answer.put(asyncio.run(value(source(ScriptedEndpoint(Clock(), port=port), folder))))
    except TokensUnusable as problem:
        answer.put(str(problem))


def test_a_folder_that_cannot_be_written_is_noticed_before_anything_is_asked(
    endpoint: ScriptedEndpoint,
) -> None:
    import tempfile

    endpoint.gives("first")
    with tempfile.TemporaryDirectory(dir="/tmp") as made:  # pytest's own folders are closed to nobody
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "tokens").mkdir()
        (folder / "tokens").chmod(0o555)
        context = multiprocessing.get_context("fork")
        answers: multiprocessing.SimpleQueue[str] = context.SimpleQueue()

        def asked() -> str:
            child = context.Process(target=_as_nobody, args=(endpoint.port, folder, answers))
            child.start()
            child.join()
            return answers.get()

        assert "cannot be locked: permission denied" in asked()
        assert not endpoint.forms
        (folder / "tokens").chmod(0o777)
        assert asked() == "first"


class FullAfter(TokenFile):
    """A disk that has room for so many writes."""

    def _written_beside(self, tokens: StoredTokens) -> Path:
        left = _LEFT.setdefault(self.path, 1)
        if left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        _LEFT[self.path] = left - 1
        return TokenFile._written_beside(self, tokens)


_LEFT: dict[Path, int] = {}


async def test_a_disk_that_fills_up_while_we_ask_costs_no_token(
    endpoint: ScriptedEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.gives("a1", refresh_token="r1")
    endpoint.gives("a2")
    tokens = signed_in_source(endpoint, tmp_path)
    tokens.file = FullAfter(tokens.file.path)
    assert await value(tokens) == "a1", "what was given is used"
    assert tokens.file.read().refresh == "r0"
    assert "token=unsaved login=m365" in caplog.text
    _LEFT[tokens.file.path] = 9
    endpoint.clock.now += 3600
    assert await value(tokens) == "a2"
    assert [each["refresh_token"] for each in endpoint.forms] == ["r0", "r1"], "the one in memory"
    assert tokens.file.read().refresh == "r1"


async def unsaved(endpoint: ScriptedEndpoint, folder: Path) -> RenewedTokens:
    """A source that was given `a1` and `r1` when the disk had become full."""
    endpoint.gives("a1", refresh_token="r1")
    tokens = signed_in_source(endpoint, folder)
    tokens.file = FullAfter(tokens.file.path)
    assert await value(tokens) == "a1"
    return tokens


async def test_what_could_not_be_written_is_written_as_soon_as_there_is_room(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    tokens = await unsaved(endpoint, tmp_path)
    assert await value(tokens) == "a1"
    assert tokens.file.read().refresh == "r0", "there is no room yet"
    _LEFT[tokens.file.path] = 1
    assert await value(tokens) == "a1"
    assert (tokens.file.read().access, tokens.file.read().refresh) == ("a1", "r1")
    assert len(endpoint.forms) == 1


async def test_what_could_not_be_written_is_owed_by_who_takes_its_place(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    """A changed configuration makes another source of the same file."""
    tokens = await unsaved(endpoint, tmp_path)
    other = source(endpoint, tmp_path, person())
    other.take_over(tokens)
    assert await value(other) == "a1"
    assert (other.file.read().access, other.file.read().refresh) == ("a1", "r1")
    assert len(endpoint.forms) == 1


async def test_what_could_not_be_written_is_tried_once_more_at_the_end(
    endpoint: ScriptedEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = await unsaved(endpoint, tmp_path)
    caplog.clear()
    await tokens.settled()
    assert "token=unsaved login=m365" in caplog.text, "there is no room yet"
    _LEFT[tokens.file.path] = 1
    await tokens.settled()
    assert tokens.file.read().refresh == "r1"


async def test_a_new_sign_in_is_not_written_over_by_what_could_not_be_written(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    tokens = await unsaved(endpoint, tmp_path)
    _LEFT[tokens.file.path] = 9
    signed_in(source(endpoint, tmp_path, person()), "somebody's", "another", left=3600)
    assert await value(tokens) == "another"
    assert tokens.file.read().refresh == "somebody's"


async def test_a_sign_in_that_cannot_be_written_is_told_and_changes_nothing(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    tokens = signed_in_source(endpoint, tmp_path)
    tokens.file = FullAfter(tokens.file.path)
    _LEFT[tokens.file.path] = 0
    with pytest.raises(TokensUnusable, match="no space left"):
        tokens.keep(FormAnswer(200, {"access_token": "a1", "refresh_token": "r1"}))
    assert tokens.file.read().refresh == "r0"


@pytest.mark.parametrize("refresh", ["", "r0"], ids=["nothing stored yet", "something stored"])
async def test_a_proof_that_tokens_can_be_kept_changes_none(
    endpoint: ScriptedEndpoint, tmp_path: Path, refresh: str
) -> None:
    tokens = source(endpoint, tmp_path, person())
    if refresh:
        signed_in(tokens, refresh)
    await tokens.prove_writable()
    assert tokens.file.read().refresh == refresh
    kept = {tokens.file.path.name} if refresh else set()
    assert {each.name for each in tokens.file.path.parent.iterdir()} == kept | {"m365.json.lock"}


async def test_a_full_disk_is_noticed_before_anything_is_asked(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.gives("a1")
    tokens = source(endpoint, tmp_path)
    tokens.file = FullAfter(tokens.file.path)
    _LEFT[tokens.file.path] = 0
    for asked in (tokens.token(), tokens.prove_writable()):
        with pytest.raises(TokensUnusable, match="cannot be written: no space left"):
            await asked
    assert not endpoint.forms


# --- clocks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ahead", "shown"), [(-900, "+900"), (900, "-900")], ids=["fast", "slow"])
async def test_a_wrong_clock_of_ours_is_said_and_a_secret_works_all_the_same(
    endpoint: ScriptedEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture, ahead: float, shown: str
) -> None:
    endpoint.ahead = ahead
    endpoint.gives("first")
    tokens = source(endpoint, tmp_path)
    assert await value(tokens) == "first"
    assert f"token=clock login=m365 skew={shown}s" in caplog.text
    assert tokens.state.skew == pytest.approx(-ahead, abs=1)


async def test_a_clock_that_is_nearly_right_is_not_spoken_of(
    endpoint: ScriptedEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.ahead = 50
    endpoint.gives("first")
    await source(endpoint, tmp_path).token()
    assert "token=clock" not in caplog.text


async def test_a_token_is_asked_for_anew_after_our_clock_was_set_back(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.gives("first")
    endpoint.gives("second")
    tokens = source(endpoint, tmp_path)
    await tokens.token()
    endpoint.clock.now -= 900
    assert await value(tokens) == "second"


# --- what may be read ---------------------------------------------------------------------------------


async def test_nothing_secret_stands_in_a_log_an_error_or_a_name(
    endpoint: ScriptedEndpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echoed = "what you sent: s3cret and more\r\nX: y " + "z" * 500
    endpoint.gives("first", refresh_token="r1")
    endpoint.says(401, {"error": "invalid_client", "error_description": echoed})
    tokens = source(endpoint, tmp_path, application())
    token = await tokens.token()
    endpoint.clock.now += 4000
    with pytest.raises(ClientRefused) as told:
        await tokens.token()
    shown = caplog.text + repr(token) + str(told.value) + repr(told.value) + repr(tokens) + repr(tokens.grant)
    for secret in ("s3cret", "first", "r1"):
        assert secret not in shown
    assert "\n" not in told.value.message
    assert len(told.value.message) < 450
