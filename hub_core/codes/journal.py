"""J: keeping and deciding."""

from hub_core.codes.code import Code

CODES = (
    Code(
        "J201",
        "more findings than are listed",
        "Mend the first ones and send again; no warning hides an error.",
    ),
    Code("J101", "journal in use", "Stop the other hub, or give this one a home of its own (PUNTE_HOME)."),
    Code("J102", "journal file not usable", "See the text; name another file, or run the version that wrote it."),
    Code("J103", "no journal here", "Start the hub once, or name the home where it keeps its state (PUNTE_HOME)."),
    Code(
        "J104",
        "journal file gone",
        "Put the file back beside its log before anything else is done here: without the file the log is lost, too.",
    ),
    Code("J110", "no keyring", "Put the hub's own keyring back; without it nothing that is sealed can be read."),
    Code("J111", "keyring not usable", "Let the hub's user read it, or put an undamaged copy back."),
    Code("J112", "keyring not written", "Nothing was changed; change the keyring at its source, or make room for it."),
    Code("J113", "another store's keyring", "Name the keyring that belongs to this store (PUNTE_KEYRING)."),
    Code("J114", "sealing key cannot be dropped", "See punte seal status; a key in use stays."),
    Code(
        "J115", "sealed value does not open", "Bring the store back from a backup; somebody changed what is kept.", 500
    ),
    Code("J120", "backup not usable", "Take another one: this file is damaged, or no backup of a hub."),
    Code("J121", "something is kept here already", "Name an empty store, or set aside what is there: --replace."),
    Code("J122", "program of PostgreSQL missing", "Install the client programs of the server's version."),
    Code("J123", "backup or restore failed", "See the text; nothing was changed where something lay before."),
    Code(
        "J130",
        "folder of attachments not usable",
        "Mount the folder that belongs to this store, or name it (PUNTE_ATTACHMENTS); see punte doctor.",
    ),
    Code("J131", "attachment not there", "Put its file back from a backup; without it the message stays parked."),
    Code("J404", "no such message", "Check the message id. Callers of the hub see their own messages only.", 404),
    Code("J409", "same id, other content", "Use a new id for a new message; the first one stands.", 409),
    Code(
        "J410", "contents purged", "Ask the sender for it; see how long contents are kept: punte purge --dry-run.", 410
    ),
    Code("J412", "delivery not parked", "Only a parked delivery is tried again; see its state first.", 409),
    Code(
        "J413", "delivery not in doubt", "Only a delivery whose answer was lost is settled by hand; see its state.", 409
    ),
    Code("J414", "nothing parked there", "See what waits for you, and its ids, with: punte parked.", 404),
    Code("J415", "in this replay already", "Nothing: it was done. To do it once more, give another reason.", 409),
    Code("J416", "on its way", "Wait until it is settled; punte messages timeline says what it waits for.", 409),
    Code("J417", "in doubt", "Settle it first (punte messages settle), or replay it --also-in-doubt.", 409),
    Code("J418", "repaired already", "See the corrected copy; if that is wrong, too, repair the copy.", 409),
    Code("J421", "polled twice at once", "Nothing: the other poll has taken in what was new.", 409),
    Code("J422", "two files closed at once", "Nothing: the other process wrote the file.", 409),
    Code("J423", "job taken over", "Nothing: the process that took the job over goes on with it.", 409),
    Code(
        "J503",
        "journal not available",
        "Send again later with the same id: it counts once, whatever became of the first try.",
        503,
        operator="Ask punte doctor what is wrong and what mends it. The hub goes on by itself then, without a restart.",
    ),
)
