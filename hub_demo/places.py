"""Towns, streets and employers of the synthetic country.

Towns are real, with their SIRUTA codes and county numbers; streets carry names that every town has, and
the employers are invented.
"""

from typing import Final, NamedTuple

from hub_demo.identifiers import cui
from hub_demo.names import GERMAN, HUNGARIAN, Tongue


class Town(NamedTuple):
    """A town or, in the capital, a sector.

    ``county`` are the letters on car plates and in registers, ``number`` the county in a personal number,
    ``weight`` how often a household lives there, ``minority`` the language of the share ``share`` of them.
    """

    county: str
    number: int
    siruta: str
    name: str
    weight: int
    minority: Tongue = HUNGARIAN
    share: float = 0.0


class Employer(NamedTuple):
    """A payer of wages or pensions as the tax agency knows it."""

    cui: str
    name: str


TOWNS: Final = (
    Town("AB", 1, "1017", "Alba Iulia", 12),
    Town("AB", 1, "1213", "Aiud", 5),
    Town("AR", 2, "9262", "Arad", 16, share=0.1),
    Town("AG", 3, "13169", "Pitești", 18),
    Town("BC", 4, "20297", "Bacău", 16),
    Town("BH", 5, "26564", "Oradea", 20, share=0.25),
    Town("BN", 6, "32394", "Bistrița", 9),
    Town("BT", 7, "35731", "Botoșani", 12),
    Town("BV", 8, "40198", "Brașov", 25, GERMAN, 0.05),
    Town("BR", 9, "42682", "Brăila", 14),
    Town("BZ", 10, "44818", "Buzău", 12),
    Town("CS", 11, "50790", "Reșița", 8, GERMAN, 0.05),
    Town("CJ", 12, "54975", "Cluj-Napoca", 32, share=0.15),
    Town("CT", 13, "60419", "Constanța", 28),
    Town("CV", 14, "63394", "Sfântu Gheorghe", 8, share=0.75),
    Town("DB", 15, "65342", "Târgoviște", 9),
    Town("DJ", 16, "69900", "Craiova", 26),
    Town("GL", 17, "75098", "Galați", 24),
    Town("GJ", 18, "77812", "Târgu Jiu", 9),
    Town("HR", 19, "83320", "Miercurea Ciuc", 6, share=0.85),
    Town("HR", 19, "83133", "Odorheiu Secuiesc", 5, share=0.9),
    Town("HD", 20, "86687", "Deva", 8),
    Town("IL", 21, "92658", "Slobozia", 6),
    Town("IS", 22, "95060", "Iași", 30),
    Town("MM", 24, "106318", "Baia Mare", 12),
    Town("MH", 25, "109773", "Drobeta-Turnu Severin", 9),
    Town("MS", 26, "114319", "Târgu Mureș", 13, share=0.45),
    Town("NT", 27, "120726", "Piatra Neamț", 9),
    Town("OT", 28, "125347", "Slatina", 8),
    Town("PH", 29, "130534", "Ploiești", 20),
    Town("SM", 30, "136483", "Satu Mare", 10, share=0.35),
    Town("SJ", 31, "139704", "Zalău", 6, share=0.2),
    Town("SB", 32, "143450", "Sibiu", 14, GERMAN, 0.08),
    Town("SV", 33, "146263", "Suceava", 12),
    Town("TR", 34, "151790", "Alexandria", 5),
    Town("TM", 35, "155243", "Timișoara", 30, GERMAN, 0.05),
    Town("TL", 36, "159614", "Tulcea", 7),
    Town("VS", 37, "161945", "Vaslui", 7),
    Town("VL", 38, "167473", "Râmnicu Vâlcea", 10),
    Town("VN", 39, "174744", "Focșani", 8),
    Town("B", 41, "179141", "București, sectorul 1", 22),
    Town("B", 42, "179150", "București, sectorul 2", 30),
    Town("B", 43, "179169", "București, sectorul 3", 36),
    Town("B", 44, "179178", "București, sectorul 4", 26),
    Town("B", 45, "179187", "București, sectorul 5", 24),
    Town("B", 46, "179196", "București, sectorul 6", 32),
    Town("CL", 51, "92569", "Călărași", 6),
    Town("GR", 52, "100576", "Giurgiu", 5),
)
BY_SIRUTA: Final = {town.siruta: town for town in TOWNS}

STREETS: Final = (
    "Str. Ștefan cel Mare",
    "Str. Mihai Viteazul",
    "Str. Mihai Eminescu",
    "Str. Nicolae Bălcescu",
    "Str. Eroilor",
    "Str. Florilor",
    "Str. Primăverii",
    "Str. Avram Iancu",
    "Str. Horea",
    "Str. Țebei",
    "Str. Gării",
    "Str. Livezilor",
    "Bd. Unirii",
    "Bd. 1 Decembrie 1918",
    "Calea Moților",
    "Aleea Teilor",
)

PENSION_HOUSE: Final = Employer(cui(1_300_001), "CASA DE PENSII EXEMPLU")
EMPLOYERS: Final = (
    Employer(cui(1_854_729), "COMERȚ TEST SRL"),
    *(
        Employer(cui(2_010_400 + 1_317 * order), name)
        for order, name in enumerate(
            f"{trade} EXEMPLU {number} {form}"
            for number, form in ((1, "SRL"), (2, "SRL"), (3, "SA"))
            for trade in (
                "CONSTRUCȚII",
                "PANIFICAȚIE",
                "TRANSPORT",
                "CONFECȚII",
                "ÎNGRIJIRE",
                "SĂNĂTATE",
                "ÎNVĂȚĂMÂNT",
                "MOBILĂ",
                "AGRICOLĂ",
                "CURĂȚENIE",
                "SOFTWARE",
                "TURISM",
                "PAZĂ",
            )
        )
    ),
)
