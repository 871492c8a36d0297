"""Traps (a) to (f) of python-stdnum's ``ro.cnp``, and the numbers that it has no module for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban
from stdnum.ro import cnp as stdnum_cnp
from stdnum.ro import cui as stdnum_cui

from hub_core.canonical.identifiers import Level, cnp, cui, iban, nif, siruta

ON = date(2026, 1, 31)
NONE, FORMAT, CHECKSUM, PLAUSIBLE = Level.NONE, Level.FORMAT, Level.CHECKSUM, Level.PLAUSIBLE
DIGITS = st.text("0123456789", min_size=12, max_size=12)


def a_cnp(digits: str) -> str:
    return digits + cnp.check_digit(digits)


class TestCnp:
    def test_a_good_number_tells_birth_and_sex(self):
        assert cnp.check("2850415123450", on=ON) == cnp.Cnp("2850415123450", PLAUSIBLE, (date(1985, 4, 15),), "female")

    def test_a_residents_number_does_not_tell_the_century(self):
        births = cnp.check(a_cnp("720051512345"), on=ON).births
        assert births == (date(1920, 5, 15), date(2020, 5, 15))

    def test_a_resident_born_on_a_leap_day_of_2000_is_accepted(self):
        assert cnp.check("7000229401233", on=ON).births == (date(2000, 2, 29),)

    def test_a_resident_is_not_born_in_the_future(self):
        assert cnp.check(a_cnp("850051512345"), on=ON).births == (date(1950, 5, 15),)

    def test_a_birth_in_the_future_is_not_plausible(self):
        assert cnp.check(a_cnp("527051512345"), on=ON).level is CHECKSUM
        assert cnp.check(a_cnp("527051512345"), on=date(2027, 5, 15)).level is PLAUSIBLE

    def test_the_serial_000_is_not_plausible(self):
        assert cnp.check(a_cnp("185041512000"), on=ON).level is CHECKSUM

    @pytest.mark.parametrize("sector", ["47", "48"])
    def test_abolished_sectors_hold_only_births_before_their_end(self, sector):
        assert cnp.check(a_cnp(f"1791218{sector}001"), on=ON).level is PLAUSIBLE
        assert cnp.check(a_cnp(f"1791219{sector}001"), on=ON).level is PLAUSIBLE
        assert cnp.check(a_cnp(f"1791220{sector}001"), on=ON).level is CHECKSUM
        assert cnp.check(a_cnp(f"1900101{sector}001"), on=ON).level is CHECKSUM

    def test_a_residents_number_of_an_abolished_sector_has_one_century_only(self):
        assert cnp.check(a_cnp("720051547001"), on=ON).births == (date(1920, 5, 15),)

    @pytest.mark.parametrize("county", ["01", "40", "46", "51", "52", "70", "80", "83", "99"])
    def test_counties_in_use_are_plausible(self, county):
        assert cnp.check(a_cnp(f"1850415{county}001"), on=ON).level is PLAUSIBLE

    @pytest.mark.parametrize("county", ["00", "49", "50", "53", "69", "71", "84", "98"])
    def test_counties_never_used_are_not(self, county):
        assert cnp.check(a_cnp(f"1850415{county}001"), on=ON).level is CHECKSUM

    @pytest.mark.parametrize("day", ["850230", "851301", "850100", "850001"])
    def test_a_day_that_does_not_exist_is_not_plausible(self, day):
        assert cnp.check(a_cnp(f"1{day}12345"), on=ON).level is CHECKSUM

    @pytest.mark.parametrize(
        ("first", "sex", "year"),
        [("1", "male", 1985), ("2", "female", 1985), ("3", "male", 1885), ("4", "female", 1885)],
    )
    def test_the_first_digit_gives_century_and_sex(self, first, sex, year):
        number = cnp.check(a_cnp(f"{first}8504151234" + "5"), on=ON)
        assert (number.sex, number.births[0].year) == (sex, year)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "0000000000000",
            "285041512345",
            "28504151234500",
            "2850415a23450",
            "２850415123450",
            "9000000001236",
        ],
    )
    def test_what_is_not_such_a_number_at_all(self, text):
        assert cnp.check(text, on=ON).level is NONE

    def test_a_wrong_check_digit_stops_at_the_format(self):
        assert cnp.check("2850415123451", on=ON).level is FORMAT

    def test_blanks_do_not_matter(self):
        assert cnp.check(" 2 850415\t123450 ", on=ON).text == "2850415123450"

    @given(DIGITS)
    def test_the_check_digit_agrees_with_stdnum(self, digits):
        assert cnp.check_digit(digits) == stdnum_cnp.calc_check_digit(digits)

    @given(st.text(max_size=20))
    def test_any_text_gets_a_level(self, text):
        assert cnp.check(text, on=ON).level in Level

    @given(st.dates(date(1900, 1, 1), ON), st.sampled_from("12"), st.integers(1, 999))
    def test_every_issued_number_is_plausible_and_means_its_birth(self, born, sex, serial):
        first = str(int(sex) + (4 if born.year >= 2000 else 0))
        number = cnp.check(a_cnp(f"{first}{born:%y%m%d}12{serial:03}"), on=ON)
        assert number.level is PLAUSIBLE
        assert number.births == (born,)


class TestNif:
    def test_nothing_is_written_inside(self):
        assert nif.check("9000000001236") == nif.Nif("9000000001236", FORMAT)

    @pytest.mark.parametrize("text", ["", "0000000000000", "1850415123459", "900000000123", "9００0000001236"])
    def test_what_is_not_a_nif(self, text):
        assert nif.check(text).level is NONE


class TestCui:
    @pytest.mark.parametrize("text", ["18547290", "RO18547290", " ro 185 472 90", "27", "14399840"])
    def test_good_numbers(self, text):
        assert cui.check(text).level is PLAUSIBLE

    def test_the_prefix_is_not_part_of_the_number(self):
        assert cui.check("RO18547290") == cui.Cui("18547290", PLAUSIBLE, vat=True)
        assert cui.check("18547290") == cui.Cui("18547290", PLAUSIBLE, vat=False)

    @pytest.mark.parametrize("text", ["", "RO", "7", "018547290", "12345678901", "1854729X", "１8547290", "RORO27"])
    def test_what_is_not_such_a_number(self, text):
        assert cui.check(text).level is NONE

    def test_a_wrong_check_digit_stops_at_the_format(self):
        assert cui.check("18547291").level is FORMAT

    @given(st.integers(10, 9_999_999_999))
    def test_it_agrees_with_stdnum(self, number):
        assert (cui.check(str(number)).level is PLAUSIBLE) == stdnum_cui.is_valid(str(number))


class TestIban:
    def test_a_good_number_tells_its_country(self):
        assert iban.check("ro49 aaaa 1b31 0075 9384 0000") == iban.Iban("RO49AAAA1B31007593840000", PLAUSIBLE, "RO")

    @pytest.mark.parametrize(
        "text", ["", "RO49", "49ROAAAA1B31007593840000", "RO49AAAA1B3100759384000Ä", "RO49-AAAA-1B31"]
    )
    def test_what_is_not_such_a_number(self, text):
        assert iban.check(text).level is NONE

    def test_wrong_check_digits_stop_at_the_format(self):
        assert iban.check("RO48AAAA1B31007593840000").level is FORMAT

    @pytest.mark.parametrize(
        "text", ["ROxxAAAA1B3100759384000", "ROxx12341B31007593840000", "XXxxAAAA1B31007593840000"]
    )
    def test_a_structure_that_the_country_does_not_have_is_not_plausible(self, text):
        number = text.replace("xx", stdnum_iban.calc_check_digits(text))
        assert iban.check(number).level is CHECKSUM

    @given(st.text(max_size=40))
    def test_any_text_gets_a_level(self, text):
        assert iban.check(text).level in Level


class TestSiruta:
    # Codes of the register: Alba, Alba Iulia, Aiud, Arad, Cluj-Napoca, Iași, Constanța, Bucharest and two sectors.
    @pytest.mark.parametrize(
        "code", ["10", "1017", "1213", "29", "403", "54975", "60419", "179132", "179141", "179178"]
    )
    def test_codes_of_the_register(self, code):
        assert siruta.check(code).level is PLAUSIBLE

    def test_leading_zeros_do_not_matter(self):
        assert siruta.check("001213") == siruta.check("1213")

    def test_a_real_code_with_a_wrong_digit_is_only_a_doubt(self):
        assert siruta.check("86453").level is FORMAT

    @pytest.mark.parametrize("text", ["", "0", "7", "1791320", "12a3", "１213", "-10"])
    def test_what_is_not_such_a_code(self, text):
        assert siruta.check(text).level is NONE

    @given(st.text("0123456789", min_size=1, max_size=5))
    def test_exactly_one_last_digit_is_right(self, digits):
        if digits.strip("0"):
            assert sum(siruta.check(f"{digits}{last}").level is PLAUSIBLE for last in range(10)) == 1
