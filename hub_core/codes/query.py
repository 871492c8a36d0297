"""Q: asking several institutions about one person."""

from hub_core.codes.code import Code

CODES = (
    Code("Q101", "source late", "The deadline passed; ask again or decide without this source."),
    Code("Q102", "source failed", "The source answered with a fault; its code stands in the finding."),
    Code("Q103", "source not reachable", "No connection; ask again later."),
    Code("Q104", "person not known to the source", "The source answered: it holds nothing for this person."),
    Code("Q105", "answer is about somebody else", "The source's answer is not used; report it to the source."),
    Code("Q106", "answer does not say about whom", "It is not used; have the source name the person's CNP."),
    Code("Q107", "answer cannot be read", "See the findings of the answer; its bytes are kept."),
    Code("Q108", "person has another number", "Ask again with the other CNP: this source may know the person by it."),
    Code("Q201", "sources contradict each other", "Compare the records side by side; nothing was overwritten."),
)
