"""What a contract allows at a place, in words, and which text was meant by one that it does not allow."""

from collections.abc import Sequence
from difflib import get_close_matches

from hub_core.contract import LeafType
from hub_core.contract.texts import possible, values
from hub_core.lint.finding import Findings
from hub_core.lint.fitting import DAYS, reads
from hub_core.mapping.codecs import chain
from hub_core.yaml import Scalar


def said(leaf: LeafType) -> str:
    """Return what a contract says about a text, for people."""
    if leaf.enum:
        return f"only {', '.join(leaf.enum[:12])}{' ...' if len(leaf.enum) > 12 else ''}"  # noqa: PLR2004 - a line
    if leaf.pattern:
        return f"texts like {leaf.pattern}"
    return f"{'an' if leaf.kind == 'integer' else 'a'} {leaf.kind}" if leaf.kind != "text" else "other texts"


def nearest_of(leaf: LeafType, text: str) -> str | None:
    """Return the text that a place allows and that is nearest to one that it does not."""
    known = [word for word in values(leaf) if word]
    rewritten = [other for other in _rewritten(text) if possible(leaf, other)]
    numbers = [word for word in known if word.lstrip("0") == text.lstrip("0")]
    folded = [word for word in known if word.lower() == text.lower()]
    near = rewritten or folded or numbers or get_close_matches(text, known, n=1)
    return near[0] if near else known[0] if len(known) == 1 else None


def say_impossible(
    findings: Findings, code: str, node: Scalar, leaf: LeafType, key: str = "", text: str = "",
    stands: Sequence[str] = (),
) -> None:  # fmt: skip
    """Report a text that never stands at a place.

    Args:
        findings: takes the report.
        code: of the report.
        node: where the text is.
        leaf: what the contract says of the place.
        key: key of the text, for people.
        text: the part of the node that it is; empty: all of it.
        stands: texts that documents of the tests have there, and that may be shown.
    """
    text = text or node.text.strip()
    near = nearest_of(leaf, text)
    known = [word for word in values(leaf) if word] or [word for word in stands if possible(leaf, word)]
    near = near or (known[0] if len(known) == 1 else None)
    mend = f"write one of: {', '.join(known)}" if known else f"write a text like {leaf.pattern}, or remove it"
    mend = f"write {near!r} instead" if near else mend if known or leaf.pattern else "remove it"
    message = f"{key}{text!r} never stands there: the contract allows {said(leaf)}"
    findings.add(code, node, message, mend, old=text, new=near)


def _rewritten(text: str) -> list[str]:
    """Return a day in every other form, if a text is one."""
    for form in DAYS:
        used = chain(f'date("{form}")')
        if reads(used, text):
            return [chain(f'date("{other}")').format(used.parse(text)) for other in DAYS]
    return []
