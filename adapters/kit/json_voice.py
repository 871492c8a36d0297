"""How the JSON protocols word their answers: a receipt, or an RFC 9457 problem."""

from collections.abc import Mapping

from adapters.kit.problem import problem, receipt
from adapters.kit.reply import Reply, Trouble, Voice
from hub_core.directory import Endpoint
from hub_core.message import Outcome


class JsonVoice(Voice):
    """The voice of the adapters ``eessi`` and ``rest``."""

    def admit(self, endpoint: Endpoint, headers: Mapping[str, str]) -> None:
        """Take every call: JSON protocols say nothing in headers of their own."""

    def receipt(
        self,
        endpoint: Endpoint,
        outcome: Outcome,
        *,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Reply:
        """Word that a message was accepted."""
        return receipt(outcome)

    def refusal(self, trouble: Trouble, *, headers: Mapping[str, str], body: bytes) -> Reply:
        """Word why a call is not served."""
        return problem(trouble)
