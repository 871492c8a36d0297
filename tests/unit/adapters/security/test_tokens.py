"""User name tokens and time stamps: what is let in, and what is not."""

import base64
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapters.soap.names import WSSE, WSSE_DIGEST, WSU
from adapters.soap.security.replays import Replays
from adapters.soap.security.tokens import Account, check_timestamp, check_token, digest_of, username_token
from hub_core.errors import Refused, TryLater
from tests.unit.adapters.security.letters import AGE, NOW, envelope

NONCE = bytes(range(16))
TEXT = Account("hub", "p<ss & wörd", "text")
DIGEST = Account("hub", "p<ss & wörd", "digest")
SECOND = timedelta(seconds=1)


def header(parts: str) -> etree._Element:
    return etree.fromstring(envelope(security=parts)).find(f".//{{{WSSE}}}Security")


def check(parts: str, account: Account = DIGEST, *, at=NOW, replays: Replays | None = None) -> None:
    check_token(header(parts), account, now=at, age=AGE, replays=Replays() if replays is None else replays)


def refused(parts: str, account: Account = DIGEST, **more: object) -> str:
    with pytest.raises(Refused) as caught:
        check(parts, account, **more)
    assert account.password not in caught.value.text
    return caught.value.code


def token(account: Account, *, at=NOW, nonce: bytes = NONCE) -> str:
    return username_token(account, now=at, nonce=nonce)


def test_the_digest_is_that_of_the_profile() -> None:
    # The octets, and the SHA-1 over them, calculated with openssl.
    assert digest_of("secret", b"nonce", "2026-03-02T09:00:00.000Z") == "gVbJLzlK2VpoQEId1pYZDA4Wjrs="


@pytest.mark.parametrize("account", [TEXT, DIGEST])
def test_a_token_of_ours_is_taken(account: Account) -> None:
    check(token(account), account)


@given(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1),
    st.binary(min_size=1, max_size=64),
)
def test_any_password_and_any_nonce_come_through(password: str, nonce: bytes) -> None:
    for form in ("text", "digest"):
        account = Account("hub", password, form)
        check(token(account, nonce=nonce), account)


def test_where_text_was_agreed_a_digest_does_as_well() -> None:
    check(token(DIGEST), TEXT)


def test_where_a_digest_was_agreed_no_password_goes_over_the_wire() -> None:
    assert refused(token(TEXT), DIGEST) == "A412"


@pytest.mark.parametrize("account", [TEXT, DIGEST])
def test_another_user_or_password_is_refused(account: Account) -> None:
    assert refused(token(Account("hub", "guess", account.form)), account) == "A412"
    assert refused(token(Account("hubb", account.password, account.form)), account) == "A412"


def test_a_nonce_counts_once() -> None:
    replays = Replays()
    check(token(DIGEST), replays=replays)
    assert refused(token(DIGEST), replays=replays) == "A414"
    check(token(DIGEST, nonce=NONCE[::-1]), replays=replays)


def test_a_nonce_with_a_wrong_password_is_not_remembered() -> None:
    replays = Replays()
    refused(token(Account("hub", "guess", "digest")), replays=replays)
    check(token(DIGEST), replays=replays)


@pytest.mark.parametrize("apart", [-6 * 60 - 1, 61])
def test_a_token_from_long_ago_or_from_the_future_is_refused(apart: int) -> None:
    assert refused(token(DIGEST, at=NOW + apart * SECOND)) == "A413"


@pytest.mark.parametrize("apart", [-6 * 60, -1, 60])
def test_a_token_within_its_time_is_taken(apart: int) -> None:
    check(token(DIGEST, at=NOW + apart * SECOND))


def test_a_nonce_is_remembered_for_as_long_as_its_token_would_be_taken() -> None:
    replays = Replays()
    early = token(DIGEST, at=NOW + 60 * SECOND)
    check(early, replays=replays)
    assert refused(early, at=NOW + timedelta(minutes=7), replays=replays) == "A414"
    assert refused(early, at=NOW + timedelta(minutes=7, seconds=1), replays=replays) == "A413"


def test_when_no_more_nonces_can_be_remembered_the_sender_is_asked_to_come_again() -> None:
    replays = Replays(most=1)
    check(token(DIGEST), replays=replays)
    with pytest.raises(TryLater, match="nonce"):
        check(token(DIGEST, nonce=b"another"), replays=replays)
    later = NOW + timedelta(minutes=8)
    check(token(DIGEST, at=later, nonce=b"another"), at=later, replays=replays)


BARE = "<wsse:UsernameToken><wsse:Username>hub</wsse:Username>{}</wsse:UsernameToken>"
PASSWORD = f'<wsse:Password Type="{WSSE_DIGEST}">eA==</wsse:Password>'


@pytest.mark.parametrize(
    "parts",
    [
        "",
        BARE.format(""),
        BARE.format(PASSWORD),
        BARE.format(PASSWORD * 2),
        BARE.format(PASSWORD) * 2,
        BARE.format(f"{PASSWORD}<wsse:Nonce>!</wsse:Nonce><wsu:Created>2026-03-02T09:00:00Z</wsu:Created>"),
        BARE.format(f"{PASSWORD}<wsse:Nonce></wsse:Nonce><wsu:Created>2026-03-02T09:00:00Z</wsu:Created>"),
        BARE.format(f"{PASSWORD}<wsse:Nonce>{base64.b64encode(bytes(129)).decode()}</wsse:Nonce>"),
        BARE.format(f"{PASSWORD}<wsse:Nonce>eA==</wsse:Nonce><wsse:Nonce>eA==</wsse:Nonce>"),
    ],
)
def test_half_a_token_or_two_are_refused(parts: str) -> None:
    assert refused(parts) == "A411"


def test_no_password_at_all_is_not_an_empty_password() -> None:
    assert refused(BARE.format("<wsse:Password></wsse:Password>"), Account("hub", "x", "text")) == "A412"


STAMP = "<wsu:Timestamp>{}</wsu:Timestamp>"


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<wsu:Created>2026-03-02T09:00:00Z</wsu:Created>", None),
        ("<wsu:Created>2026-03-02T10:00:00.123456+01:00</wsu:Created>", None),
        ("<wsu:Created>2026-03-02T09:00:00</wsu:Created><wsu:Expires>2026-03-02T09:05:00Z</wsu:Expires>", None),
        ("<wsu:Created>2026-03-02T08:55:00Z</wsu:Created><wsu:Expires>2026-03-02T08:59:00Z</wsu:Expires>", "A413"),
        ("<wsu:Created>2026-03-02T08:00:00Z</wsu:Created><wsu:Expires>2036-03-02T09:05:00Z</wsu:Expires>", "A413"),
        ("<wsu:Created>2026-03-02T09:30:00Z</wsu:Created>", "A413"),
        ("<wsu:Created>yesterday</wsu:Created>", "A413"),
        ("<wsu:Created>0001-01-01T00:00:00+14:00</wsu:Created>", "A413"),
        ("", "A411"),
        ("<wsu:Created>2026-03-02T09:00:00Z</wsu:Created>" * 2, "A411"),
    ],
)
def test_a_time_stamp_counts_while_it_is_fresh(inside: str, code: str | None) -> None:
    security = header(STAMP.format(inside))
    if code is None:
        assert check_timestamp(security, now=NOW, age=AGE).tag == f"{{{WSU}}}Timestamp"
        return
    with pytest.raises(Refused) as caught:
        check_timestamp(security, now=NOW, age=AGE)
    assert caught.value.code == code
