"""The figures that a hub shows to Prometheus, as numbers, for tests."""

import operator
import re
from typing import Final

import msgspec
from prometheus_client.parser import text_string_to_metric_families

_COMPARE: Final = {">": operator.gt, "<": operator.lt, "==": operator.eq}
_LABEL: Final = re.compile(r'(\w+)="([^"]*)"')
_RULE: Final = re.compile(r"(increase\()?(\w+)(\{[^}]*\})?(?:\[\w+\]\))? (>|<|==) ([0-9.]+)")

#: Of each sample: its name, and its labels in order.
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    """Return every sample of a scrape."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def total(found: Samples, name: str, **labels: str) -> float:
    """Return the sum of the samples of this name that bear these labels."""
    return sum(
        value for (called, given), value in found.items() if called == name and labels.items() <= dict(given).items()
    )


class Rule(msgspec.Struct, frozen=True):
    """An expression of an alert, as simple as ours are.

    Attributes:
        growth: of the growth between two scrapes, not of the value.
    """

    name: str
    labels: dict[str, str]
    growth: bool
    compare: str
    number: float

    def fires(self, now: Samples, before: Samples) -> list[dict[str, str]]:
        """Return the labels of the samples that fulfil it."""
        found = []
        for (name, given), value in now.items():
            if name != self.name or not self.labels.items() <= dict(given).items():
                continue
            if _COMPARE[self.compare](value - (before.get((name, given), 0) if self.growth else 0), self.number):
                found.append(dict(given))
        return found


def rule(expression: str) -> Rule:
    """Read an expression such as ``name{label="x"} > 5`` or ``increase(name[10m]) > 5``.

    Raises:
        ValueError: it is not as simple as that.
    """
    found = _RULE.fullmatch(expression)
    if found is None:
        raise ValueError(f"not simple enough to be tested: {expression}")
    growth, name, labels, compare, number = found.groups()
    return Rule(name, dict(_LABEL.findall(labels or "")), growth is not None, compare, float(number))
