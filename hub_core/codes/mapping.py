"""M: mappings. M1xx: the mapping file is wrong. M2xx: a document does not fit its mapping."""

from hub_core.codes.code import Code

CODES = (
    Code("M101", "mapping file not readable", "Mend the YAML at the named line.", None),
    Code("M102", "unknown key", "Correct its spelling or remove it; the mend names the nearest."),
    Code("M103", "part missing or of another form", "Write it as the mend says."),
    Code("M104", "canonical path not right", "Write a path of the model; the mend names the nearest field."),
    Code("M105", "codec not right", "Write a codec that exists and gives what the field takes."),
    Code("M106", "code list not right", "Correct the list, its name or the code; the mend says what is known."),
    Code("M107", "source path not right", "Write a path of the language, or name a schema that is there."),
    Code("M108", "two rules for one place", "Write both as a list under one target, or remove one."),
    Code("M109", "block not right", "Name a block that exists and does not use itself."),
    Code("M110", "test of a mapping not right", "Write the test as the mend says."),
    Code("M111", "two mappings for one document", "Give one of them another id, or another document."),
    Code("M112", "object that no document can fill", "Add a rule for the field that the model requires."),
    Code("M113", "mapping that only reads", "Write direction: both in its file, and a test with round_trip:."),
    Code("M114", "no such mapping", "Name one that punte mapping list shows."),
    Code("M115", "file that is there already", "Give the new mapping another id, or remove the file."),
    Code("M201", "required value missing", "Send the value; the source path names its place.", 422),
    Code("M202", "value not readable", "Send the value in the form that the contract names.", 422),
    Code("M203", "several values where one is expected", "Send the value once.", 422),
    Code("M204", "code not in the list", "Send a code of the list, or have the list extended.", 422),
    Code("M205", "leaf not mapped", "Nothing is lost: the value is kept under 'unmapped'."),
    Code("M206", "mapping gave a value that the model refuses", "Report it: the mapping has a defect.", 422),
    Code("M208", "code not in force", "Send a code in force on the record's date, or mend the days of the list.", 422),
    Code("M301", "source says it failed", "Ask the source; its own code stands in the finding.", 422),
    Code(
        "M302",
        "source does not know the person",
        "Check the identifier; the source holds nothing for it.",
        422,
    ),
    Code("M303", "source is busy", "Ask again later.", 422),
    Code("M401", "value that no rule writes", "Add a rule, or accept that this document has no place for it."),
    Code("M402", "value that cannot be written", "Extend the code list or correct the codec; the rule is named."),
    Code(
        "M403", "place taken", "Two values of the record belong at one place of the document; the first stands there."
    ),
    Code("M404", "rule for other values", "The rule writes under a condition, or a constant, that this record is not."),
    Code("M405", "document says more", "Read back, the document says something that the record does not say."),
    Code("M406", "text that the document cannot hold", "Take the control characters out of the value."),
    Code(
        "M407", "document that would be refused", "Give the record the value that is missing, or mend the mapping.", 422
    ),
    Code("M408", "value declared not to be written", "Nothing: the rule says out: never, and why."),
    Code(
        "M409",
        "place that nobody writes",
        "The contract wants it: write the text for it under fixed:, or let a rule write it.",
        422,
    ),
    Code("M501", "message not captured", "Take another message, or write the fixture by hand.", 422),
)
