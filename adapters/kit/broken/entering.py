"""What logs in at its partner and breaks nothing, and the slips of such ones."""

from collections.abc import Callable
from typing import Any

from adapters.kit.answered import Answered
from adapters.kit.broken.good import Good, Sending, Settings, breaks
from hub_core.directory import Endpoint
from hub_core.errors import PunteError, Rejected, TryLater
from hub_core.security.secrets import Secret


class Entering(Sending):
    """Sends with a token that a login hands out, which is kept until it is refused."""

    def __init__(self, name: str, endpoint: Endpoint, settings: Settings) -> None:
        super().__init__(name, endpoint, settings)
        self.token: Any = None

    async def call(self, body: bytes, headers: dict[str, str]) -> Answered:
        """Make the request."""
        if self.token is None:
            self.token = self.kept(await self.login())
        answered = await self.client.post(body, headers | {"x-entered": self.shown()})
        if answered.status == 401:  # noqa: PLR2004 - Unauthorized
            self.token = None
        return answered

    async def login(self) -> str:
        """Return a token; nothing was sent, whatever becomes of this."""
        try:
            answered = await self.client.call("POST", f"{self.url}/token", None, self.headers())
            self.client.judge(answered)
            if found := self.text_at(answered, "token"):
                return found
        except PunteError as error:
            raise TryLater("D101", f"the login failed: {error.code}", where=self.name) from error
        raise TryLater("D101", "the login gave no token", where=self.name)

    def kept(self, token: str) -> Any:
        """Return what is kept of a token."""
        return Secret(token)

    def shown(self) -> str:
        """Return the token."""
        return str(self.token.reveal())


class GoodLogin(Good):
    """Breaks nothing either."""

    sending = Entering


def slip(**methods: Callable[..., Any]) -> type[Entering]:
    """Return a target with some of its methods replaced."""
    return type("Slip", (Entering,), methods)


async def _again(self: Entering) -> str:
    try:
        return await Entering.login(self)
    except TryLater:
        return await Entering.login(self)


async def _judged(self: Entering) -> str:
    answered = await self.client.call("POST", f"{self.url}/token", None, self.headers())
    self.client.judge(answered)
    return self.text_at(answered, "token")


async def _tells_secret(self: Entering) -> str:
    try:
        return await Entering.login(self)
    except TryLater as error:
        raise TryLater(error.code, f"no login with {self.headers()}", where=self.name) from error


async def _tells_token(self: Entering, body: bytes, headers: dict[str, str]) -> Answered:
    answered = await Entering.call(self, body, headers)
    try:
        self.client.judge(answered)
    except Rejected as error:
        raise Rejected(error.code, f"refused {self.shown()}", where=self.name) from error
    except TryLater as error:
        raise TryLater(error.code, f"not now, {self.shown()}", where=self.name) from error
    return answered


async def _holds_on(self: Entering, body: bytes, headers: dict[str, str]) -> Answered:
    if self.token is None:
        self.token = self.kept(await self.login())
    return await self.client.post(body, headers | {"x-entered": self.shown()})


async def _each_time(self: Entering, body: bytes, headers: dict[str, str]) -> Answered:
    self.token = None
    return await Entering.call(self, body, headers)


SECRETS = "no_secret_is_in_an_error_or_in_what_the_target_says_of_itself"
FAILING = "a_login_that_fails_sends_nothing_and_refuses_no_message"
breaks(FAILING, GoodLogin, sending=slip(login=_again))
breaks(FAILING, GoodLogin, sending=slip(login=_judged))
breaks(FAILING, GoodLogin, sending=slip(login=_tells_secret))
breaks(SECRETS, GoodLogin, sending=slip(call=_tells_token))
breaks(SECRETS, GoodLogin, sending=slip(kept=lambda _, token: token, shown=lambda self: self.token))
breaks("a_token_that_is_refused_is_not_shown_again", GoodLogin, sending=slip(call=_holds_on))
breaks("a_token_is_kept_for_the_next_message", GoodLogin, sending=slip(call=_each_time))
