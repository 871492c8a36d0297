"""``punte endpoint page``: what a partner needs to call an endpoint, as one document to send to them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import completion, screen
from cli.options import Json, folder

if TYPE_CHECKING:
    from hub_web.partner import Known

Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", dir_okay=False, help="Write it there; left out: print it."),
]
Markdown = Annotated[bool, typer.Option("--markdown", help="As Markdown instead of HTML.")]


def page(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Name of the inbound endpoint.", autocompletion=completion.endpoints),
    ],
    *,
    out: Out = None,
    markdown: Markdown = False,
    around: Annotated[
        Path | None,
        folder("--from", "Holds registry/ and mappings/; left out: what is in force."),
    ] = None,
    address: Annotated[
        str, typer.Option("--address", metavar="URL", help="Where callers reach the hub; left out: as the hub says it.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Write the page for who calls an endpoint, or makes the files for it: contract, sample, codes, limits, the call.

    One HTML file that needs nothing else, for screens and paper. Whoever may call the endpoint reads the same page at
    /api/v1/endpoints/NAME/page of the hub. All persons in it are invented.
    """
    from hub_web.partner import as_html, as_markdown, page_of

    known = _known(around, address.rstrip("/"))
    made = page_of(name, known)
    if as_json:
        import msgspec

        screen.as_json(msgspec.to_builtins(made))
        return
    hand_out(as_markdown(made) if markdown else as_html(made), out)


def hand_out(text: str, out: Path | None) -> None:
    """Write a page into a file, or print it.

    Raises:
        ConfigError: W304, it cannot be written.
    """
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        from hub_core.errors import ConfigError

        raise ConfigError("W304", f"cannot write: {error.strerror}", where=str(out)) from error
    screen.note(f"wrote {out}")


def _known(around: Path | None, address: str) -> "Known":
    from hub_core.settings import from_environment
    from hub_web.partner import Known

    settings = from_environment()
    address = address or (settings.public_address or f"http://{settings.host}:{settings.port}").rstrip("/")
    if around is not None:
        from hub_core.mapping.selection import load_folder, schemas_of
        from hub_core.places import MAPPINGS
        from registry.sets.draft import draft_of
        from registry.sets.reading import gather

        registry, mappings = around / "registry", around / "mappings"
        where = registry if registry.is_dir() else around
        mappings = mappings if mappings.is_dir() else MAPPINGS
        directory = draft_of(gather(where), folder=where.resolve(), schemas=schemas_of(where)).directory()
        return Known(directory=directory, mappings=load_folder(mappings), address=address, folder=mappings)
    from registry.parts import Parts

    parts = Parts(settings, write=False)
    return Known(directory=parts.directory(), mappings=parts.mappings(), address=address)
