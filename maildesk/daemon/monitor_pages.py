"""The pages for monitors: whether the daemon lives, whether the desk is healthy, and its metrics."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from maildesk.daemon.health import Signs, as_json, healthy
from maildesk.daemon.metrics import MetricsReader
from maildesk.daemon.metrics_text import CLASSIC, OPEN_METRICS, written
from maildesk.errors import MaildeskError

LIVEZ, HEALTHZ, METRICS = b"/livez", b"/healthz", b"/metrics"
FRESH = 1.0
"""Seconds for which health is good: however often it is asked for, the database is read once a second."""
KEPT = 15.0
"""The same for metrics."""
PATIENCE = 5.0
"""Seconds that a page waits for the database."""
STUCK = 300.0
"""Seconds after which a daemon that did not turn is stuck, whatever it waits for."""

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a request."""

    status: HTTPStatus
    body: bytes
    type: str = JSON


def told(status: HTTPStatus, said: Mapping[str, Any]) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(said, indent=1).encode() + b"\n")


BUSY = told(HTTPStatus.SERVICE_UNAVAILABLE, {"healthy": False, "problem": "the database does not answer"})

Ask = Callable[[], Awaitable[Answer]]


class Pulse:
    """The beat of the daemon's loops. `steady` gives seconds that really passed."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._at = steady()

    def beat(self) -> None:
        self._at = self._steady()

    @property
    def still(self) -> float:
        """The seconds since it last beat."""
        return self._steady() - self._at


class Fresh:
    """Asks once for many who ask at the same time, and keeps the answer for `seconds`."""

    def __init__(self, ask: Ask, seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._asking: asyncio.Task[Answer] | None = None
        self._asked_at = 0.0

    async def __call__(self) -> Answer:
        now = asyncio.get_running_loop().time()
        if self._asking is None or (self._asking.done() and now - self._asked_at >= self._seconds):
            self._asking, self._asked_at = asyncio.create_task(self._asked(), name="monitor-asks"), now
        await asyncio.wait({self._asking}, timeout=PATIENCE)
        return self._asking.result() if self._asking.done() else BUSY

    async def _asked(self) -> Answer:
        try:
            return await self._ask()
        except MaildeskError as problem:
            said = {"healthy": False, "problem": problem.message, "remedy": problem.remedy}
            return told(HTTPStatus.SERVICE_UNAVAILABLE, said)


class MonitorPages:
    """Answers by path. `ask` reads the signs of health; `metrics` the numbers, where there are any."""

    def __init__(
        self, pulse: Pulse, ask: Callable[[], Awaitable[Signs]], metrics: MetricsReader | None
    ) -> None:
        self._pulse = pulse
        self._signs = ask
        self._metrics = metrics
        self._open_metrics = False
        self._pages: dict[bytes, Ask] = {LIVEZ: self._live, HEALTHZ: Fresh(self._health, FRESH)}
        self._classic = Fresh(lambda: self._numbers(open_metrics=False), KEPT)
        self._open = Fresh(lambda: self._numbers(open_metrics=True), KEPT)

    async def answer(self, path: bytes, head: bytes) -> Answer | None:
        """The page of that path; None where there is none. `head` is the request with its fields."""
        if path == METRICS and self._metrics:
            return await (self._open if b"application/openmetrics-text" in head.lower() else self._classic)()
        page = self._pages.get(path)
        return await page() if page else None

    async def classic(self) -> str:
        """The metrics as a file of them has them; raises MaildeskError where the database says nothing."""
        return (await self._numbers(open_metrics=False)).body.decode()

    async def _live(self) -> Answer:
        still = self._pulse.still
        status = HTTPStatus.OK if still < STUCK else HTTPStatus.SERVICE_UNAVAILABLE
        return told(status, {"live": still < STUCK, "seconds": round(still, 1)})

    async def _health(self) -> Answer:
        signs = await self._signs()
        return told(HTTPStatus.OK if healthy(signs) else HTTPStatus.SERVICE_UNAVAILABLE, as_json(signs))

    async def _numbers(self, *, open_metrics: bool) -> Answer:
        assert self._metrics  # only then is it asked
        text = written(await self._metrics.read(await self._signs()), open_metrics=open_metrics)
        return Answer(HTTPStatus.OK, text.encode(), OPEN_METRICS if open_metrics else CLASSIC)
