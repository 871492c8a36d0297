"""Pseudonyms: texts about a person become others of the same form, the same text always the same other one.

    scramble   letters and digits, by a keyed permutation
    days       dates, all moved by the same number of days
    numbers    CNP, NIF, CUI, SIRUTA, IBAN: with their check digits, as right or wrong as they were
    texts      a text of which nothing is known: what it looks like decides

A pseudonym is no anonymity: who has the key can find the pseudonym of a text, and rare facts still point at somebody.
"""

from hub_core.pseudonyms.texts import Pseudonyms

__all__ = ["Pseudonyms"]
