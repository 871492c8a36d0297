"""What every registered function must do, as a test suite: inherit ``FunctionContract`` and name yours.

class TestCard(FunctionContract):
function = FUNCTION
"""

import pytest

from hub_core.mapping.codecs import BadValue, Function
from hub_core.mapping.codecs.functions import as_codec

ODD = ("", "0", "-1", "x" * 100_000, "\x00", "\u0663", "1e999", "2024-13-45", "%s{0}", "Ș" * 50)


class FunctionContract:
    """The promises of ``Function``."""

    function: Function

    def test_it_says_what_it_reads_and_where_that_comes_from(self) -> None:
        assert self.function.doc.endswith(".")
        assert self.function.source

    def test_it_has_three_examples_and_one_that_is_refused(self) -> None:
        values = [example.value for example in self.function.examples]
        assert len(values) >= 3
        assert None in values
        assert any(value is not None for value in values)

    def test_every_example_holds(self) -> None:
        parse, _ = as_codec("fn.it", self.function).make()
        for example in self.function.examples:
            if example.value is None:
                with pytest.raises(BadValue):
                    self.function.parse(example.text)
            else:
                assert parse(example.text) == example.value

    def test_what_it_writes_it_reads_as_the_same_value(self) -> None:
        for example in self.function.examples:
            if self.function.format is None or example.value is None:
                continue
            written = self.function.format(example.value)
            assert written == (example.text if example.back is None else example.back)
            assert self.function.parse(written) == example.value

    @pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
    def test_it_reads_any_text_or_refuses_it_with_a_word(self, text: str) -> None:
        try:
            self.function.parse(text)
        except BadValue as error:
            assert " " not in str(error)  # noqa: PT017 - reading it is right, too
            assert len(str(error)) < 30  # noqa: PT017

    def test_it_gives_the_same_every_time(self) -> None:
        for example in self.function.examples:
            if example.value is not None:
                assert self.function.parse(example.text) == self.function.parse(example.text)
