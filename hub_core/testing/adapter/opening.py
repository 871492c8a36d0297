"""Opening is pure, hardened, and never repeats what it read."""

import codecs
import contextlib
import gc
import time

import pytest

from hub_core.codes import CODES
from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.message import Finding
from hub_core.testing.adapter.base import AdapterSuite

SOON = 2.0  # seconds; each of the hostile samples takes milliseconds, this is for a busy machine


class Opening(AdapterSuite):
    """``open`` and ``validate``."""

    def test_a_good_body_opens_to_a_document_of_a_kind_that_it_names(self) -> None:
        document = self.adapter.open(self.good)
        assert document.kind in self.adapter.spec.kinds
        assert document.name

    def test_opening_twice_gives_the_same(self) -> None:
        first, second = self.adapter.open(self.good), self.adapter.open(self.good)
        assert _outline(first) == _outline(second)

    def test_a_byte_order_mark_before_a_body_changes_nothing(self) -> None:
        assert _outline(self.adapter.open(codecs.BOM_UTF8 + self.good)) == _outline(self.adapter.open(self.good))

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "cp037"])
    def test_a_body_in_another_encoding_opens_or_is_refused(self, encoding: str) -> None:
        with contextlib.suppress(Rejected):
            assert self.adapter.open(self.good.decode().encode(encoding)).kind in self.adapter.spec.kinds

    def test_opening_does_not_change_the_bytes(self) -> None:
        body = bytes(bytearray(self.good))
        self.adapter.open(body)
        assert body == self.good

    def test_every_faulty_body_is_rejected_with_its_own_code(self) -> None:
        for what, (body, code) in self.faulty.items():
            with pytest.raises(Rejected) as rejected:
                self.adapter.open(body)
            assert rejected.value.code == code, what
            assert code in CODES

    def test_no_error_repeats_a_value_of_the_body(self) -> None:
        for body, _ in self.faulty.values():
            with pytest.raises(Rejected) as rejected:
                self.adapter.open(body)
            told = [str(rejected.value), *(_words(finding) for finding in rejected.value.findings)]
            assert self.secret not in " ".join(told)

    def test_what_breaks_off_is_placed_by_line_and_column(self) -> None:
        with pytest.raises(Rejected) as rejected:
            self.adapter.open(b"\n\n" + self.good[: len(self.good) // 2])
        assert "line " in rejected.value.text
        assert "column " in rejected.value.text

    def test_hostile_bodies_cost_little_time(self) -> None:
        gc.freeze()  # what other tests left behind is not looked through
        try:
            for what, (body, _) in self.faulty.items():
                started = time.thread_time()  # of the processor: other processes do not count
                with pytest.raises(Rejected):
                    self.adapter.open(body)
                assert time.thread_time() - started < SOON, what
        finally:
            gc.unfreeze()

    def test_an_endpoint_without_a_contract_finds_nothing_wrong(self) -> None:
        assert self.adapter.validate(self.endpoint(), self.adapter.open(self.good)) == []


def _outline(document: Document) -> tuple[object, ...]:
    root = document.root
    # An element tree has no equality of its own.
    value = [(e.tag, e.text, dict(e.attrib)) for e in root.iter()] if document.kind == "xml" else root
    return document.kind, document.name, document.dialect, document.message_id, document.request, value


def _words(finding: Finding) -> str:
    return " ".join(str(getattr(finding, field)) for field in finding.__struct_fields__)
