"""HTTP/1.1 to one hub over connections that are kept; whatever goes wrong ends its connection."""

import asyncio
from collections.abc import Mapping
from typing import Final

from hub_core.playing.wire import Answered, receive_answer, request_bytes

OK: Final = 200
PATIENCE: Final = 15.0  # seconds


class Line:
    """Requests to one port, each answered within so many seconds."""

    def __init__(self, port: int, *, seconds: float = PATIENCE) -> None:
        self._port = port
        self._seconds = seconds
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, path: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> Answered:
        """Send one request and return its answer.

        Raises:
            OSError: nobody is there, or the connection broke off.
            TimeoutError: no answer in time.
        """
        async with asyncio.timeout(self._seconds):
            reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
            try:
                writer.write(request_bytes(path, body, headers, method=method))
                answered = await receive_answer(reader)
            except BaseException as error:
                writer.close()
                if isinstance(error, asyncio.IncompleteReadError | ValueError):
                    raise ConnectionError("the answer broke off") from error
                raise
        if answered.headers.get("connection", "").lower() == "close":
            writer.close()
        else:
            self._idle.append((reader, writer))
        return answered

    async def close(self) -> None:
        """Close what is idle: the run is over, or the hub behind it is gone."""
        idle, self._idle = self._idle, []
        for _, writer in idle:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in idle), return_exceptions=True)
