"""A source of tokens that hands out what a test gives it."""

from __future__ import annotations

from maildesk.transport.tokens import AccessToken, TokenState


class FakeTokens:
    """Hands out these tokens, the next one whenever a server refused the one before."""

    def __init__(self, *values: str, fresh: float = 3000, left: float = 3600) -> None:
        self.values = list(values)
        self.name = "m365"
        self.refused: list[str] = []
        self.asked = 0
        self.fresh = fresh
        self.left = left

    @property
    def state(self) -> TokenState:
        return TokenState(0, 0, 0, "", 0, None)

    async def token(self, refused: str = "") -> AccessToken:
        self.asked += 1
        if refused:
            self.refused.append(refused)
            self.values.remove(refused)
        return AccessToken(self.values[0], self.fresh, self.left)
