"""Which rules of a mapping meet at one place of a document.

The source of writing is made twice: the first time only to see which rule goes where. A place to which one rule goes
is filled without a look; where several may meet, what stands there already counts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from hub_core.mapping.writing.outrun import OWN

# Names from the root; an element of a list that a rule adds is ``(FRESH, id of the rule)``.
At = tuple[object, ...]
Frame = tuple[object, ...]  # who makes places: a function, or the elements of a list
FRESH: Final = "[]"


def is_fresh(name: object) -> bool:
    """Tell whether a name stands for a new element of a list."""
    return name.__class__ is tuple


class Sites:
    """What goes to which place.

    Attributes:
        nodes: places that hold others, by what makes them, in order.
        makers: the same by place.
        stored: which rules put a text at a place.
        writers: which frames put it there.
        added: how often elements are added to a place.
        touched: places that conditions, filters or several rules look at while they are filled.
        asked: places right below an object that conditions name.
        twice: places that are filled twice by one rule.
        inside: names right below a place.
    """

    def __init__(self) -> None:
        self.nodes: dict[Frame, dict[At, bool]] = defaultdict(dict)
        self.makers: dict[At, set[Frame]] = defaultdict(set)
        self.stored: dict[At, set[object]] = defaultdict(set)
        self.writers: dict[At, set[Frame]] = defaultdict(set)
        self.added: Counter[At] = Counter()
        self.touched: set[At] = set()
        self.asked: set[At] = set()
        self.twice: set[At] = set()
        self.inside: dict[At, set[object]] = defaultdict(set)

    def note(self, at: At) -> None:
        """Note that something stands at a place."""
        self.inside[at[:-1]].add(at[-1])

    def node(self, frame: Frame, at: At, *, many: bool) -> None:
        """Note that a place is made that holds others."""
        self.note(at)
        self.makers[at].add(frame)
        self.nodes[frame][at] = many

    def text(self, frame: Frame, at: At, rule: object) -> None:
        """Note that a rule puts a text at a place."""
        self.note(at)
        self.writers[at].add(frame)
        self.stored[at].add((frame, rule))

    def is_text(self, at: At) -> bool:
        """Tell whether nothing but single texts stand at a place."""
        return at not in self.makers and not self.added[at] and at not in self.touched

    def is_own(self, at: At, *, xml: bool) -> bool:
        """Tell whether one frame alone makes a place that holds others; in XML it may have a text beside them."""
        watched = at in self.touched or at in self.asked or bool(self.added[at])
        texts = self.writers.get(at, set())
        return (
            len(self.makers[at]) == 1
            and not watched
            and not self._again(at)
            and (not texts or (xml and texts == self.makers[at]))
        )

    def is_single(self, at: At) -> bool:
        """Tell whether one rule alone puts a text at a place."""
        return len(self.stored[at]) == 1 and self.is_text(at) and not self._again(at)

    def is_list(self, at: At) -> bool:
        """Tell whether one rule alone adds elements to a place; an element that another rule makes may hold it."""
        watched = at in self.touched or at in self.asked or at in self.makers
        if self.added[at] != 1 or watched or self.stored[at] or self._filled_twice(at):
            return False
        # An element that may be joined with one of another rule must remember who reads what in it.
        around = next((at[:length] for length in range(len(at) - 1, 0, -1) if is_fresh(at[length])), None)
        return around is None or (self.is_list(around) and not self.is_joined(around))

    def is_joined(self, at: At) -> bool:
        """Tell whether a place lies in an element of a list to which other rules add elements with the same place."""
        for above in _above(at):
            if self.added[above]:
                name = at[len(above)]
                return any(is_fresh(one) and name in self.inside[*above, one] for one in list(self.inside[above]))
        return False

    def holds_text_only(self, at: At) -> bool:
        """Tell whether a place has its own text and nothing else."""
        return self.inside.get(at) == {OWN}

    def _again(self, at: At) -> bool:
        return self._filled_twice(at) or self.is_joined(at)

    def _filled_twice(self, at: At) -> bool:
        """Tell whether a rule fills the place more than once; a new element is another place each time."""
        return any(above in self.twice for above in _above(at))


def _above(at: At) -> Iterator[At]:
    """Yield the places around a place, as far as they are the same each time."""
    for length in range(len(at) - 1, -1, -1):
        if length and is_fresh(at[length - 1]):
            return
        yield at[:length]
