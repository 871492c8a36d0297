"""M: mappings. M1xx: the mapping file is wrong. M2xx: a document does not fit its mapping."""

from hub_core.codes.code import Code

CODES = (
    Code("M101", "mapping file not readable", "Mend the YAML at the named line.", None),
    Code("M201", "required value missing", "Send the value; the source path names its place.", 422),
    Code("M202", "value not readable", "Send the value in the form that the contract names.", 422),
    Code("M203", "several values where one is expected", "Send the value once.", 422),
    Code("M204", "code not in the list", "Send a code of the list, or have the list extended.", 422),
    Code("M205", "leaf not mapped", "Nothing is lost: the value is kept under 'unmapped'."),
    Code("M301", "source says it failed", "Ask the source; its own code stands in the finding.", 422),
    Code(
        "M302",
        "source does not know the person",
        "Check the identifier; the source holds nothing for it.",
        422,
    ),
    Code("M303", "source is busy", "Ask again later.", 422),
)
