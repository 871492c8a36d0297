"""User name tokens and time stamps: written as text, checked in the tree.

Sources: UsernameToken Profile 1.1.1, section 3; SOAP Message Security 1.1.1, section 10.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from xml.sax.saxutils import escape

from lxml import etree

from adapters.soap.names import WSSE, WSSE_BASE64, WSSE_DIGEST, WSSE_TEXT, WSU
from adapters.soap.security.replays import Replays
from hub_core.errors import Refused

SKEW: Final = timedelta(minutes=1)  # by which two clocks may differ
AGE: Final = timedelta(minutes=5)  # after which a message is too old, unless the endpoint says otherwise
MAX_NONCE: Final = 128  # bytes

Form = Literal["text", "digest"]


class Account:
    """One user and password. It is never printed."""

    __slots__ = ("form", "password", "user")

    def __init__(self, user: str, password: str, form: Form = "text") -> None:
        self.user = user
        self.password = password
        self.form = form

    def __repr__(self) -> str:
        return f"Account({self.user})"


def username_token(account: Account, *, now: datetime, nonce: bytes) -> str:
    """Return a token; a password as text goes over encrypted connections only."""
    created = ""
    if account.form == "digest":
        at = moment(now)
        password, kind = digest_of(account.password, nonce, at), WSSE_DIGEST
        told = base64.b64encode(nonce).decode()
        created = f'<wsse:Nonce EncodingType="{WSSE_BASE64}">{told}</wsse:Nonce><wsu:Created>{at}</wsu:Created>'
    else:
        password, kind = escape(account.password), WSSE_TEXT
    return (
        f"<wsse:UsernameToken><wsse:Username>{escape(account.user)}</wsse:Username>"
        f'<wsse:Password Type="{kind}">{password}</wsse:Password>{created}</wsse:UsernameToken>'
    )


def timestamp(now: datetime, age: timedelta) -> str:
    """Return a time stamp that ends after ``age``."""
    return (
        f"<wsu:Timestamp><wsu:Created>{moment(now)}</wsu:Created>"
        f"<wsu:Expires>{moment(now + age)}</wsu:Expires></wsu:Timestamp>"
    )


def digest_of(password: str, nonce: bytes, created: str) -> str:
    """Return the password as the profile hashes it."""
    # SHA-1 is what the profile says, and all that clients do; it stands for the password on one message only.
    return base64.b64encode(hashlib.sha1(nonce + created.encode() + password.encode()).digest()).decode()  # noqa: S324


def moment(at: datetime) -> str:
    """Return an instant as it is written: UTC, milliseconds.

    >>> moment(datetime(2025, 11, 3, 8, 30, tzinfo=UTC))
    '2025-11-03T08:30:00.000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def check_timestamp(security: etree._Element, *, now: datetime, age: timedelta) -> etree._Element:
    """Return the one time stamp of a security header, if it is fresh.

    Raises:
        Refused: A411 there is none, A413 it is too old, from the future, or cannot be read.
    """
    stamp = one(security, f"{{{WSU}}}Timestamp", "a Timestamp")
    _check_created(stamp, now=now, age=age)
    expires = stamp.findall(f"{{{WSU}}}Expires")
    if len(expires) > 1 or (expires and _instant(expires[0].text) + SKEW <= now):
        raise Refused("A413", "the Timestamp has ended")
    return stamp


def check_token(security: etree._Element, account: Account, *, now: datetime, age: timedelta, replays: Replays) -> None:
    """See that a security header holds the token of an account, once.

    Where the account wants a digest, a password as text is refused.

    Raises:
        Refused: A411 no token, A412 another user or password, A413 not fresh, A414 seen before.
        TryLater: W510, more nonces than can be remembered.
    """
    token = one(security, f"{{{WSSE}}}UsernameToken", "a UsernameToken")
    user = one(token, f"{{{WSSE}}}Username", "a Username").text or ""
    password = one(token, f"{{{WSSE}}}Password", "a Password")
    kind = password.get("Type", WSSE_TEXT)
    created = token.findtext(f"{{{WSU}}}Created", "")
    nonce = _nonce(token)
    if kind == WSSE_DIGEST:
        if nonce is None or not created:
            raise Refused("A411", "a digest needs a Nonce and when it was Created")
        wanted = digest_of(account.password, nonce, created)
    elif kind == WSSE_TEXT and account.form == "text":
        wanted = account.password
    else:
        raise Refused("A412", "the password is not of the form that was agreed")
    known = _same(user, account.user) & _same(password.text or "", wanted)
    if not known:
        raise Refused("A412", "user or password is not right")
    if created:
        _check_created(token, now=now, age=age)
    if nonce is not None:
        replays.note(user, nonce, created, now=now, until=now + age + SKEW + SKEW)


def one(parent: etree._Element, name: str, told: str) -> etree._Element:
    """Return the only child of a name.

    Raises:
        Refused: A411, there is none, or several.
    """
    found = parent.findall(name)
    if len(found) != 1:
        raise Refused("A411", f"the security header must hold {told}, once")
    return found[0]


def _check_created(parent: etree._Element, *, now: datetime, age: timedelta) -> None:
    created = _instant(one(parent, f"{{{WSU}}}Created", "when it was Created").text)
    if not now - age - SKEW <= created <= now + SKEW:
        raise Refused("A413", "the message was created too long ago, or in the future")


def _instant(text: str | None) -> datetime:
    try:
        at = datetime.fromisoformat((text or "").strip())
        # Without a zone it is UTC: SOAP Message Security 1.1.1, section 10.
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("A413", "an instant cannot be read") from None


def _nonce(token: etree._Element) -> bytes | None:
    found = token.findall(f"{{{WSSE}}}Nonce")
    if not found:
        return None
    try:
        nonce = base64.b64decode((found[0].text or "").strip(), validate=True)
    except (binascii.Error, ValueError):
        nonce = b""
    if len(found) > 1 or not 1 <= len(nonce) <= MAX_NONCE:
        raise Refused("A411", "the Nonce cannot be read")
    return nonce


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))
