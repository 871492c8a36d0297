"""Names of the synthetic country: common Romanian, Hungarian and German ones, and some of foreigners.

Romanian letters are in the comma-below form (ș ț); each register writes them in its own way.
"""

from typing import Final, NamedTuple


class Tongue(NamedTuple):
    """The names of one language: what a family of it can be called."""

    families: tuple[str, ...]
    men: tuple[str, ...]
    women: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROMANIAN: Final = Tongue(
    families=_words(
        """
        Popa Popescu Ionescu Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Munteanu Rusu Constantin Marin
        Lazăr Țurcanu Șerban Ștefănescu Stănescu Căpraru Grigorescu Dumitrașcu Vasilescu Georgescu Diaconu
        Moldovan Mureșan Crișan Pop Bărbulescu Tănase Nițu Nistor Oprea Voicu Dobre Ene Toma Preda Manole
        Cristea Ursu Olteanu Bucur Ungureanu Sârbu Sîrbu Bălan Cojocaru Croitoru Rotaru Fieraru Pădurariu
        Câmpeanu Brătianu Țăranu Țepeș Iancu Iliescu Păun Lupu Vulpe Cocoș Rădulescu Dănilă Gavrilă Chiriță
        Zamfir Neagu Roșu Albu Negru Creangă Budișteanu Făgărășanu Prodan Mocanu Bejan Anghel Apostol Petre
        Niculescu Mihăilescu Teodorescu Mânzatu Rîmniceanu Boboc Ghiță Oancea Pîrvu Pârvulescu Sandu Surdu
        """
    ),
    men=_words(
        """
        Andrei Alexandru Mihai Ionuț Ștefan Cristian Gabriel Vasile Ion Gheorghe Nicolae Florin Marian Radu
        Bogdan Constantin Daniel Adrian Răzvan Cătălin Sorin Lucian Tudor Vlad Matei Luca David Dragoș Cosmin
        Ovidiu Iulian Dumitru Petru Eugen Traian Horia Călin Liviu Sebastian Victor
        """
    ),
    women=_words(
        """
        Maria Elena Ioana Andreea Ana Cristina Mihaela Alexandra Daniela Gabriela Anca Raluca Simona Roxana
        Georgiana Laura Florentina Mariana Ileana Rodica Viorica Lucreția Ștefania Nicoleta Oana Diana Sofia
        Antonia Ilinca Ruxandra Corina Monica Adela Tatiana Sînziana Sânziana Despina Veronica Paula Teodora
        """
    ),
)
HUNGARIAN: Final = Tongue(
    families=_words(
        """
        Szabó Nagy Kovács Tóth Szilágyi Kiss Molnár Balázs Ferencz Bíró Péter Gál Kelemen Antal Fülöp Szőcs
        Fekete Török Erdős Veres László Sándor Demeter Győrfi Csíki
        """
    ),
    men=_words(
        """
        József István László Zoltán Attila Sándor Levente Csaba Tibor Gábor András Ferenc Lőrinc Árpád Botond
        Szabolcs Endre Hunor Ákos Zsolt
        """
    ),
    women=_words(
        """
        Erzsébet Ilona Katalin Mária Éva Zsuzsanna Ágnes Enikő Tünde Emese Réka Noémi Anna Kinga Boglárka
        Piroska Márta Orsolya Csilla Melinda
        """
    ),
)
GERMAN: Final = Tongue(
    families=_words("Müller Schäfer Weiß Groß König Schuster Binder Roth Wagner Böhm Schneider Krauß"),
    men=_words("Hans Jürgen Günther Karl Wilhelm Dieter Michael Stefan Björn Uwe Kurt Georg"),
    women=_words("Käthe Brigitte Ingrid Grete Hannelore Jutta Renate Ute Christa Dagmar Heide Bärbel"),
)
FOREIGN: Final = Tongue(
    families=_words("Shevchenko Kovalenko Bondarenko Yılmaz Demir Kaya Nguyen Tran Rossi Bianchi Haddad Özdemir"),
    men=_words("Oleksandr Danylo Mykola Mehmet Mustafa Emre Minh Marco Luca Omar Yusuf Taras"),
    women=_words("Oksana Iryna Natalia Ayşe Fatma Elif Linh Giulia Chiara Layla Olena Zeynep"),
)
