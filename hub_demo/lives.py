"""The life of everyone in the country, drawn at random and the same in the books of every agency."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from msgspec.structs import replace

from hub_demo.livelihoods import (
    allow_child,
    cover,
    decision,
    employ,
    grant,
    insure,
    is_child,
    mark,
    pay,
    register_unemployed,
    retire,
)
from hub_demo.places import EMPLOYERS, PENSION_HOUSE
from hub_demo.registers import ADULT_AGE, REFERENCE_DATE, Pay, Person, Registers, Right, Spell, lei

_PENSION_AGE: Final = 65
_LATELY_OF_AGE: Final = range(ADULT_AGE, ADULT_AGE + 3)  # years; the file of their allowance is still kept
_LONG_LIFE: Final = 27  # years; enough to have lost a job or one's health
_STUDENT_AGE: Final = 25
_STUDENT_SHARE: Final = 0.6
_RAISED_UNTIL: Final = 2  # years; until then a parent may stay at home with the child
_DISABLED_SHARE: Final = 0.03
_GRAVE_SHARE: Final = 0.3  # of the disabled; the others are accentuated
_MISSED_VISIT_SHARE: Final = 0.05  # of the paid unemployed
_HEATING_SHARE: Final = 0.5  # of the households with inclusion aid
_DEBT_SHARE: Final = 0.02  # of the clients of the paying agency
_SPELL_BEFORE_JOB_SHARE: Final = 0.2
_FIRST_JOB_DAY: Final = date(2012, 1, 1)
_LAST_JOB_DAY: Final = date(2025, 8, 1)
_LIVES: Final = ("employed", "own account", "unemployed", "registered", "at home", "inclusion aid", "pensioner")
_LIFE_WEIGHTS: Final = (64, 6, 4, 4, 9, 6, 7)
_TODAY: Final = REFERENCE_DATE


def live(land: Registers, rng: Random, newcomers: list[Person]) -> None:
    """Fill the rows of all agencies for these people, parents before their children."""
    for person in newcomers:
        insure(land, person)
    lives = _Lives(land, rng)
    for person in newcomers:
        lives.of(person)
    for person in newcomers:
        client = land.clients.get(person.cnp)
        if client is not None and not is_child(person) and rng.random() < _DEBT_SHARE:
            land.clients[person.cnp] = replace(client, debt=_sum(rng, 40, 4000))


def _sum(rng: Random, low: int, high: int) -> Decimal:
    return Decimal(rng.randint(low * 100, high * 100)) / 100


def _birthday(person: Person, age: int) -> date:
    """Return the first day of the month in which the person reaches an age."""
    return date(person.born.year + age, person.born.month, 1)


class _Lives:
    def __init__(self, land: Registers, rng: Random) -> None:
        self._land = land
        self._rng = rng
        self._babies = {p.mother: p for p in land.people.values() if p.mother and p.age < _RAISED_UNTIL}
        self._toddlers = {p.mother: p for p in land.people.values() if p.mother and p.age == _RAISED_UNTIL}

    def of(self, person: Person) -> None:
        """Draw one life."""
        pension_day = _birthday(person, _PENSION_AGE)
        if person.age in _LATELY_OF_AGE:
            self._allowance(person)
        if person.abroad:
            return
        if is_child(person):
            self._child(person)
        elif pension_day <= (person.died or _TODAY):
            self._pensioner(person, pension_day)
        elif person.died is not None:
            self._work_until_death(person)
        elif person.age <= _STUDENT_AGE and self._rng.random() < _STUDENT_SHARE:
            cover(self._land, person, "STUDENT", date(_TODAY.year - 1, 10, 1))
        else:
            self._adult(person)
        if person.died is None and not is_child(person) and self._rng.random() < _DISABLED_SHARE:
            self._disabled(person)

    def _child(self, child: Person) -> None:
        land = self._land
        cover(land, child, "COPIL", child.born)
        self._allowance(child)

    def _allowance(self, child: Person) -> None:
        """The state allowance, stopped at 18."""
        land = self._land
        holder = land.people.get(child.mother or child.father or "")
        if holder is not None:
            number = decision(self._rng, child.born)
            allow_child(land, child, holder, decision=number, office=child.home.county)

    def _pensioner(self, person: Person, since: date) -> None:
        retire(self._land, person, PENSION_HOUSE, _sum(self._rng, 1281, 6200), since)

    def _work_until_death(self, person: Person) -> None:
        employer = self._rng.choice(EMPLOYERS)
        employ(self._land, person, employer, _wage(self._rng), since=_FIRST_JOB_DAY, until=person.died)

    def _adult(self, person: Person) -> None:
        life = self._rng.choices(_LIVES, _LIFE_WEIGHTS)[0]
        if person.age < _LONG_LIFE and life in ("unemployed", "pensioner"):
            life = "registered"  # too young for what had to happen before
        if _birthday(person, ADULT_AGE) > _LAST_JOB_DAY:
            life = "at home"
        if life == "employed":
            self._employed(person)
        elif life == "own account":
            own = Pay(kind="PFA", payer="", payer_cui="", gross=_sum(self._rng, 1500, 9000), since=date(2023, 1, 1))
            pay(self._land, person, own)
            cover(self._land, person, "PFA", own.since)
        elif life == "unemployed":
            self._unemployed(person)
        elif life == "registered":
            self._registered(person)
        elif life == "at home":
            if person.spouse is not None:
                cover(self._land, person, "COASIGURAT", date(2020, 1, 1))
        elif life == "inclusion aid":
            self._inclusion_aid(person)
        else:
            self._pensioner(person, date(2019, self._rng.randint(1, 12), 1))

    def _employed(self, person: Person) -> None:
        rng, land = self._rng, self._land
        earliest = max(_FIRST_JOB_DAY, _birthday(person, ADULT_AGE))
        since = earliest + timedelta(days=rng.randint(0, max((_LAST_JOB_DAY - earliest).days, 0)))
        baby = self._babies.get(person.cnp)
        employer, gross = rng.choice(EMPLOYERS), _wage(rng)
        if baby is not None and since < baby.born - timedelta(days=365):
            self._child_raising(person, baby, since)
            return
        if baby is None and person.cnp in self._toddlers and since < self._toddlers[person.cnp].born:
            self._insertion(person, self._toddlers[person.cnp])
        if rng.random() < _SPELL_BEFORE_JOB_SHARE and since > earliest + timedelta(days=400):
            self._spell_before(person, since)
        employ(land, person, employer, gross, since=since)

    def _spell_before(self, person: Person, job: date) -> None:
        """A paid registration that ended with the present job."""
        rng = self._rng
        since = job - timedelta(days=rng.randint(40, 300))
        spell = Spell(
            family=person.family,
            given=person.given,
            county=person.home.county,
            since=since,
            until=job - timedelta(days=1),
            benefit=_unemployment_benefit(rng),
            visited=job - timedelta(days=rng.randint(5, 30)),
            end_code="01",
        )
        register_unemployed(self._land, person, spell)

    def _child_raising(self, mother: Person, baby: Person, since: date) -> None:
        """Wages until the baby was born, then the indemnity: 85 % of net, 1,651 to 8,500 lei (OUG 111/2010)."""
        rng, land = self._rng, self._land
        employ(land, mother, rng.choice(EMPLOYERS), _wage(rng), since=since, until=baby.born)
        net = land.taxpayers[mother.cnp].pays[-1].net
        amount = min(max(lei(net * Decimal("0.85")), Decimal(1651)), Decimal(8500))
        right = Right(
            code="07",
            state="P",
            decision=decision(rng, baby.born),
            office=mother.home.county,
            holder=mother.cnp,
            beneficiary=baby.cnp,
            amount=amount,
            first_month=_next_month(baby.born),
        )
        grant(land, right)
        cover(land, mother, "CRESTERE_COPIL", right.first_month)

    def _insertion(self, mother: Person, child: Person) -> None:
        """Back at work before the child is three: 650 lei (OUG 111/2010, art. 7)."""
        right = Right(
            code="08",
            state="P",
            decision=decision(self._rng, _birthday(child, _RAISED_UNTIL)),
            office=mother.home.county,
            holder=mother.cnp,
            beneficiary=child.cnp,
            amount=Decimal(650),
            first_month=_birthday(child, _RAISED_UNTIL),
        )
        grant(self._land, right)

    def _unemployed(self, person: Person) -> None:
        """Lost a job this year, benefit still running."""
        rng, land = self._rng, self._land
        since = date(2025, rng.randint(2, 9), rng.randint(1, 28))
        employ(
            land,
            person,
            rng.choice(EMPLOYERS),
            _wage(rng),
            since=date(2022, rng.randint(1, 12), 1),
            until=since.replace(day=1) - timedelta(days=1),
        )
        spell = Spell(
            family=person.family,
            given=person.given,
            county=person.home.county,
            since=since,
            until=since + timedelta(days=rng.choice((273, 365))),
            benefit=_unemployment_benefit(rng),
            visited=_TODAY - timedelta(days=rng.randint(1, 30)),
            visit_missed=rng.random() < _MISSED_VISIT_SHARE,
        )
        register_unemployed(land, person, spell)

    def _registered(self, person: Person) -> None:
        """Looks for work without benefit."""
        spell = Spell(
            family=person.family,
            given=person.given,
            county=person.home.county,
            since=date(2025, self._rng.randint(1, 10), self._rng.randint(1, 28)),
            visited=_TODAY - timedelta(days=self._rng.randint(1, 20)),
        )
        register_unemployed(self._land, person, spell)

    def _inclusion_aid(self, person: Person) -> None:
        rng, land = self._rng, self._land
        since = date(2024, rng.randint(1, 12), 1)
        aid = Right(
            code="21",
            state="P",
            decision=decision(rng, since),
            office=person.home.county,
            holder=person.cnp,
            amount=_sum(rng, 60, 366),
            first_month=since,
            paid_by=rng.choice(("M", "C")),
        )
        grant(land, aid)
        cover(land, person, "VENIT_MINIM", since)
        if rng.random() < _HEATING_SHARE:
            heating = Right(
                code="31",
                state="L",
                decision="",
                office=aid.office,
                holder=person.cnp,
                amount=Decimal(320),
                first_month=date(2025, 11, 1),
                paid_by=aid.paid_by,
            )
            grant(land, heating)

    def _disabled(self, person: Person) -> None:
        """Indemnity and complementary budget of Law 448/2006, grave or accentuated."""
        rng, land = self._rng, self._land
        grave = rng.random() < _GRAVE_SHARE
        since = date(2021, rng.randint(1, 12), 1)
        number = decision(rng, since)
        for code, amount in (("11", 529 if grave else 350), ("12", 199 if grave else 146)):
            right = Right(
                code=code,
                state="P",
                decision=number,
                office=person.home.county,
                holder=person.cnp,
                amount=Decimal(amount),
                first_month=since,
            )
            grant(land, right)
        cover(land, person, "HANDICAP", since)
        mark(land, person, "HANDICAP", since)


def _wage(rng: Random) -> Decimal:
    """Gross per month: the minimum of 2025 or more, mostly a little more."""
    return Decimal(4050) + Decimal(int(rng.expovariate(1 / 2600)) // 50 * 50)


def _unemployment_benefit(rng: Random) -> Decimal:
    """660 lei and a part of the former wage (Law 76/2002)."""
    return Decimal(660) + _sum(rng, 120, 600)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
