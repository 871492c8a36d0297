"""F: flat files. F101: the description is wrong. F1xx: a file or one of its rows does not fit its description."""

from hub_core.codes.code import Code

CODES = (
    Code("F101", "description of a flat file not right", "Write it as the mend says."),
    Code("F102", "wrong number of columns", "Send as many columns as the description names.", 422),
    Code("F103", "line of the wrong length", "Send lines as long as the description says.", 422),
    Code("F104", "line is not text in the declared encoding", "Send the encoding that the description names.", 422),
    Code("F105", "required column blank", "Send the value.", 422),
    Code("F106", "value does not fit its column", "Send the value in the form that the description names.", 422),
    Code("F107", "quotes that do not fit", "Close every quote on its line, and double quotes inside a value.", 422),
    Code("F108", "titles do not fit", "Send the columns of the description, in its order.", 422),
    Code("F109", "header missing", "Send the file with its header; nothing of it was accepted.", 422),
    Code("F110", "trailer missing: the file was cut", "Send the whole file again; nothing of it was accepted.", 422),
    Code("F111", "count does not fit", "Send the whole file again; nothing of it was accepted.", 422),
    Code("F112", "sum does not fit", "Correct the sum or the rows; nothing of the file was accepted.", 422),
    Code("F113", "too many rows", "Split the file, or have the bound of the description raised.", 422),
    Code("F114", "sum not checked", "Rows that cannot be read are in it; see their findings."),
    Code(
        "F115",
        "a file is not read as a whole",
        "Look at its rows, each a message of its own: punte messages list --rows-of FILE; or name one, FILE:LINE.",
        422,
    ),
    Code("F116", "rows that the file cannot carry", "Correct the value, the mapping or the description of the file."),
    Code("F117", "line of another kind", "Begin each line with the token that the description names.", 422),
    Code("F118", "rows of different files", "Write one file for each header, or give its values yourself."),
    Code(
        "F119",
        "number shortened by a spreadsheet",
        "Format the column as text, enter the number, export.",
        422,
    ),
    Code("F120", "line is no JSON object", "Send one JSON object a line, every key once.", 422),
    Code("F121", "XML not well-formed", "Send the whole file again; nothing of it was accepted.", 422),
    Code("F122", "value that no column names", "Leave it out, or have the description of the file name it.", 422),
    Code("F123", "document type in an XML file", "Send the file without a document type declaration.", 422),
    Code("F124", "zip not readable", "Send a zip without a password, packed by deflate; or the file itself.", 422),
    Code("F125", "zip too large", "Send fewer or smaller files in one zip.", 422),
    Code("F126", "zip with other things in it", "Pack the files alone: no zips, no paths that lead elsewhere.", 422),
    Code("F127", "next file of a zip", "Lines count on from here; take them off to find the line in that file."),
    Code("F128", "row that came before", "See whether it is meant twice: it counts twice. If not, take it back."),
)
