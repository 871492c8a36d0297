"""What a partner says about a request in the body of its answer, as its endpoint declares it."""

from collections.abc import Iterable
from typing import Final

from adapters.soap.envelope import Opened, document_at, open_inner, text_at
from hub_core.directory.wording import HEADER, InBand
from hub_core.errors import Rejected, TryLater

MAX_REFERENCE: Final = 200  # characters of a partner's number


class Judgement:
    """Judges the answers of one endpoint."""

    def __init__(self, name: str, in_band: InBand) -> None:
        self._name = name
        self._says = in_band

    def judge(self, answer: Opened) -> str | None:
        """Return the partner's own number for what it took, if its status says that it did.

        Raises:
            TryLater: D102, it may later. Rejected: D206, it did not; D203, the answer does not say.
        """
        says = self._says
        if says.status is not None:
            said = self._text(answer, says.status)
            if not said:
                raise Rejected("D203", "the answer does not say what came of the request", where=self._name)
            if self.is_later((said,)):
                raise TryLater("D102", "the answer says: later", where=self._name)
            if said not in says.done:
                raise Rejected("D206", "the answer says that the request failed", where=self._name)
        reference = None if says.reference is None else self._text(answer, says.reference)
        return reference[:MAX_REFERENCE] if reference and reference.isprintable() else None

    def is_later(self, names: Iterable[str]) -> bool:
        """Say whether a status, or a name of a fault, means that the partner may take the request later."""
        return not set(self._says.retry).isdisjoint(names)

    def _text(self, answer: Opened, path: str) -> str:
        """Return the text at a path of the Header, or of the body, else of the document inside it."""
        if path.startswith(HEADER):
            inside = None if answer.header is None else text_at(answer.header, path.removeprefix(HEADER))
            return (inside or "").strip()
        body = answer.body
        text = text_at(body, path)
        if text is None:
            try:
                inner = open_inner(body) if self._says.document is None else document_at(body, self._says.document)
            except Rejected:
                return ""
            text = text_at(inner, path)
        return (text or "").strip()
