"""Writes how one raw value becomes a value of the record: tokens, codecs, codes, faults."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from hub_core.mapping.binding.plan import Value
from hub_core.mapping.codecs import Chain
from hub_core.mapping.reading.generator import Frame, Generator
from hub_core.mapping.reading.tree import Leaf


class ValueCode:
    """Writes the values of one mapping."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.writer = generator.writer

    def write(self, value: Value, frame: Frame, *, sink: str, to: str, at: str, holder: str = "") -> None:
        """Write one value; ``sink`` is the statement that takes it, with ``{}`` for its expression."""
        if value.join is not None:
            self._joined(value, frame, sink=sink, to=to, at=at, holder=holder)
        elif len(value.origins) == 1:
            self._single(value, frame, sink=sink, to=to, at=at, holder=holder)
        else:
            self._first(value, frame, sink=sink, to=to, at=at, holder=holder)

    def blank(self, value: Value, frame: Frame) -> str:
        """Return the expression that the source says nothing, or one of the ``absent`` tokens."""
        tests = [self._trimmed(leaf) for leaf in self._leaves(value, frame)]
        words = self.writer.words("A", ("", *value.absent))
        return " and ".join(f"{test} in {words}" for test in tests) or "True"

    def _leaves(self, value: Value, frame: Frame) -> list[Leaf]:
        return [frame.tree.leaves[origin.steps] for origin in value.origins]

    def _trimmed(self, leaf: Leaf) -> str:
        """Return the expression of the trimmed text, blank where nothing is there."""
        if self.generator.kind == "xml":
            return f"({leaf.var} or '').strip()"
        return f"({leaf.var}.strip() if {leaf.var}.__class__ is str else text_of({leaf.var}))"

    def _label(self, value: Value, at: str, leaf: Leaf, chain: Chain, *, leave: bool) -> str:
        codec = None if chain.plain else chain.text
        return self.generator.label(value, at, leaf.steps, leave=leave and value.faulty == "flag", codec=codec)

    def _present(self, leaf: Leaf, text: str, label: str, frame: Frame, to: str) -> str:
        """Return the test that something is there; it binds the trimmed text."""
        if self.generator.kind == "xml":
            return f"if {leaf.var} and ({text} := {leaf.var}.strip()):"
        own = leaf.bare and not leaf.tracked and leaf not in frame.shared  # else objects are left by somebody else
        odd = f"run.{'text' if own else 'word'}({leaf.var}, {label}, {frame.spot}, {to})"
        trimmed = f"{leaf.var}.strip() if {leaf.var}.__class__ is str else {odd}"
        return f"if {leaf.var} is not None and ({text} := {trimmed}):"

    def _several(self, leaf: Leaf, label: str, frame: Frame, to: str, *, found: str = "") -> None:
        """Write the report of several different values; JSON has it in ``run.text`` and ``run.word``.

        They are also put into the variable ``found``, where one is given.
        """
        if self.generator.kind == "xml" and leaf not in frame.direct:
            with self.writer.block(f"elif {leaf.var}.__class__ is Several:"):
                self.writer.line(f"run.several({label}, {frame.spot}, {to})")
                if found:
                    self.writer.line(f"{found} = {leaf.var}")

    def _single(self, value: Value, frame: Frame, *, sink: str, to: str, at: str, holder: str) -> None:
        leaf, chain = frame.tree.leaves[value.origins[0].steps], value.origins[0].chain
        label = self._label(value, at, leaf, chain, leave=not leaf.tracked and value.spill is None)
        take = [f"u{leaf.number} = None"] if leaf.tracked else []
        text = self.writer.name("x")
        with (
            self.writer.block(self._present(leaf, text, label, frame, to)),
            self._tokens(value, text, take, self._gap(label, to, text)),
        ):
            self._convert(value, chain, text, sink, label, frame, to, take, holder)
        self._several(leaf, label, frame, to)

    def _tokens(
        self, value: Value, text: str, take: list[str], gap: Callable[[str], str]
    ) -> AbstractContextManager[None]:
        """Write the tests for tokens; what the returned block holds is for all other texts."""
        word = "if"
        if value.absent:
            with self.writer.block(f"{word} {text} in {self.writer.words('A', value.absent)}:"):
                self._lines(take)
            word = "elif"
        for why, words in (("unknown", value.unknown), ("withheld", value.withheld)):
            if words:
                with self.writer.block(f"{word} {text} in {self.writer.words('A', words)}:"):
                    self._lines([gap(why), *take])
                word = "elif"
        return self.writer.block("else:") if word == "elif" else self.writer.same()

    def _first(self, value: Value, frame: Frame, *, sink: str, to: str, at: str, holder: str) -> None:
        """Write ``any:``: the first place that holds something counts, the others must not contradict it."""
        chosen, gap = self.writer.name("z"), self.writer.name("g")
        tokens = bool(value.unknown or value.withheld)
        self.writer.line(f"{chosen} = {f'{gap} = ' if tokens else ''}None")
        for origin in value.origins:
            leaf = frame.tree.leaves[origin.steps]
            label = self._label(value, at, leaf, origin.chain, leave=False)
            take, text, found = f"u{leaf.number} = None", self.writer.name("x"), self.writer.name("y")
            with self.writer.block(self._present(leaf, text, label, frame, to)):
                if not origin.chain.plain or tokens or value.absent or value.codes:
                    self.writer.line(f"{found} = None")
                keep = f"{gap} = {gap} or ({label}, {to}, {{!r}}, {text})"
                with self._tokens(value, text, [take], keep.format):
                    inner = f"{found} = {{}}"
                    self._convert(value, origin.chain, text, inner, label, frame, to, [], holder, noted=False)
                agree = f"{found} == {chosen} is not None"
                if value.codes is not None and not value.plain_code:  # in whatever words the codes are written
                    one, other = (f"({y}.code, {y}.code or {y}.text)" for y in (found, chosen))
                    agree = f"None is not {found} and {chosen} is not None and {one} == {other}"
                with self.writer.block(f"if {chosen} is None is not {found} or {agree}:"):
                    first = f"{chosen} = {chosen} or {found}" if value.codes else f"{chosen} = {found}"
                    self._lines([first, take, *self._note(label, text, frame, to)])
                with self.writer.block(f"elif {found} is not None:"):
                    self.writer.line(f"run.differs({label}, {frame.spot}, {to})")
            self._several(leaf, label, frame, to)
        with self.writer.block(f"if {chosen} is not None:"):
            self.writer.line(sink.format(chosen))
        if tokens:
            with self.writer.block(f"elif {gap} is not None:"):
                self.writer.line(f"run.gap(*{gap})")

    def _joined(self, value: Value, frame: Frame, *, sink: str, to: str, at: str, holder: str) -> None:
        """Write ``derive: join``: the texts of all places make one, if none of them has several."""
        leaves = self._leaves(value, frame)
        chain, text = value.origins[0].chain, self.writer.name("x")
        parts = [self._part(value, leaf, chain, frame, to, at) for leaf in leaves]
        whole = f"{value.join!r}.join([part for part in ({', '.join(parts)},) if part])"
        single = " and ".join(f"{part}.__class__ is not Several" for part in parts)
        codec = f'join("{value.join}")' + ("" if chain.plain else f" | {chain.text}")
        label = self.generator.label(value, at, leaves[0].steps, leave=False, codec=codec)
        take = [f"u{leaf.number} = None" for leaf in leaves]
        with (
            self.writer.block(f"if {single} and ({text} := {whole}):"),
            self._tokens(value, text, take, self._gap(label, to, text)),
        ):
            self._convert(value, chain, text, sink, label, frame, to, take, holder)

    def _part(self, value: Value, leaf: Leaf, chain: Chain, frame: Frame, to: str, at: str) -> str:
        """Write the trimmed text of one place of a joined text and return its variable; ``Several`` is reported."""
        part, label = self.writer.name("x"), self._label(value, at, leaf, chain, leave=False)
        self.writer.line(f"{part} = ''")
        with self.writer.block(self._present(leaf, part, label, frame, to)):
            self.writer.line("pass")
        self._several(leaf, label, frame, to, found=part)
        return part

    def _gap(self, label: str, to: str, text: str) -> Callable[[str], str]:
        return lambda why: f"run.gap({label}, {to}, {why!r}, {text})"

    def _note(self, label: str, text: str, frame: Frame, to: str) -> list[str]:
        return [f"run.note({label}, {frame.spot}, {frame.added or to}, {text})"] if self.generator.traced else []

    def _lines(self, lines: list[str]) -> None:
        for line in lines:
            self.writer.line(line)

    def _convert(
        self,
        value: Value,
        chain: Chain,
        text: str,
        sink: str,
        label: str,
        frame: Frame,
        to: str,
        take: list[str],
        holder: str,
        *,
        noted: bool = True,
    ) -> None:
        """Write codec and code list, from the trimmed text to the sink."""
        note = self._note(label, text, frame, to) if noted else []
        if value.codes is not None:
            self._coded(value, chain, text, sink, label, frame, to, [*take, *note])
            return
        if chain.plain:
            self._lines([sink.format(text), *take, *note])
            return
        codec = self.writer.codec(chain.text)
        if chain.total:
            self._lines([sink.format(f"{codec}({text})"), *take, *note])
            return
        spilled = [*self._spilled(value, text, label, frame, to, holder), *take] if value.spill and holder else []
        with self.writer.block("try:"):
            self.writer.line(sink.format(f"{codec}({text})"))
            self._lines([*take, *note])
        with self.writer.block("except BadValue as bad:"):
            self.writer.line(f"run.bad({label}, {frame.spot}, {to}, bad)")
            self._lines(spilled)

    def _spilled(self, value: Value, text: str, label: str, frame: Frame, to: str, holder: str) -> list[str]:
        """Write what keeps a text that cannot be read in another field."""
        if value.spill is None:
            return []
        around, field = value.spill
        kept = f"{holder}.setdefault({field!r}, {text})"
        if not self.generator.traced:
            return [kept]
        note = f"run.note({label}, {frame.spot}, {to}{'[0]' * around}, {text}, at={field!r})"
        return [f"if {kept} is {text}: {note}"]

    def _coded(
        self,
        value: Value,
        chain: Chain,
        text: str,
        sink: str,
        label: str,
        frame: Frame,
        to: str,
        done: list[str],
    ) -> None:
        codelist = value.codes
        if codelist is None:
            return
        ready = chain.plain and not value.plain_code
        table = self.generator.codes(codelist, ready=ready)
        code, key = self.writer.name("y"), text
        if not chain.plain:
            key = self.writer.name("x")
            codec = self.writer.codec(chain.text)
            with self.writer.block("try:"):
                self.writer.line(f"{key} = {codec}({text})")
            with self.writer.block("except BadValue:"):
                self.writer.line(f"{key} = None")
        known, shown = "", repr(codelist.shown)
        if codelist.dated:
            span, known = self.writer.name("s"), f", known={key} in {table}.texts"
            self.writer.line(f"{span} = run.in_force({table})")
            table, shown = f"{span}.codes", f"{span}.shown"
        self.writer.line(f"{code} = {table}.get({key})")
        whole = f"Code(list={shown}, code={code}, text={text})"
        with self.writer.block(f"if {code} is not None:"):
            self._lines([sink.format(code if ready or value.plain_code else whole), *done])
        with self.writer.block("else:"):
            keeps = value.on_unknown != "refuse" and not value.plain_code
            severe = value.on_unknown == "refuse"
            if value.on_unknown != "keep":
                self.writer.line(f"run.no_code({label}, {frame.spot}, {to}, severe={severe}{known})")
            if keeps:
                self._lines([sink.format(whole), *done])
            elif not severe:
                self.writer.line(f"run.drop({frame.spot}, {label}.steps)")
