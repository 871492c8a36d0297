"""L: lint. A mapping file loads, and does not fit its partner's contract or has parts without effect."""

from hub_core.codes.code import Code

CODES = (
    Code("L101", "path leads nowhere in the contract", "Write the nearest path that the mend names."),
    Code("L102", "path in a namespace that the contract does not use there", "Write the prefix that the mend names."),
    Code("L103", "attribute taken for an element, or the reverse", "Write the name with @ for an attribute."),
    Code("L104", "path goes on below a text", "End the path before this step."),
    Code("L105", "place without a text of its own", "Go on to a place that holds text."),
    Code("L106", "block at a place that has none of its places", "Name the place that the block is about."),
    Code("L111", "one value read at a place that repeats", "Mark the step with [] if one is meant, or fill a list."),
    Code("L112", "place taken for repeated that stands once", "Remove the [], or count what repeats."),
    Code(
        "L113", "value required at a place that may be missing", "Say in why: what is lost, or remove need: required."
    ),
    Code("L121", "codec does not read what stands there", "Write the codec that the mend names."),
    Code("L122", "token that never stands there", "Correct the token, or remove it."),
    Code("L123", "condition or filter on a text that never stands there", "Write a text that the contract allows."),
    Code("L124", "filter on a name that does not stand there", "Write an attribute or child of the step."),
    Code("L125", "fixed text that the contract does not take", "Write a text that the contract allows."),
    Code("L126", "place that the contract requires and nothing writes", "Add a rule for it, or a line to fixed:."),
    Code("L131", "code list lacks a text that the contract allows", "Add an entry to the list."),
    Code("L132", "code list reads a text that the contract never allows", "Correct the text, or remove it."),
    Code("L133", "code list that reads nothing that stands there", "Name the list of this place."),
    Code(
        "L141", "place of the contract neither read nor left out", "Add a rule, or a line below ignore: with a reason."
    ),
    Code("L142", "place that is read and left out", "Read another place, or remove the line below ignore:."),
    Code("L151", "rule behind one that always counts", "Remove it, or write it first."),
    Code("L152", "conditions that never hold together", "Correct one of them."),
    Code("L153", "one place read twice, and the one that was meant by nobody", "Write the place that was meant."),
    Code("L154", "place that belongs to the field of another rule", "Exchange the two places."),
    Code("L155", "list without a filter beside filtered ones", "Add a filter."),
    Code("L156", "text that no condition lets through", "Add it to the condition, or say why it is left out."),
    Code("L157", "elements chosen by a place that no rule reads", "Read it too, or choose by what is read."),
    Code("L158", "constant for what documents say", "Read the place that says it."),
    Code("L161", "block that nothing uses", "Use it, or remove it."),
    Code("L162", "short name of a code list that nothing uses", "Use it, or remove it."),
    Code("L163", "namespace prefix that nothing uses", "Remove it."),
    Code("L164", "file of blocks that nothing uses", "Remove it from blocks_from:."),
    Code("L165", "code list that nothing names", "Name it where its texts are read, or remove it."),
    Code("L171", "code that ends and that nothing takes over", "Write from: instead of until:, or a follower."),
    Code("L172", "list that does not say whose codes it has", "Add of: and the list."),
    Code("L173", "code that no text is read as", "Write its texts after in:, or remove it."),
    Code("L174", "code list that is not yet in force", "Write the first day on which it was in force."),
    Code("L181", "document of a test not readable", "Put the document beside the mapping, or correct its name."),
    Code("L182", "path of a test leads nowhere", "Name a place of the document."),
    Code("L183", "test expects what no record holds", "Write a field of the model, or a code of the list."),
)
