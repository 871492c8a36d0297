"""Secrets that the hub shows to partners: read where a reference leads, never printed."""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NoReturn

from hub_core.directory.credentials import SecretReference
from hub_core.errors import ConfigError

MAX_BYTES: Final = 64_000


class Secret:
    """A secret text. Printing, formatting and logging show dots; only ``reveal`` gives it away."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not stored")


class LiveSecret:
    """The secret that a reference leads to now: a file is read again once it is another one.

    Raises:
        ConfigError: R109, as ``resolve``; here, and from ``get``.
    """

    __slots__ = ("_reference", "_secret", "_seen")

    def __init__(self, reference: SecretReference) -> None:
        self._reference = reference
        self._seen: tuple[int, ...] | None = _identity(reference)
        self._secret = resolve(reference)

    def get(self) -> Secret:
        """Return the secret; the same object for as long as its file is the same."""
        seen = _identity(self._reference)
        if seen is None or seen != self._seen:
            self._secret = resolve(self._reference)
            self._seen = seen  # as it was before it was read: what changed meanwhile is read again
        return self._secret

    def forget(self) -> None:
        """Read it again, whatever its file looks like: it was of no use."""
        self._seen = None


def resolve(reference: SecretReference, environ: Mapping[str, str] | None = None) -> Secret:
    """Return the secret that a reference leads to; of a file its text without the last line break.

    Raises:
        ConfigError: R109, naming the variable or file, never what it holds.
    """
    if reference.file is not None:
        return Secret(_of_file(Path(reference.file)))
    value = (os.environ if environ is None else environ).get(reference.env or "", "")
    if not value:
        raise ConfigError(
            "R109",
            f"the environment variable {reference.env} is not set",
            mend=f"set {reference.env} in the environment of the hub",
        )
    return Secret(value)


def resolve_pem(reference: SecretReference) -> bytes:
    """Return the keys or certificates, in PEM form, that a reference leads to.

    Raises:
        ConfigError: R109.
    """
    if reference.file is not None:
        return _read(Path(reference.file)).encode()
    return resolve(reference).reveal().encode()


def secret_of(text: str | None, environ: Mapping[str, str]) -> Secret | None:
    """Return the secret that a setting such as ``env:NAME`` or ``file:PATH`` leads to; ``None`` for none.

    Raises:
        ConfigError: R109.
    """
    live = live_secret_of(text, environ)
    return None if live is None else live()


def live_secret_of(text: str | None, environ: Mapping[str, str]) -> Callable[[], Secret] | None:
    """Return what gives the secret that a setting leads to, as its file is then; ``None`` for none.

    Raises:
        ConfigError: R109; here, and from what is returned.
    """
    if text is None:
        return None
    kind, _, place = text.partition(":")
    reference = SecretReference(**{kind: place})
    if reference.file is not None:
        return LiveSecret(reference).get
    secret = resolve(reference, environ)
    return lambda: secret


def _identity(reference: SecretReference) -> tuple[int, ...] | None:
    """Return what tells one content of a file from the next; ``None``: it cannot be looked at."""
    if reference.file is None:
        return ()
    try:
        seen = os.stat(reference.file)  # noqa: PTH116 - made for every call to a partner; a Path costs as much again
    except OSError:
        return None
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _of_file(path: Path) -> str:
    text = _read(path).removesuffix("\n").removesuffix("\r")
    if not text or not text.isprintable():
        raise _of_no_use(path, "holds control characters" if text else "is empty")
    return text


def _read(path: Path) -> str:
    try:
        # Without waiting: opening a pipe would hold the whole hub until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _of_no_use(path, "is no file")
            return stream.read(MAX_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise _of_no_use(path, f"cannot be read: {why}") from None


def _of_no_use(path: Path, why: str) -> ConfigError:
    return ConfigError("R109", f"{path} {why}", mend=f"create {path}, a text file readable for the hub only")
