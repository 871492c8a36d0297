"""Partners with a login, where the suite plays one: what became of it is never told as the fate of a message."""

from collections.abc import Awaitable, Callable

import pytest

from hub_core.errors import ConfigError, PunteError, TryLater
from hub_core.playing.partner import Act, Reply, Vanish
from hub_core.testing.adapter.secrets import SECRET, VARIABLE, told_by
from hub_core.testing.adapter.sending import SENT, Sending

FAILURES: dict[str, Act] = {
    "400": Reply(400, b'{"error": "invalid_client"}'),
    "401": Reply(401),
    "500": Reply(500),
    "silence": Vanish(),
    "no token": Reply(200, b"{}"),
    "no answer": Reply(200, b"no"),
}


async def failed(send: Callable[[], Awaitable[object]]) -> PunteError | None:
    """Return the error of a call, if it has one of the closed set."""
    try:
        await send()
    except PunteError as error:
        return error
    return None


class Entering(Sending):
    """``Target`` of a partner that answers only who logged in; see ``AdapterSuite.login``."""

    async def test_a_login_that_fails_sends_nothing_and_refuses_no_message(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await self._logs_in()
        monkeypatch.setenv(VARIABLE, SECRET)
        for what, answer in FAILURES.items():
            async with self.playing(self.taken, login=answer) as partner, self.target(partner) as target:
                error = await failed(lambda: target.send(SENT))
                assert SECRET not in told_by(target, error), what
            assert isinstance(error, TryLater | ConfigError), f"{what}: {error}"
            assert not getattr(error, "in_doubt", False), f"{what}: nothing was sent"
            assert partner.received == [], what
            assert len(partner.logins) == 1, f"{what}: the hub tries again, not the adapter"

    async def test_a_token_that_is_refused_is_not_shown_again(self) -> None:
        await self._logs_in()
        async with self.playing(Reply(401), self.taken) as partner, self.target(partner) as target:
            assert isinstance(await failed(lambda: target.send(SENT)), TryLater | ConfigError)
            await target.send(SENT)
        assert len(partner.logins) == 2

    async def test_a_token_is_kept_for_the_next_message(self) -> None:
        await self._logs_in()
        async with self.playing(self.taken) as partner, self.target(partner) as target:
            for _ in range(3):
                await target.send(SENT)
        assert len(partner.logins) == 1

    async def _logs_in(self) -> None:
        """Go on where the suite plays a login that the adapter makes."""
        async with self.playing(self.taken) as partner, self.target(partner) as target:
            await target.send(SENT)
        if not partner.logins:
            pytest.skip("nobody logs in: login() answers no request")
        answer = self.login(partner.logins[0])
        assert self.token.encode() in getattr(answer, "body", b""), "login() hands out `token`"
