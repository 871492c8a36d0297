"""The figures that a hub shows to Prometheus, as numbers, for tests."""

from prometheus_client.parser import text_string_to_metric_families

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
