"""The page of an endpoint that takes files of rows: for the clerk who makes the file, and for whoever sends it."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from adapters.flat import ADAPTER
from adapters.flat.answers import Replying
from adapters.flat.dropbox import Dropbox
from adapters.flat.inbox import UNFINISHED
from adapters.flat.replyform import reply_to
from hub_core.codes import CODES
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError
from hub_core.mapping import CompiledMapping
from hub_core.places import SCHEMAS
from hub_core.ports import Became
from hub_core.rows import Description, load_description
from hub_core.rows.cells import unscaled
from hub_core.rows.lines import fault
from hub_core.rows.model import NESTED, Column, Record
from hub_core.rows.packed import members_of
from hub_web.partner.blocks import Block, Code, Facts, Page, Section, Table, Text
from hub_web.partner.call import purpose_of
from hub_web.partner.known import Known
from hub_web.partner.listfile import Example, example_of, form_of, rules_of

_FORMS: Final = {
    "csv": "CSV: one row on each line",
    "fixed": "fixed width: one row on each line, each column at its characters",
    "json-lines": "JSON lines: one object on each line",
    "xml": "XML: one element for each row",
}
_ENCODINGS: Final = {"cp1250": "Windows-1250, as spreadsheets on Windows save it", "utf-8": "UTF-8"}
_LANGUAGES: Final = {"csv": "csv", "json-lines": "json", "xml": "xml"}  # as Markdown names them
_SIGNS: Final = {";": "semicolon `;`", ",": "comma `,`", "\t": "tabulator", "|": "bar `|`"}
_ALWAYS: Final = ("F104", "F105", "F106", "F119", "B413")
_BY_FORM: Final = {
    "csv": ("F102", "F107", "F108"),
    "fixed": ("F103",),
    "json-lines": ("F120", "F122"),
    "xml": ("F121", "F122", "F123"),
}
_PACKED: Final = {None: "", "zip": ", in a zip", "zip-or-plain": ", in a zip or without"}
_AROUND: Final = {"header": ("F109",), "trailer": ("F110", "F111", "F112")}


class ListPage:
    """The page of one endpoint."""

    def __init__(self, name: str, endpoint: Endpoint, known: Known) -> None:
        self.name = name
        self.endpoint = endpoint
        self.known = known
        file = endpoint.contract.rows if endpoint.contract is not None else None
        if file is None:
            raise ConfigError("R103", "a flat file needs its description", where=name, mend="add contract: {rows: ...}")
        self.file = file
        self.description: Description = load_description(SCHEMAS / file, file=file)
        self.example: Example | None = None
        self.dropbox: Dropbox | None = ADAPTER.settings(endpoint, Dropbox) if endpoint.poll else None

    @property
    def ending(self) -> str:
        """End of the names of such files."""
        return self.description.suffix

    @property
    def replies(self) -> Replying | None:
        """Says that such files are replies to those of the hub, which answers none of them."""
        return None if self.dropbox is None else self.dropbox.answers

    @cached_property
    def mapping(self) -> CompiledMapping | None:
        """What reads the rows."""
        of_file = (one for one in self.known.mappings.all if one.source.schema == self.file)
        named = (self.known.mappings.get(name) for name in self.endpoint.mappings)
        return next((one for one in (*named, *of_file) if one is not None), None)

    def page(self) -> Page:
        """Return all of it."""
        whose = self.known.directory.institutions.get(self.endpoint.institution)
        lead = f"How to make and send files of rows for the service {self.endpoint.service} of the hub"
        lead += f", for {whose.name}." if whose is not None else "."
        self.example = (
            example_of(self.description, self.mapping, self.known.mappings, self.known.folder) if self.mapping else None
        )
        sections = (
            Section("glance", "At a glance", tuple(self._glance())),
            Section("columns", "What stands in the file", tuple(self._columns())),
            Section("sample", "An example", tuple(self._sample())),
            Section("send", "How to send it", tuple(self._send())),
            Section("reply", "What comes back", tuple(self._reply())),
            Section("again", "Sending again", tuple(self._again())),
            Section("codes", "What may be wrong", tuple(self._codes())),
        )
        return Page(title=f"Punte: {self.name}", lead=lead, sections=tuple(one for one in sections if one.blocks))

    def _glance(self) -> Iterator[Block]:
        it = self.description
        facts = {"File": f"{_FORMS[it.form]}{_PACKED[it.packed]}", "Name": self._named()}
        if it.form == "csv":
            facts["Between columns"] = f"{_SIGNS[it.delimiter]}; a value that holds one stands in `{it.quote}`"
        facts |= {
            "Letters": _ENCODINGS.get(it.encoding, it.encoding.upper()),
            "First": self._first(),
            "Last": "a line of its own kind, see below; without it nothing of the file counts" if it.trailer else "",
            "At most": f"{it.max_rows:,} rows, {self.endpoint.max_body_bytes:,} bytes",
        }
        yield Facts(tuple((name, told) for name, told in facts.items() if told))

    def _named(self) -> str:
        if self.replies is not None:
            return f"`{self.replies.name}`, where `{{file}}` is the name of the file of the hub that it answers"
        if self.dropbox is None:
            return f"as you like, such as `list.{self.ending}`"
        ends = ", ".join(f"`{one}`" for one in UNFINISHED)
        return f"as you like, such as `list-01.{self.ending}`; no point at its beginning, none of {ends} at its end"

    def _first(self) -> str:
        parts = ["a line about the file"] if self.description.header else []
        parts += ["a line with the titles of the columns, as written below"] if self.description.titles else []
        return ", then ".join(parts)

    def _columns(self) -> Iterator[Block]:
        it = self.description
        if it.header is not None:
            yield Text(f"The first line says what file it is.{_begins(it.header)}")
            yield self._table(it.header, "header.")
        record = f"Each row is one {'element' if it.form == 'xml' else 'line'}, with these columns in this order."
        if it.form in NESTED:
            record = "Each row holds these values, wherever its way leads."
        yield Text(record if it.form == "xml" else f"{record}{_begins(it.row)}")
        yield self._table(it.row, "")
        if it.trailer is not None:
            yield Text(f"The last line says that the file is whole.{_begins(it.trailer)}")
            yield self._table(it.trailer, "trailer.")

    def _table(self, record: Record, prefix: str) -> Table:
        first = self.example.first if self.example is not None else {}
        rows, begin = [], 1 + len(record.token)
        for column in record.columns:
            told = _named_in(column)
            if column.width:
                told += f", characters {begin} to {begin + column.width - 1}"
                begin += column.width
            must = "yes" if column.required or column.equals else "may be blank"
            value = unscaled(first.get(f"{prefix}{column.name}", ""), column)
            example = f"`{value}`" if value else ""
            rows.append((told, self._meaning(column, prefix), form_of(column), must, example))
        return Table(("Column", "What it is", "How it is written", "Must stand there", "For example"), tuple(rows))

    def _meaning(self, column: Column, prefix: str) -> str:
        """Return what the description says of a column, else what it counts, else where it goes in the record."""
        if column.means:
            return column.means
        if column.equals is not None:
            summed = next((one for one in self.description.row.columns if one.name == column.sums), None)
            return "how many rows there are" if summed is None else f"the sum of `{_title(summed)}`"
        paths = dict.fromkeys(at for at, *_ in rules_of(self.mapping).get(f"{prefix}{column.name}", ()))
        return ", ".join(f"`{path}`" for path in paths)

    def _sample(self) -> Iterator[Block]:
        if self.example is None:
            yield Text("The operator of the hub gives you one.")
            return
        body = self.example.body
        if self.description.packed == "zip":
            yield Text("The zip holds one or more files like this one. All persons in it are invented.")
            body = b"".join(part().read() for part in members_of(body)[:1])
        else:
            told = "The hub takes this file as it stands, once it is saved with the letters named above."
            yield Text(f"All persons in it are invented. {told}")
        yield Code(
            "A whole file",
            _LANGUAGES.get(self.description.form, "text"),
            body.decode(self.description.encoding).rstrip(),
        )

    def _send(self) -> Iterator[Block]:
        if self.dropbox is None:
            yield from self._posted()
            return
        where = "that the operator of the hub shares with you"
        where = f"`{self.endpoint.url}`, by any SFTP client" if self.endpoint.url else where
        yield Text(f"Put the file into the folder {where}. When it is whole the hub takes it away from there.")
        if marker := self.dropbox.marker:
            named = f"list.{self.ending}"
            told = f"It is whole once an empty file of its name and `{marker}` lies beside it: "
            yield Text(f"{told}`{named}{marker}` beside `{named}`.")
        else:
            told = f"It is whole when nothing of it changed for {self.dropbox.settle.total_seconds():g} s."
            yield Text(f"{told} Over a slow line, write it under a name that ends in `.part` and rename it then.")

    def _posted(self) -> Iterator[Block]:
        yield Text("The operator of the hub gives you a key: the header `Punte-Key`, or the password of HTTP Basic.")
        file, purpose = f"list.{self.ending}", purpose_of(self.endpoint, self.known.directory)
        headers = ["Punte-Key: $PUNTE_KEY", "Content-Type: application/octet-stream"]
        headers += [f"Punte-Purpose: {purpose}"] if purpose else []
        headers += [f"Idempotency-Key: $(sha256sum {file} | cut -c1-64)"] if self.endpoint.message_id else []
        said = "".join(f'--header "{header}" \\\n  ' for header in headers)
        address = f"{self.known.address}/flat/{self.name}"
        yield Code("With curl", "sh", f"curl {said}--data-binary @{file} {address}")

    def _reply(self) -> Iterator[Block]:
        if self.replies is not None:
            yield Text("Nothing. What such a file refuses, the people of the hub see with your words.")
            return
        if self.dropbox is None:
            yield Text(
                "The hub answers 202 with a reference and the number of rows, once the file is on disk; then each row "
                "is judged by itself. A file of which nothing counts is answered with 422 and the reasons."
            )
            yield Text(f"How it stands: `GET {self.known.address}/api/v1/messages/REFERENCE`, with your key.")
            return
        yield Text(
            "In the folder `replies/` lies a file of its name and `.reply.csv` then, which opens in a spreadsheet: "
            "a line for the whole file, then one for each fault: the line in your file, the column, what is wrong and "
            "what to do. No value of your file stands in it."
        )
        column = next((one for one in self.description.row.columns if one.required), None)
        if self.example is None or column is None:
            return
        line, rows = self.example.lines[-1], len(self.example.lines)
        faults = (fault("F105", "the column is blank", line, column.name),)
        told = reply_to(Became(refused=False, rows=rows, refused_rows=1, faults=faults), self.dropbox.language)
        shown = told.decode("utf-8-sig").rstrip()
        yield Code(f"The reply to the example, had line {line} no {_title(column)}", "csv", shown)

    def _again(self) -> Iterator[Block]:
        if self.replies is not None:
            return
        yield Text(
            "A row with a fault holds up no other: mend the rows that are named and send them in a new file. Of a file "
            "that is refused as a whole nothing counts: mend it and send all of it."
        )
        if self.dropbox is not None:
            yield Text("The same file again, under whatever name, changes nothing and gets the same reply.")
        elif self.endpoint.message_id is not None:
            told = "whenever an answer was lost: nothing is done twice."
            yield Text(f"Send the same file with the same `Idempotency-Key` {told}")

    def _codes(self) -> Iterator[Block]:
        it = self.description
        codes = {*_ALWAYS, *_BY_FORM[it.form], *(("F124", "F125") if it.packed else ())}
        for part in ("header", "trailer"):
            codes |= {*_AROUND[part]} if getattr(it, part) is not None else set()
        yield Table(("Code", "What", "What to do"), tuple(_told(sorted(codes))))


def _told(codes: Iterable[str]) -> Iterator[tuple[str, ...]]:
    return ((f"`{code}`", CODES[code].title, CODES[code].do) for code in codes)


def _title(column: Column) -> str:
    return column.path or column.title or column.name


def _named_in(column: Column) -> str:
    """Return what a column is called in the file, and what in replies."""
    title = _title(column)
    return f"`{title}`" if title == column.name else f"`{title}`; in replies `{column.name}`"


def _begins(record: Record) -> str:
    return f" It begins with `{record.token}`." if record.token else ""
