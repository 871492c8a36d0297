"""What the registry says of the wording of an endpoint's documents: what stands inside them, how calls are answered."""

from typing import Annotated, Final

from msgspec import Meta

from hub_core.directory.credentials import Struct

STEPS: Final = r"^(\.|[\w.-]+(/[\w.-]+)*)$"  # a path of local names
HEADER: Final = "soap:Header/"  # before a path that begins there
SAID: Final = r"^(\.|(soap:Header/)?[\w.-]+(/[\w.-]+)*)$"


class InBand(Struct, frozen=True, kw_only=True):
    """What a partner says inside of its documents rather than by the means of the protocol.

    Paths are local names from the element in the Body on, such as ``return/code``; ``.`` is that element itself.
    ``status`` and ``reference`` may stand in the Header of the answer: ``soap:Header/Result/code``.

    Attributes:
        document: path of the element whose text is the document: XML in a string or CDATA, or in base64.
        status: path of the element of an answer that says what came of the request; looked for in the document too.
        done: texts of it that mean the partner took the request, or answered it.
        retry: texts that mean it may later; also codes of faults, and names of the elements in their detail.
        reference: path of the partner's own number for what it took.
    """

    document: Annotated[str, Meta(pattern=STEPS, examples=["return/code"])] | None = None
    status: Annotated[str, Meta(pattern=SAID, examples=["return/code"])] | None = None
    done: tuple[str, ...] = ()
    retry: tuple[str, ...] = ()
    reference: Annotated[str, Meta(pattern=SAID, examples=["return/code"])] | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """How an ``IN`` endpoint answers one operation of its contract, so that it stands for the agency.

    Attributes:
        query: that is asked; left out: the message is kept like any other, and ``fill`` words the receipt.
        person: path into the request where the person's CNP stands.
        on: path into the request where the day stands that the question is about; left out: today.
        writes: id of the mapping that writes what the sources say.
        fill: parts of the answer by name, as templates in which ``{document}`` and ``{message}``, in a receipt
            ``{message}``, ``{state}`` and ``{findings}`` are filled in; left out: the document is the answer.
    """

    query: str | None = None
    person: str | None = None
    on: str | None = None
    writes: str | None = None
    fill: dict[str, str] = {}  # noqa: RUF012 - frozen, its base stands elsewhere
