"""Is an endpoint ready? Its registry set, contract, one exchange, what reads the answer, its certificate."""

import os
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from adapters.kit.certificates import certificate_end
from adapters.kit.load import load_adapters
from adapters.soap.adapter import SPEC
from hub_core.asking.agreement import CNP as PERSON
from hub_core.contract.wsdl import Finding as Noticed
from hub_core.contract.wsdl import read_contract
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.errors import ConfigError, PunteError
from hub_core.lint import lint
from hub_core.mapping import CompiledMapping, MappingSet
from hub_core.mapping.selection import load_folder, schemas_of
from hub_core.mapping.trying.coverage import values
from hub_core.message import Finding, Severity
from hub_core.places import SCHEMAS, around
from hub_core.playing.wire import serving
from hub_core.ports import Adapter, Answer, Question, Sent
from hub_core.reading import Verdict
from hub_simulator.place import look_at
from hub_simulator.served import HOST, app_of
from hub_simulator.simulator import Simulator
from registry.sets.checking import check
from registry.sets.draft import Draft, draft_of
from registry.sets.reading import gather
from registry.sets.references import ENV, followed, variables_of

CNP: Final = "2850415123450"  # nobody's
SOON: Final = timedelta(days=21)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    Attributes:
        state: ``ok``, ``note`` (could not be looked at, which hinders nothing), ``missing`` (a person has to decide) or
            ``fault``.
        findings: what was noticed, also where the state is ``ok``; never with a value of the answer.
    """

    step: str
    state: str
    text: str
    findings: tuple[Finding, ...] = ()


async def look(name: str, folder: Path, mappings: Path | None, *, live: bool = False) -> list[Step]:
    """Look at an endpoint of a registry folder, without a hub.

    Args:
        name: of the endpoint.
        folder: of the registry files.
        mappings: folder of the mappings that read its answers; ``None``: the shipped ones.
        live: ask the partner itself, with the endpoint's own credentials, instead of one simulated from its contract.

    Raises:
        ConfigError: R101, the folder cannot be read; M1xx, a mapping is wrong.
    """
    adapters = load_adapters()
    loaded = load_folder(mappings) if mappings else load_folder()
    draft, unset = _checked(folder, adapters, loaded, live=live)
    directory, faults = draft.directory(), draft.faults.findings
    endpoint = directory.endpoints.get(name)
    told = f"{len(directory.endpoints)} endpoints"
    if faults:
        told = f"{len(faults)} fault{'s'[: len(faults) > 1]} in the whole set: none of it can be applied before"
    steps = [Step(step="registry", state="fault" if faults else "ok", text=told, findings=tuple(faults))]
    if endpoint is None:
        return [*steps, _missing(name, folder, draft)]
    if endpoint.url and endpoint.url.removeprefix(ENV) in unset:
        text = f"no call leaves before {endpoint.url.removeprefix(ENV)} is set, or url: is an address"
        steps.append(Step(step="address", state="missing", text=text))
    steps += _contract(endpoint)
    if faults or any(step.state == "fault" for step in steps):
        return [*steps, *_access(name, endpoint, directory)]
    adapter = adapters[endpoint.adapter]
    if endpoint.direction is Direction.IN or endpoint.collect is not None:
        steps += await _place(adapter, name, endpoint) if live else []
        return [*steps, *_access(name, endpoint, directory)]
    if not live and not _has_wsdl(endpoint):
        text = "left out: only from a WSDL a partner can be simulated"
        steps.append(Step(step="exchange", state="note", text=text))
        return [*steps, *_access(name, endpoint, directory)]
    answer, exchanged = await _exchange(adapter, name, endpoint, live=live)
    steps.append(exchanged)
    if answer is not None and not live and endpoint.contract is not None and endpoint.contract.xsd is not None:
        text = "the WSDL does not say what the text in it holds: --live reads a real one"
        steps.append(Step(step="answer", state="note", text=text))
    elif answer is not None:
        steps += _read(adapter, endpoint, answer, loaded, mappings)
    steps += [await _certificate(endpoint)] if live else []
    return [*steps, *_access(name, endpoint, directory)]


def _missing(name: str, folder: Path, draft: Draft) -> Step:
    """Tell why there is no endpoint of a name; those that could not be read are known, too."""
    if name in draft.keys["endpoints"]:
        return Step(step="endpoint", state="fault", text=f"{name} cannot be read: mend what the registry says")
    known = ", ".join(draft.keys["endpoints"]) or "none"
    return Step(step="endpoint", state="missing", text=f"there is no {name} in {folder}; known: {known}")


def _checked(
    folder: Path, adapters: Mapping[str, Adapter], mappings: MappingSet, *, live: bool
) -> tuple[Draft, list[str]]:
    """Return the set, and the variables for addresses that are not set and, without a real call, need not be."""
    draft = draft_of(gather(folder), folder=folder.resolve(), label=f"{folder}/", schemas=schemas_of(folder))
    unset = [] if live else _unset(draft)
    environ = os.environ | dict.fromkeys(unset, f"http://{HOST}")
    check(draft, adapters=adapters, mappings={one.id for one in mappings.all}, environ=environ)
    return draft, unset


def _unset(draft: Draft) -> list[str]:
    named = [name for one in draft.directory().endpoints.values() for name in variables_of(one)]
    return [name for name in named if not os.environ.get(name)]


def _contract(endpoint: Endpoint) -> Iterator[Step]:
    if endpoint.adapter != SPEC.name:
        yield from _other_contract(endpoint)
        return
    if not _has_wsdl(endpoint):
        yield Step(step="contract", state="missing", text="no WSDL: add contract: with wsdl: and operation:")
        return
    try:
        contract = _read_contract(endpoint)
    except PunteError as fault:
        yield Step(step="contract", state="fault", text=str(fault))
        return
    told = f"{len(contract.files)} files, {len(contract.operations)} operations, {len(contract.findings)} findings"
    yield Step(step="contract", state="ok", text=told, findings=tuple(map(_noticed, contract.findings)))


def _has_wsdl(endpoint: Endpoint) -> bool:
    return endpoint.adapter == SPEC.name and endpoint.contract is not None and endpoint.contract.wsdl is not None


def _other_contract(endpoint: Endpoint) -> Iterator[Step]:
    """Tell by what documents are held that come without a WSDL; that it can be read, the registry has looked at."""
    contract = endpoint.contract
    if contract is not None and contract.rows is not None:
        yield Step(step="contract", state="ok", text=f"files as {contract.rows} describes")
    elif contract is not None and (file := contract.json_schema or contract.xsd):
        yield Step(step="contract", state="ok", text=f"documents as {file} allows")


def _noticed(one: Noticed) -> Finding:
    """Return what was noticed about a contract as it is told of everything else."""
    place = f"{one.file}:{one.line}" if one.line else one.file
    return Finding(code=one.code, severity=one.severity, text=one.text, rule=place, help=one.mend or None)


def _read_contract(endpoint: Endpoint) -> Any:
    assert endpoint.contract is not None  # noqa: S101 - looked at before
    path = SCHEMAS / (endpoint.contract.wsdl or "")
    return read_contract(path, around(path))


async def _place(adapter: Adapter, name: str, endpoint: Endpoint) -> list[Step]:
    try:
        seen = await look_at(adapter, name, followed(endpoint, os.environ))
    except PunteError as fault:
        mend = f"; {fault.mend}" if isinstance(fault, ConfigError) and fault.mend else ""
        return [Step(step="place", state="fault", text=f"{fault}{mend}")]
    return [] if seen is None else [Step(step="place", state="ok", text=seen)]


async def _exchange(adapter: Adapter, name: str, endpoint: Endpoint, *, live: bool) -> tuple[Answer | None, Step]:
    begun = time.monotonic()
    whom = "the partner" if live else "the simulator"
    try:
        if live:
            answer = await _call(adapter, name, followed(endpoint, os.environ))
        else:
            answer = await _simulated(adapter, name, endpoint)
    except PunteError as fault:
        return None, Step(step="exchange", state="fault", text=f"{whom}: {fault}", findings=fault.findings)
    took = f"{(time.monotonic() - begun) * 1000:.0f} ms"
    return answer, Step(step="exchange", state="ok", text=f"{whom} answered in {took}")


async def _simulated(adapter: Adapter, name: str, endpoint: Endpoint) -> Answer | None:
    simulator = Simulator(_read_contract(endpoint))
    assert endpoint.contract is not None  # noqa: S101 - looked at before
    operation = simulator.contract.operation(endpoint.contract.operation)
    port = next(name for name, one in simulator.ports.items() if operation in one.operations)
    async with serving(app_of(simulator, f"http://{HOST}", lambda _: None)) as number:
        url = f"http://{HOST}:{number}/{port}"
        # No secret goes to a simulator: it may not even be set on this machine.
        bare = msgspec.structs.replace(endpoint, url=url, credentials=None, security=None, tls=None)
        try:
            return await _call(adapter, name, bare)
        except PunteError as fault:
            why = simulator.sent[-1].why if simulator.sent else ""
            text = f"{fault.text}{f': {why}' if why else ''}"
            told = type(fault)(fault.code, text)
            told.findings = fault.findings
            raise told from fault


async def _call(adapter: Adapter, name: str, endpoint: Endpoint) -> Answer | None:
    now = datetime.now(UTC)
    if endpoint.direction is Direction.ASK:
        source = adapter.source(name, endpoint)
        try:
            return await source.ask(Question(cnp=CNP, on=now.date(), request="check-1", purpose="check"))
        finally:
            await source.close()
    target = adapter.target(name, endpoint)
    sent = Sent(key="check-1", message_id="check-1", correlation_id="check-1", party="", service="check", record=b"{}")
    try:
        await target.send(sent)
    finally:
        await target.close()
    return None


def _read(
    adapter: Adapter, endpoint: Endpoint, answer: Answer, mappings: MappingSet, folder: Path | None
) -> Iterator[Step]:
    try:
        document = adapter.open(answer.body)
        findings = adapter.validate(endpoint, document)
    except PunteError as fault:
        yield Step(step="answer", state="fault", text=str(fault), findings=fault.findings)
        return
    wrong = any(one.severity is Severity.ERROR for one in findings)
    told = "not as the contract says" if wrong else "valid by the contract"
    yield Step(step="answer", state="fault" if wrong else "ok", text=told, findings=tuple(findings))
    mapping = mappings.find(document, endpoint.mappings)
    if mapping is None:
        text = f"no mapping reads a {document.name}: punte mapping new --from CONTRACT --operation NAME"
        yield Step(step="mapping", state="missing", text=text)
        return
    reading = mapping.read(document, on=datetime.now(UTC).date())
    told = f"{mapping.id}: {reading.verdict.value}, {len(reading.findings)} findings, {len(reading.unmapped)} unmapped"
    refused = reading.verdict is Verdict.REFUSED
    yield Step(step="mapping", state="fault" if refused else "ok", text=told, findings=reading.findings)
    if endpoint.direction is Direction.ASK and not _may_name_person(mapping):
        text = f"{mapping.id} fills no identifiers[scheme={PERSON}]: a query refuses every answer (Q106)"
        yield Step(step="person", state="missing", text=text)
    if folder is not None:
        found = lint([folder / mapping.file], root=folder, schemas=schemas_of(folder))
        text = f"{len(found)} findings: punte mapping lint {folder / mapping.file}" if found else "nothing to say"
        yield Step(step="lint", state="missing" if found else "ok", text=text)


def _may_name_person(mapping: CompiledMapping) -> bool:
    """Tell whether a rule can fill the person's CNP; where the source says the scheme, it can."""
    for path, value in values(mapping.plan):
        if re.match(rf"identifiers\[(.*\[)?scheme={re.escape(PERSON)}\]", path):
            return True
        if re.fullmatch(r"identifiers\[.*\]\.scheme", path) and value.const in {None, PERSON}:
            return True
    return False


async def _certificate(endpoint: Endpoint) -> Step:
    try:
        end = await certificate_end(followed(endpoint, os.environ).url or "", endpoint.tls)
    except (OSError, PunteError) as error:
        return Step(step="certificate", state="fault", text=f"{type(error).__name__}: {error}")
    if end is None:
        return Step(step="certificate", state="missing", text="the address is not https: nothing protects the line")
    left = end - datetime.now(UTC)
    return Step(step="certificate", state="ok" if left > SOON else "missing", text=f"ends in {left.days} days")


def _access(name: str, endpoint: Endpoint, directory: Directory) -> Iterator[Step]:
    services = {endpoint.service} if endpoint.direction is Direction.IN else set()
    if endpoint.direction is Direction.ASK:
        services = {query.service for query in directory.queries.values() if name in query.sources}
        if not services:
            yield Step(step="query", state="missing", text="no query asks it: add one below queries:")
            return
    elif endpoint.direction is Direction.OUT:
        led = any(name in route.to for route in directory.routes.values())
        yield Step(
            step="route", state="ok" if led else "missing", text="leads to it" if led else "no route leads to it"
        )
        return
    rights = [one for one in directory.access.values() if one.service in services]
    text = (
        f"{len(rights)} rights" if rights else f"nobody may call {', '.join(sorted(services))}: add one below access:"
    )
    yield Step(step="access", state="ok" if rights else "missing", text=text)
