"""``punte mapping try``: what a mapping makes of a document, at once and after every save."""

import gc
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer
from rich.text import Text

from cli import faults, screen
from cli.faults import Exit
from cli.findings import show_findings, show_unmapped
from cli.options import Json, Root, Schemas
from cli.tree import show_record

if TYPE_CHECKING:
    from hub_core.mapping.trying.trial import Trial, Tried
    from hub_core.message import Finding
    from registry.offline.reading import OfflineReader

# Begins to lint, and returns what waits for the findings.
Lint = Callable[[], Callable[[], "list[Finding]"]]
PAUSE: Final = 0.02  # seconds between two looks at the files
SETTLE: Final = 0.01  # an editor empties a file and then writes it; nobody wants to see what is between
FRESH: Final = 60.0  # seconds; an older save is not what somebody waits for


def trying(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A mapping file, wherever it lies.", dir_okay=False)],
    *,
    on: Annotated[
        Path | None,
        typer.Option("--on", metavar="DOCUMENT", help="What to read; left out: the fixture of its first test."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Again after every save, until Ctrl+C.")] = False,
    root: Root = None,
    schemas: Schemas = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="With --on: show personal values.")] = False,
    as_json: Json = False,
) -> None:
    """Read a document with a mapping and show the record, the unmapped leaves and all findings, those of lint too.

    With --watch it is done again as soon as the mapping, its blocks, its code lists or the document are saved. Values
    of a fixture are shown, those of another document only with --reveal. With --json one line for each time. Ends with
    1 if the mapping has faults or the document is refused.
    """
    trial = _trial(file, on, root, schemas)
    shown = reveal or on is None
    if not watch:
        if not _once(
            trial, lambda: partial(linted, trial.file, trial.root, trial.schemas), reveal=shown, as_json=as_json
        ):
            raise typer.Exit(Exit.ATTENTION)
        return
    from concurrent.futures import ProcessPoolExecutor

    from hub_core import workers

    # Lint takes as long as reading: it runs beside it.
    with ProcessPoolExecutor(1, initializer=workers.begin) as pool:
        try:
            _watch(
                trial,
                lambda: pool.submit(linted, trial.file, trial.root, schemas).result,
                reveal=shown,
                as_json=as_json,
            )
        except KeyboardInterrupt:
            return


def linted(file: Path, root: Path, schemas: Path | None = None) -> list["Finding"]:
    """Return what lint finds in a mapping file, faults of loading among it."""
    from hub_core.errors import PunteError
    from hub_core.lint import lint
    from hub_core.mapping.selection import schemas_of
    from hub_core.message import Finding

    try:
        found = lint([file], root=root, schemas=schemas or schemas_of(root))
    except PunteError:  # the file is gone for a moment; the trial says it
        return []
    return [
        Finding(
            code=one.code, severity=one.severity, text=one.message, help=one.mend, line=one.line,
            rule=f"{one.file}:{one.line}:{one.column}",
        )
        for one in found
    ]  # fmt: skip


def _trial(file: Path, on: Path | None, root: Path | None, schemas: Path | None) -> "Trial":
    from hub_core.mapping import MappingSet
    from hub_core.mapping.selection import root_of
    from hub_core.mapping.trying.trial import Trial

    @cache
    def reader() -> "OfflineReader":
        from adapters.kit.load import load_adapters
        from registry.offline.reading import OfflineReader

        return OfflineReader(adapters=load_adapters(), mappings=MappingSet([]))

    folder = root or root_of(file)
    return Trial(file, on=on, root=folder, schemas=schemas, opened=lambda body: reader().open(body))


def _watch(trial: "Trial", lint: Lint, *, reveal: bool, as_json: bool) -> None:
    saved: float | None = None
    gc.disable()  # it is made up for while nobody waits
    while True:
        before = trial.stamps()
        _once(trial, lint, reveal=reveal, as_json=as_json, saved=saved, again=True)
        gc.collect()
        before = trial.stamps() | before  # the fixture may be known only now
        while (now := trial.stamps()) == before:
            time.sleep(PAUSE)
        time.sleep(SETTLE)
        now = trial.stamps()
        saved = max((stamp[0] / 1e9 for name, stamp in now.items() if before.get(name) != stamp), default=time.time())


def _once(
    trial: "Trial", lint: Lint, *, reveal: bool, as_json: bool, saved: float | None = None, again: bool = False
) -> bool:
    """Try once and show it; return whether a record, or an answer without one, came out."""
    begun = time.time()
    found = lint()
    tried = trial.run()
    tried = msgspec.structs.replace(tried, faults=found() or tried.faults)
    if as_json:
        print(screen.json_text(_plain(tried, begun)), flush=True)
    else:
        if again and screen.out().is_terminal:
            screen.out().clear()
        _show(tried, reveal=reveal)
        _took(begun, saved)
    return tried.reading is not None and tried.reading.verdict.value in {"record", "none"}


def _took(begun: float, saved: float | None) -> None:
    """Say how long it took, at best from the save to the screen."""
    now = time.time()
    if saved is not None and 0 <= now - saved < FRESH:
        screen.show(Text(f"\n{(now - saved) * 1000:.0f} ms after the save", "dim"))
    else:
        screen.show(Text(f"\n{(now - begun) * 1000:.0f} ms", "dim"))
    screen.out().file.flush()


def _plain(tried: "Tried", begun: float) -> dict[str, Any]:
    plain: dict[str, Any] = {"mapping": tried.mapping, "document": tried.document, "wrong": tried.wrong}
    plain["faults"] = msgspec.to_builtins(tried.faults)
    for name in ("verdict", "record", "findings", "unmapped"):
        plain[name] = msgspec.to_builtins(getattr(tried.reading, name)) if tried.reading else None
    return plain | {"ms": round((time.time() - begun) * 1000)}


def _show(tried: "Tried", *, reveal: bool) -> None:
    from hub_core.security.masking import mask_text, masked

    for fault in tried.faults:
        screen.show(faults.placed(fault))
    reading = tried.reading
    wrong = tried.wrong or (f"{len(tried.faults)} finding{'s'[: len(tried.faults) > 1]}" if tried.faults else None)
    result = "FAIL" if reading is None else reading.verdict.value
    screen.facts(
        (
            ("mapping", tried.mapping),
            ("document", tried.document),
            ("result", screen.state(result)),
            ("", wrong),
        )
    )
    if reading is None:
        return
    if reading.record is not None:
        record = msgspec.json.decode(msgspec.json.encode(reading.record))
        screen.show("")
        show_record(record if reveal else masked(record), title="Record" if reveal else "Record (masked)")
    leaves = [(leaf.path, leaf.value if reveal else mask_text(leaf.value)) for leaf in reading.unmapped]
    show_unmapped([{"path": path, "value": value} for path, value in leaves])
    show_findings(msgspec.to_builtins(reading.findings))
