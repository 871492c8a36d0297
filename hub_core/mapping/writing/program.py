"""The source of writing with all that it needs to run, so that it can be kept without the plan."""

import marshal
from typing import Any

import msgspec

from hub_core.mapping.binding.plan import Scope
from hub_core.mapping.codecs import chain
from hub_core.mapping.writing import outrun
from hub_core.mapping.writing.gaps import Shell
from hub_core.mapping.writing.generator import Fill, OutGenerator
from hub_core.mapping.writing.places import Where


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """The function that fills a tree from a record.

    Attributes:
        code: of the source, as ``marshal`` writes it.
        values: by the names that the source knows them by.
        codecs: of these the reading side is bound, as rules write them.
        formats: of these the writing side is.
    """

    source: str
    code: bytes
    values: dict[str, Any]
    codecs: dict[str, str]
    formats: dict[str, str]

    def function(self) -> Fill:
        """Return the function that the source defines."""
        namespace: dict[str, Any] = {
            **self.values,
            **{name: chain(text).parse for name, text in self.codecs.items()},
            **{name: chain(text).format for name, text in self.formats.items()},
            **{one.__name__: one for one in (outrun.own, outrun.reach, outrun.said, outrun.same_code, Shell)},
        }
        exec(marshal.loads(self.code), namespace)  # noqa: S102, S302 - own code; texts of a mapping are literals in it
        fill: Fill = namespace["fill"]
        return fill


def program(kind: str, root: Where | None, plan: Scope, name: str, *, careful: bool = False) -> Program:
    """Return the program of a plan. Its source is made twice, see ``sites``.

    Args:
        kind: ``xml`` or ``json``.
        root: of the contract; ``None``: there is none, and what repeats is what paths mark with ``[]``.
        plan: of the record.
        name: for people.
        careful: take the source that is made first: it looks at every place before it fills it.
    """
    made = OutGenerator(kind, root, None)
    made.generate(plan)
    if not careful:
        made = OutGenerator(kind, root, made.trees.seen)
        made.generate(plan)
    writer = made.writer
    source = writer.source()
    return Program(
        source=source,
        code=marshal.dumps(compile(source, f"<writing {name}>", "exec")),
        values=writer.namespace,
        codecs=writer.codecs,
        formats=writer.formats,
    )
