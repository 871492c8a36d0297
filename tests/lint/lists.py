"""Faults in code lists."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from hub_core.yaml import Mapping, Scalar, Sequence
from tests.lint.mutant import File, Mutant, operator, typo


def _entries(file: File) -> Iterator[tuple[Scalar, Mapping]]:
    codes = file.entry("codes")
    for code, entry in codes.items.items() if isinstance(codes, Mapping) else ():
        if isinstance(entry, Mapping):
            yield codes.keys[code], entry


def _texts(entry: Mapping) -> tuple[Scalar, ...]:
    read = entry.items.get("in")
    return tuple(one for one in read.items if isinstance(one, Scalar)) if isinstance(read, Sequence) else ()


def _name(file: File) -> tuple[str, ...]:
    return (file.name.rpartition("/")[2].removesuffix(".yaml"),)


@operator("codes")
def list_text_removed(file: File, rng: Random) -> Iterator[Mutant]:
    for _, entry in _entries(file):
        texts = _texts(entry)
        out = entry.items.get("out")
        spare = [text for text in texts if not isinstance(out, Scalar) or text.text != out.text]
        if len(texts) > 1 and spare:
            lost = rng.choice(spare)
            start, end = file.start(lost), file.end(lost)
            after = 2 if file.text.startswith(", ", end) else 0
            before = 0 if after else 2
            more = {"words": _name(file), "entry": lost.text}
            mutant = file.replaced(start - before, end + after, "", "list_text_removed", lost.text, **more)
            if mutant:
                yield mutant


@operator("codes")
def list_text_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    """Wherever it stands in the entry, so that ``in`` and ``out`` agree."""
    for _, entry in _entries(file):
        texts = _texts(entry)
        start, end = file.start(entry), file.end(entry)
        if texts and end:
            text = rng.choice(texts)
            old = file.text[file.start(text) : file.end(text)]
            wrong = old.replace(text.text, typo(text.text, rng), 1)
            head, tail = file.text[start:end].partition("in:")[::2]
            raw = f"{head}in:{tail.replace(old, wrong)}"
            mutant = file.replaced(start, end, raw, "list_text_misspelt", text.text, words=_name(file))
            if mutant:
                yield mutant


@operator("codes")
def list_code_removed(file: File, rng: Random) -> Iterator[Mutant]:
    codes = file.entry("codes")
    for code, _ in _entries(file):
        lines = (codes.line, file.node.keys["codes"].line)
        words = (*_name(file), f"{code.text}:", f"code: {code.text}", f"const: {code.text}")
        yield from file.without(codes, code.text, "list_code_removed", lines=lines, words=words)


@operator("codes")
def list_code_misspelt(file: File, rng: Random) -> Iterator[Mutant]:
    for code, _ in _entries(file):
        words = (f"code: {code.text}", f"const: {code.text}")
        yield from file.edit(code, typo(code.text, rng), "list_code_misspelt", words=words)


@operator("codes")
def list_out_is_not_read(file: File, rng: Random) -> Iterator[Mutant]:
    for _, entry in _entries(file):
        out = entry.items.get("out")
        if isinstance(out, Scalar):
            yield from file.edit(out, typo(out.text, rng), "list_out_is_not_read")


@operator("codes")
def list_text_means_two_codes(file: File, rng: Random) -> Iterator[Mutant]:
    entries = [(code, entry) for code, entry in _entries(file) if len(_texts(entry)) == 1]
    for (_, one), (_, two) in pairwise(entries):
        mine, other = _texts(one)[0], _texts(two)[0]
        start, end = file.start(two), file.end(two)
        raw = file.text[start:end].replace(
            f"in: [{_raw(file, other)}]", f"in: [{_raw(file, other)}, {_raw(file, mine)}]"
        )
        raw = raw.removesuffix("}") + ", why: both stand there}" if "why:" not in raw else raw
        mutant = file.replaced(start, end, raw, "list_text_means_two_codes", mine.text, lines=(one.line,))
        if mutant:
            yield mutant


def _raw(file: File, text: Scalar) -> str:
    return file.text[file.start(text) : file.end(text)]


@operator("codes")
def list_reason_removed(file: File, rng: Random) -> Iterator[Mutant]:
    for _, entry in _entries(file):
        if len(_texts(entry)) > 1 and "why" in entry.items:
            yield from file.without(entry, "why", "list_reason_removed")


@operator("codes")
def list_days_reversed(file: File, rng: Random) -> Iterator[Mutant]:
    valid = file.entry("valid")
    if isinstance(valid, Mapping) and set(valid.items) == {"from"}:
        yield from file.added(valid, f"until: {rng.randrange(1950, 1990)}-12-31", "list_days_reversed")


@operator("codes")
def list_of_another_list(file: File, rng: Random) -> Iterator[Mutant]:
    of = file.entry("of")
    if isinstance(of, Scalar):
        others = [name for name in ("phone-use@1", "decision-kind@1", "vital-status@1") if name != of.text]
        yield from file.edit(of, rng.choice(others), "list_of_another_list", lines=_lines(file))
        stem, _, version = of.text.partition("@")
        yield from file.edit(of, f"{typo(stem, rng)}@{version}", "list_of_another_list")


def _lines(file: File) -> tuple[int, ...]:
    return tuple(code.line for code, _ in _entries(file))


@operator("codes")
def list_named_otherwise(file: File, rng: Random) -> Iterator[Mutant]:
    name = file.entry("list")
    if isinstance(name, Scalar):
        stem, _, version = name.text.partition("@")
        yield from file.edit(name, f"{stem}@{int(version) + 1}", "list_named_otherwise")
        yield from file.edit(name, f"{typo(stem, rng)}@{version}", "list_named_otherwise")
