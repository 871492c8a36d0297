"""Writes how one raw value becomes a value of the record: tokens, codecs, codes, faults."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from hub_core.mapping.binding.plan import Value
from hub_core.mapping.codecs import Chain, dates
from hub_core.mapping.codelists import CodeList
from hub_core.mapping.reading.generator import Frame, Generator
from hub_core.mapping.reading.tree import Leaf


class Task(NamedTuple):
    """One value to write.

    Attributes:
        frame: where the scope of its rule is written.
        sink: statement that takes the value, with ``{}`` for its expression.
        to: expression of the object that it goes into, as findings name it.
        at: canonical path below that object.
        holder: variable of that object, where a text that cannot be read may be kept; blank: nowhere.
    """

    value: Value
    frame: Frame
    sink: str
    to: str
    at: str
    holder: str

    @property
    def place(self) -> str:
        """The arguments with which the reading says where it is: the spot, and the object of the record."""
        return f"{self.frame.spot}, {self.to}"


class Text(NamedTuple):
    """The trimmed text of a place: the variable that holds it, the label for findings, the codecs that read it."""

    var: str
    label: str
    chain: Chain


class ValueCode:
    """Writes the values of one mapping."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.writer = generator.writer

    def write(self, value: Value, frame: Frame, *, sink: str, to: str, at: str, holder: str = "") -> None:
        """Write one value; see ``Task``."""
        task = Task(value, frame, sink, to, at, holder)
        if value.join is not None:
            self._joined(task)
        elif len(value.origins) == 1:
            self._single(task)
        else:
            self._first(task)

    def blank(self, value: Value, frame: Frame) -> str:
        """Return the expression that the source says nothing, or one of the ``absent`` tokens."""
        tests = [self._trimmed(leaf) for leaf in self._leaves(value, frame)]
        words = self.writer.among("A", ("", *value.absent))
        return " and ".join(f"{test} in {words}" for test in tests) or "True"

    def _leaves(self, value: Value, frame: Frame) -> list[Leaf]:
        return [frame.tree.leaves[origin.steps] for origin in value.origins]

    def _trimmed(self, leaf: Leaf) -> str:
        """Return the expression of the trimmed text, blank where nothing is there."""
        if self.generator.kind == "xml":
            return f"({leaf.var} or '').strip()"
        return f"({leaf.var}.strip() if {leaf.var}.__class__ is str else text_of({leaf.var}))"

    def _text(self, task: Task, leaf: Leaf, chain: Chain, *, leave: bool = False) -> Text:
        """Return the text of a place, in a new variable."""
        codec = None if chain.plain else chain.text
        leave = leave and task.value.faulty == "flag"
        label = self.generator.label(task.value, task.at, leaf.steps, leave=leave, codec=codec)
        return Text(self.writer.name("x"), label, chain)

    def _present(self, task: Task, leaf: Leaf, text: Text) -> str:
        """Return the test that something is there; it binds the trimmed text."""
        if self.generator.kind == "xml":
            return f"if {leaf.var} and ({text.var} := {leaf.var}.strip()):"
        # Else objects are left by somebody else.
        own = leaf.bare and not leaf.tracked and leaf not in task.frame.shared
        odd = f"run.{'text' if own else 'word'}({leaf.var}, {text.label}, {task.place})"
        trimmed = f"{leaf.var}.strip() if {leaf.var}.__class__ is str else {odd}"
        return f"if {leaf.var} is not None and ({text.var} := {trimmed}):"

    def _several(self, task: Task, leaf: Leaf, label: str, *, found: str = "") -> None:
        """Write the report of several different values; JSON has it in ``run.text`` and ``run.word``.

        They are also put into the variable ``found``, where one is given.
        """
        if self.generator.kind == "xml" and leaf not in task.frame.direct:
            with self.writer.block(f"elif {leaf.var}.__class__ is Several:"):
                self.writer.line(f"run.several({label}, {task.place})")
                if found:
                    self.writer.line(f"{found} = {leaf.var}")

    def _single(self, task: Task) -> None:
        origin = task.value.origins[0]
        leaf = task.frame.tree.leaves[origin.steps]
        text = self._text(task, leaf, origin.chain, leave=not leaf.tracked and task.value.spill is None)
        take = [f"u{leaf.number} = None"] if leaf.tracked else []
        with (
            self.writer.block(self._present(task, leaf, text)),
            self._tokens(task.value, text.var, take, self._gap(task, text)),
        ):
            self._convert(task, text, take)
        self._several(task, leaf, text.label)

    def _tokens(
        self, value: Value, text: str, take: list[str], gap: Callable[[str], str]
    ) -> AbstractContextManager[None]:
        """Write the tests for tokens; what the returned block holds is for all other texts."""
        word = "if"
        if value.absent:
            with self.writer.block(f"{word} {text} in {self.writer.among('A', value.absent)}:"):
                self._lines(take)
            word = "elif"
        for why, words in (("unknown", value.unknown), ("withheld", value.withheld)):
            if words:
                with self.writer.block(f"{word} {text} in {self.writer.among('A', words)}:"):
                    self._lines([gap(why), *take])
                word = "elif"
        return self.writer.block("else:") if word == "elif" else self.writer.same()

    def _first(self, task: Task) -> None:
        """Write ``any:``: the first place that holds something counts, the others must not contradict it."""
        value = task.value
        chosen, gap = self.writer.name("z"), self.writer.name("g")
        tokens = bool(value.unknown or value.withheld)
        self.writer.line(f"{chosen} = {f'{gap} = ' if tokens else ''}None")
        for origin in value.origins:
            leaf = task.frame.tree.leaves[origin.steps]
            text = self._text(task, leaf, origin.chain)
            take, found = f"u{leaf.number} = None", self.writer.name("y")
            with self.writer.block(self._present(task, leaf, text)):
                if not origin.chain.plain or tokens or value.absent or value.codes:
                    self.writer.line(f"{found} = None")
                keep = f"{gap} = {gap} or ({text.label}, {task.to}, {{!r}}, {text.var})"
                with self._tokens(value, text.var, [take], keep.format):
                    self._convert(task._replace(sink=f"{found} = {{}}"), text, [], noted=False)
                with self.writer.block(f"if {chosen} is None is not {found} or {_agree(value, found, chosen)}:"):
                    first = f"{chosen} = {chosen} or {found}" if value.codes else f"{chosen} = {found}"
                    self._lines([first, take, *self._note(task, text)])
                with self.writer.block(f"elif {found} is not None:"):
                    self.writer.line(f"run.differs({text.label}, {task.place})")
            self._several(task, leaf, text.label)
        with self.writer.block(f"if {chosen} is not None:"):
            self.writer.line(task.sink.format(chosen))
        if tokens:
            with self.writer.block(f"elif {gap} is not None:"):
                self.writer.line(f"run.gap(*{gap})")

    def _joined(self, task: Task) -> None:
        """Write ``derive: join``: the texts of all places make one, if none of them has several."""
        value, chain = task.value, task.value.origins[0].chain
        leaves = self._leaves(value, task.frame)
        var = self.writer.name("x")
        parts = [self._part(task, leaf, chain) for leaf in leaves]
        whole = f"{value.join!r}.join([part for part in ({', '.join(parts)},) if part])"
        single = " and ".join(f"{part}.__class__ is not Several" for part in parts)
        codec = f'join("{value.join}")' + ("" if chain.plain else f" | {chain.text}")
        text = Text(var, self.generator.label(value, task.at, leaves[0].steps, leave=False, codec=codec), chain)
        take = [f"u{leaf.number} = None" for leaf in leaves]
        with (
            self.writer.block(f"if {single} and ({var} := {whole}):"),
            self._tokens(value, var, take, self._gap(task, text)),
        ):
            self._convert(task, text, take)

    def _part(self, task: Task, leaf: Leaf, chain: Chain) -> str:
        """Write the trimmed text of one place of a joined text and return its variable; ``Several`` is reported."""
        part = self._text(task, leaf, chain)
        self.writer.line(f"{part.var} = ''")
        with self.writer.block(self._present(task, leaf, part)):
            self.writer.line("pass")
        self._several(task, leaf, part.label, found=part.var)
        return part.var

    def _gap(self, task: Task, text: Text) -> Callable[[str], str]:
        return lambda why: f"run.gap({text.label}, {task.to}, {why!r}, {text.var})"

    def _note(self, task: Task, text: Text) -> list[str]:
        if not self.generator.traced:
            return []
        return [f"run.note({text.label}, {task.frame.spot}, {task.frame.added or task.to}, {text.var})"]

    def _lines(self, lines: list[str]) -> None:
        for line in lines:
            self.writer.line(line)

    def _convert(self, task: Task, text: Text, take: list[str], *, noted: bool = True) -> None:
        """Write codec and code list, from the trimmed text to the sink."""
        value, chain = task.value, text.chain
        done = [*take, *(self._note(task, text) if noted else [])]
        if value.codes is not None:
            self._coded(task, text, value.codes, done)
            return
        if chain.plain:
            self._lines([task.sink.format(text.var), *done])
            return
        read = f"{self.writer.codec(chain.text)}({text.var})"
        if chain.total:
            self._lines([task.sink.format(read), *done])
            return
        inline = chain.parse is dates.read_iso
        if inline:
            read = dates.INLINE.format(text.var, self.writer.codec(chain.text))
        with self.writer.block("try:"):
            self._lines([task.sink.format(read), *done])
        with self.writer.block(f"except {'ValueError' if inline else 'BadValue'} as bad:"):
            self.writer.line(f"run.bad({text.label}, {task.place}, bad)")
            if value.spill and task.holder:
                self._lines([*self._spilled(task, text, *value.spill), *take])

    def _spilled(self, task: Task, text: Text, around: int, field: str) -> list[str]:
        """Write what keeps a text that cannot be read in another field."""
        kept = f"{task.holder}.setdefault({field!r}, {text.var})"
        if not self.generator.traced:
            return [kept]
        note = f"run.note({text.label}, {task.place}{'[0]' * around}, {text.var}, at={field!r})"
        return [f"if {kept} is {text.var}: {note}"]

    def _coded(self, task: Task, text: Text, codelist: CodeList, done: list[str]) -> None:
        value = task.value
        ready = text.chain.plain and not value.plain_code
        table = self.generator.codes(codelist, ready=ready)
        code, key = self.writer.name("y"), text.var
        if not text.chain.plain:
            key = self.writer.name("x")
            codec = self.writer.codec(text.chain.text)
            with self.writer.block("try:"):
                self.writer.line(f"{key} = {codec}({text.var})")
            with self.writer.block("except BadValue:"):
                self.writer.line(f"{key} = None")
        known, shown = "", repr(codelist.shown)
        if codelist.dated:
            span, known = self.writer.name("s"), f", known={key} in {table}.texts"
            self.writer.line(f"{span} = run.in_force({table})")
            table, shown = f"{span}.codes", f"{span}.shown"
        self.writer.line(f"{code} = {table}.get({key})")
        whole = f"Code(list={shown}, code={code}, text={text.var})"
        with self.writer.block(f"if {code} is not None:"):
            self._lines([task.sink.format(code if ready or value.plain_code else whole), *done])
        with self.writer.block("else:"):
            keeps = value.on_unknown != "refuse" and not value.plain_code
            severe = value.on_unknown == "refuse"
            if value.on_unknown != "keep":
                self.writer.line(f"run.no_code({text.label}, {task.place}, severe={severe}{known})")
            if keeps:
                self._lines([task.sink.format(whole), *done])
            elif not severe:
                self.writer.line(f"run.drop({task.frame.spot}, {text.label}.steps)")


def _agree(value: Value, found: str, chosen: str) -> str:
    """Return the test that two places say the same."""
    if value.codes is not None and not value.plain_code:  # in whatever words the codes are written
        one, other = (f"({y}.code, {y}.code or {y}.text)" for y in (found, chosen))
        return f"None is not {found} and {chosen} is not None and {one} == {other}"
    return f"{found} == {chosen} is not None"
