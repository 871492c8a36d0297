"""A JSON scanner that says what is wrong and where. Slow, and therefore asked only when there is doubt.

It walks without recursion and stops at the first fault or limit, so that a hostile document costs a bounded time.
"""

import json
import re
from typing import Any, Final, NoReturn

from hub_core.validation.limits import Limits, place, rejected

MAX_INTEGER: Final = 2**53 - 1  # RFC 7493, section 2.2: what every receiver can hold exactly

_BLANK: Final = re.compile(r"[ \t\n\r]*+")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?+([eE][+-]?[0-9]++)?+")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_WORDS: Final = {"true": True, "false": False, "null": None}
_WORD: Final = re.compile("true|false|null")


class Scan:
    """One walk through one text."""

    def __init__(self, text: str, limits: Limits) -> None:
        self._text = text
        self._limits = limits
        self._at = 0
        self._parts = 0
        self._levels: list[tuple[dict[str, Any] | list[Any], str]] = []  # open containers, key they stand at
        self._root: Any = None

    def document(self) -> Any:
        """Return the value of the whole text.

        Raises:
            Rejected: B103, B104, B105, B107, with line and column.
        """
        self._value()
        while self._levels:
            self._value()
        if self._look():
            self._fault("B103", "nothing may follow the document")
        return self._root

    def _value(self) -> None:
        mark = self._look()
        self._parts += 1
        if self._parts > self._limits.parts:
            self._fault("B107", "too many values")
        if mark == "{":
            self._enter({}, "}")
        elif mark == "[":
            self._enter([], "]")
        elif mark == '"':
            self._settle(self._string())
        else:
            self._settle(self._plain())

    def _enter(self, container: dict[str, Any] | list[Any], end: str) -> None:
        if len(self._levels) >= self._limits.depth:
            self._fault("B107", "too deep")
        self._at += 1
        if self._look() == end:
            self._at += 1
            self._settle(container)
        else:
            self._levels.append((container, self._key(container)))

    def _settle(self, value: Any) -> None:
        """Put a finished value into its container, and close the containers that end with it."""
        while self._levels:
            container, key = self._levels.pop()
            if isinstance(container, dict):
                container[key] = value
            else:
                container.append(value)
            end = "}" if isinstance(container, dict) else "]"
            mark = self._look()
            if mark == ",":
                self._at += 1
                self._levels.append((container, self._key(container)))
                return
            if mark != end:
                self._fault("B103", f"',' or '{end}' expected")
            self._at += 1
            value = container
        self._root = value

    def _key(self, container: dict[str, Any] | list[Any]) -> str:
        if isinstance(container, list):
            return ""
        if self._look() != '"':
            self._fault("B103", "a key in double quotes expected")
        start = self._at
        key = self._string()
        if key in container:
            self._at = start
            self._fault("B104", "the same key twice in one object")
        if self._look() != ":":
            self._fault("B103", "':' expected")
        self._at += 1
        return key

    def _string(self) -> str:
        match = _STRING.match(self._text, self._at)
        end = match.end() if match else self._at
        stop = self._text[end : end + 1]
        if stop != '"':
            self._at = end
            self._fault("B103", _UNENDED.get(stop, "a control character in a string"))
        text: str = json.loads(self._text[self._at : end + 1])
        if _SURROGATE.search(text):
            self._fault("B103", "half of a surrogate pair in a string")
        self._at = end + 1
        return text

    def _plain(self) -> Any:
        """Read a number or a word."""
        if word := _WORD.match(self._text, self._at):
            self._at = word.end()
            return _WORDS[word[0]]
        number = _NUMBER.match(self._text, self._at)
        if number is None:
            self._fault("B103", "a value expected")
        if number[1] or number[2]:
            value: float = float(number[0])
            if value in (float("inf"), float("-inf")):
                self._fault("B105", "a number too large")
        else:
            value = self._integer(number[0])
        self._at = number.end()
        return value

    def _integer(self, digits: str) -> int:
        # The length first: turning millions of digits into a number takes long.
        if len(digits) > len(str(-MAX_INTEGER)) or abs(int(digits)) > MAX_INTEGER:
            self._fault("B105", "an integer beyond 2^53")
        return int(digits)

    def _look(self) -> str:
        """Skip white space and return the character there; empty at the end."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def _fault(self, code: str, text: str) -> NoReturn:
        line, column = place(self._text, self._at)
        raise rejected(code, text, line=line, column=column)


_UNENDED: Final = {"": "a string without end", "\\": "an unknown escape in a string"}
