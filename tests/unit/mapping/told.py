"""What readings say, and a block of a person, for tests."""

PERSON = """
blocks:
  person:
    name.family: {at: <f>}
    name.given: {at: <g>}
    birth.date: {at: <b>, as: partial_date}
"""


def codes(reading):
    return [finding.code for finding in reading.findings]


def only(reading, code):
    (found,) = [finding for finding in reading.findings if finding.code == code]
    return found
