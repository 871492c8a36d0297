"""Targets of rules: ``birth.date``, ``insurance[]``, ``identifiers[scheme=ro.cnp].value``, ``.``."""

import re
from functools import lru_cache
from typing import Final

import msgspec

_STEP: Final = re.compile(r"(?P<name>[a-z_]+)(?P<brackets>(?:\[[^\[\]]*\])*)(?P<next>\.|$)")
_BRACKET: Final = re.compile(
    r'\[(?:(?P<field>[a-z_]+)=(?:(?P<list>[\w.\-]+):)?(?:"(?P<quoted>[^"]*)"|(?P<text>[^"\[\]]*)))?\]'
)


class BadTarget(ValueError):
    """A target that does not follow the grammar; the text says what to write."""


class Selector(msgspec.Struct, frozen=True, kw_only=True):
    """``[scheme=ro.cnp]``: the element of a list in which a field has this value.

    Attributes:
        codes: short name of the code list, where the field holds a coded value.
    """

    field: str
    codes: str | None
    literal: str


class TargetStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a target; ``adds`` is ``[]``: each rule adds elements to the list."""

    name: str
    selectors: tuple[Selector, ...] = ()
    adds: bool = False

    @property
    def shown(self) -> str:
        """The step as written."""
        brackets = "".join(f"[{s.field}={s.codes + ':' if s.codes else ''}{s.literal}]" for s in self.selectors)
        return self.name + brackets + ("[]" if self.adds else "")


@lru_cache(maxsize=4_096)  # the targets of shared blocks are looked at once for each use
def parse_target(text: str) -> tuple[TargetStep, ...]:
    """Return the steps of a target; empty for ``.``, which means the object itself.

    Raises:
        BadTarget: with what to write instead.
    """
    if text == ".":
        return ()
    steps: list[TargetStep] = []
    at = 0
    while at < len(text) or not steps:
        match = _STEP.match(text, at)
        if not match:
            raise BadTarget(
                "write a canonical path such as birth.date, insurance[] or identifiers[scheme=ro.cnp].value"
            )
        steps.append(_step(match["name"], match["brackets"]))
        at = match.end()
        if match["next"] and at == len(text):
            raise BadTarget("the path ends with a dot; remove it")
    if any(step.adds for step in steps[:-1]):
        raise BadTarget("[] stands at the end only; write the rest of the path under fields:")
    return tuple(steps)


@lru_cache(maxsize=4_096)
def shown_target(text: str) -> str:
    """Return a target in the one form that two rules for one place share.

    Raises:
        BadTarget: see ``parse_target``.
    """
    return ".".join(step.shown for step in parse_target(text))


def _step(name: str, brackets: str) -> TargetStep:
    selectors: list[Selector] = []
    adds = False
    for part in re.findall(r"\[[^\]]*\]", brackets):
        match = _BRACKET.fullmatch(part)
        if not match:
            raise BadTarget(f"{part} is no selector; write [field=value]")
        if match["field"] is None:
            adds = True
        else:
            literal = match["quoted"] if match["quoted"] is not None else match["text"]
            selectors.append(Selector(field=match["field"], codes=match["list"], literal=literal))
    if adds and selectors:
        raise BadTarget("write [] or [field=value], not both")
    return TargetStep(name=name, selectors=tuple(selectors), adds=adds)
