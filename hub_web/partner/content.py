"""What stands on the page of an endpoint, from what is registered; nothing in it is written by hand for one partner."""

from collections.abc import Iterable, Iterator
from typing import Final

from adapters.kit.body import SECONDS
from hub_core.codes import CODES
from hub_core.contract.wsdl import Contract, Operation
from hub_core.directory import Direction, Endpoint
from hub_core.errors import ConfigError
from hub_core.yaml import closest
from hub_web.partner.blocks import Block, Code, Facts, Link, Page, Section, Table, Text
from hub_web.partner.call import call_of, contract_of
from hub_web.partner.known import Known
from hub_web.partner.listpage import ListPage
from hub_web.partner.model import MESSAGE_ID, PASSWORD, Call
from hub_web.partner.snippets import EXAMPLE_ID, ID, KEY, SECRET, snippets

_ALWAYS: Final = ("A401", "A403", "A404", "A417", "A418", "A421", "B107", "B108", "B109", "B408", "B413", "B414")
_LATER: Final = ("W429", "W503", "W510", "J503")
_XML: Final = ("B101", "B102", "B106", "V101", "V104", "V102")
_JSON: Final = ("B103", "B104", "B105")
_BY_ADAPTER: Final = {"soap": _XML, "rest": _JSON, "eessi": (*_JSON, "V301")}
_PROOFS: Final = ("A411", "A412", "A413", "A414", "A415", "A416")
_SPOKEN: Final = {"soap": "SOAP", "rest": "JSON", "eessi": "SEDs as JSON"}
_IDS: Final = {"header": "in the header `Idempotency-Key`", "wsa": "as `wsa:MessageID`"}


def page_of(name: str, known: Known) -> Page:
    """Return the page of an inbound endpoint.

    Raises:
        ConfigError: A404, there is no such endpoint; R103, nobody calls it; V401, its contract cannot be read.
    """
    endpoint = known.directory.endpoints.get(name)
    if endpoint is None:
        there = known.directory.endpoints
        mend = closest(name, there) if there else "punte apply DIR registers some; before that, --from DIR"
        raise ConfigError("A404", f"no endpoint {name}", where=name, mend=mend)
    if endpoint.adapter == "flat" and endpoint.direction is Direction.IN:
        return ListPage(name, endpoint, known).page()
    if endpoint.direction is not Direction.IN or endpoint.poll is not None:
        mend = "name an endpoint with direction: in that partners send to"
        raise ConfigError("R103", f"nobody calls {name}: the hub calls its partner", where=name, mend=mend)
    if endpoint.adapter not in _SPOKEN:
        mend = f"there are pages of {', '.join(sorted((*_SPOKEN, 'flat')))}"
        raise ConfigError("R103", f"there is no page of {endpoint.adapter} endpoints", where=name, mend=mend)
    return _Content(name, endpoint, known).page()


class _Content:
    """The page of one endpoint."""

    def __init__(self, name: str, endpoint: Endpoint, known: Known) -> None:
        self.name = name
        self.endpoint = endpoint
        self.known = known
        self.contract: Contract | None = contract_of(endpoint)
        self.call: Call = call_of(name, endpoint, known.directory, known.mappings, known.address, known.folder)
        self.queries = {answer.query for answer in endpoint.answers.values() if answer.query}

    def page(self) -> Page:
        """Return all of it."""
        spoken = _SPOKEN.get(self.endpoint.adapter, self.endpoint.adapter)
        whose = self.known.directory.institutions.get(self.endpoint.institution)
        lead = f"How to send {spoken} to the service {self.endpoint.service} of the hub"
        lead += f", for {whose.name}." if whose is not None else "."
        sections = (
            Section("glance", "At a glance", tuple(self._glance())),
            Section("who", "Who you are", tuple(self._proof())),
            Section("contract", "Contract", tuple(self._contract())),
            Section("sample", "A sample", tuple(self._sample())),
            Section("code", "In your language", tuple(self._snippets())),
            Section("again", "Sending again", tuple(self._again())),
            Section("codes", "Codes", tuple(self._codes())),
            Section("limits", "Limits", tuple(self._limits())),
        )
        return Page(title=f"Punte: {self.name}", lead=lead, sections=tuple(one for one in sections if one.blocks))

    def _glance(self) -> Iterator[Block]:
        purpose = next((value for name, value in self.call.headers if name == "Punte-Purpose"), "")
        facts = {
            "Address": f"`{self.call.url}`",
            "Method": "`POST`",
            "Content": f"`{dict(self.call.headers)['Content-Type']}`, UTF-8, not compressed",
            "Purpose": f"`Punte-Purpose: {purpose}`" if purpose else "fixed for you; no header is needed",
            "Answer": "the operation's own output, or a fault"
            if self.endpoint.answers
            else "a receipt, once the message is on disk",
        }
        yield Facts(tuple(facts.items()))

    def _proof(self) -> Iterator[Block]:
        security, credentials = self.endpoint.security, self.endpoint.credentials
        if self.call.key:
            yield Text("Each call shows who you are, in one of these ways. The operator of the hub gives you the key.")
            ways = (
                ("Key", f"the header `Punte-Key`; below it comes from the variable `{KEY}`"),
                ("HTTP Basic", "any user name, the key as password; for clients that can set no header"),
                ("Certificate", "a client certificate that is registered for you, where the hub asks for one"),
            )
            yield Facts(ways)
        if credentials is not None:
            form = security.form if security is not None and security.form else "text or digest"
            yield Text(
                f"Each message holds a WS-Security UsernameToken: user `{credentials.user}`, the password as {form}; "
                f"below it comes from the variable `{SECRET}`."
            )
        if security is not None and security.signed is not None:
            yield Text(
                "Each message is signed (WS-Security, X.509): the Body and the Timestamp, with the certificate that "
                "you gave to the operator. The samples below are not signed: your library does that."
            )
        if security is not None and security.timestamp is not None:
            seconds = int(security.timestamp.total_seconds())
            yield Text(f"Each message holds a WS-Security Timestamp that is not older than {seconds} seconds.")

    def _contract(self) -> Iterator[Block]:
        if self.contract is None:
            file = self.endpoint.contract.json_schema if self.endpoint.contract is not None else None
            said = f"the JSON Schema `{file}`; ask the operator for it" if file else "the sample below shows its form"
            yield Text(f"Your documents are held against what the hub can read: {said}.")
            return
        yield Link("Download the WSDL: one file, with every schema inside", f"{self.call.url}?wsdl")
        only = self.endpoint.contract.operation if self.endpoint.contract is not None else None
        found = [one for one in self.contract.operations.values() if only in {None, one.name}]
        yield Table(
            ("Operation", "Style", "SOAP", "SOAPAction", "Asked with", "Answered with", "Faults"),
            tuple(_operation(one) for one in found),
        )

    def _sample(self) -> Iterator[Block]:
        taken = "A message like this one is taken by the hub as it stands."
        allowed = "The contract allows it; what its values mean is for you to say."
        yield Text(f"All persons in it are invented. {taken if self.call.taken else allowed}")
        shown = self.call.body.replace(MESSAGE_ID, EXAMPLE_ID).replace(PASSWORD, "your password")
        yield Code("What you send", self.call.language, shown)
        yield Code("What comes back", "xml" if self.endpoint.adapter == "soap" else "json", self.call.answer)

    def _snippets(self) -> Iterator[Block]:
        if self.endpoint.security is not None and (self.endpoint.security.signed or self.endpoint.security.timestamp):
            yield Text("Messages with a time stamp or a signature are made by a library for WS-Security.")
            return
        variables = [f"`{KEY}` is your key"] if self.call.key else [f"`{SECRET}` is your password"]
        variables += [f"`{ID}` is your own number of the message"] if self.call.named else []
        yield Text(f"Each of these sends the sample, with nothing installed but the language. {'; '.join(variables)}.")
        yield from snippets(self.call)

    def _again(self) -> Iterator[Block]:
        where = self.endpoint.message_id
        if where is None:
            yield Text(
                "Messages have no id of yours: whatever you send again is a new message. After a lost answer, ask "
                f"before you send again: `GET {self.known.address}/api/v1/messages`."
            )
            return
        said = _IDS.get(where, f"at `{where}` in the document")
        yield Text(
            f"Give each message an id of your own, {said}, such as `{EXAMPLE_ID}`. Whenever an answer was lost, or "
            "asks you to come again, send the same message with the same id: it is answered as the first time, and "
            "nothing is done twice. The same id with another content is refused (J409)."
        )

    def _codes(self) -> Iterator[Block]:
        where = (
            "in the detail of the fault" if self.endpoint.adapter == "soap" else "as `code` of the problem (RFC 9457)"
        )
        yield Text(f"What is not taken is answered with a code, {where}, and a reference to give to the operator.")
        rows = tuple(
            (f"`{code}`", CODES[code].title, CODES[code].do, str(CODES[code].status or "")) for code in self._told()
        )
        yield Table(("Code", "What", "What to do", "HTTP"), rows)
        yield Link("All codes, those about the contents of documents among them", f"{self.known.address}/docs/codes")

    def _told(self) -> Iterable[str]:
        endpoint = self.endpoint
        codes = [*_ALWAYS, *_BY_ADAPTER.get(endpoint.adapter, ()), "V302"]
        codes += ["A405", "A406"] if any(name == "Punte-Purpose" for name, _ in self.call.headers) else []
        codes += _PROOFS if endpoint.security is not None or endpoint.credentials is not None else ()
        codes += ["V201"] if endpoint.adapter == "soap" and endpoint.contract is not None else []
        codes += ["V202"] if endpoint.contract is not None and endpoint.contract.json_schema else []
        codes += ["Q103", "Q104", "V107"] if self.queries else []
        codes += ["J409", "B110"] if endpoint.message_id is not None else []
        return [*sorted(codes), *_LATER]

    def _limits(self) -> Iterator[Block]:
        facts = {
            "Size": f"{self.endpoint.max_body_bytes:,} bytes of a body",
            "Time to send": f"10 seconds for the headers, {SECONDS:.0f} seconds for the body",
            "At once": "as much as there is room for, shared fairly among callers; W429 says when to come again",
            "Hours": "at any time",
        }
        for name in sorted(self.queries):
            query = self.known.directory.queries.get(name)
            if query is not None:
                facts["Time of an answer"] = (
                    f"{query.deadline.total_seconds():g} seconds, however many sources are asked"
                )
        yield Facts(tuple(facts.items()))


def _operation(operation: Operation) -> tuple[str, ...]:
    answered = "one way" if operation.output is None else _local(operation.output.element)
    return (
        f"`{operation.name}`",
        f"{operation.style}/{operation.use}",
        operation.soap,
        f"`{operation.action}`" if operation.action else "empty",
        f"`{_local(operation.input.element)}`",
        f"`{answered}`" if operation.output is not None else answered,
        ", ".join(fault.name for fault in operation.faults) or "none of its own",
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]
