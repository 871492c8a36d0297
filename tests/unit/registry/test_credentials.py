"""What a registry set says of a partner that the hub logs in at."""

import pytest

from hub_core.directory.credentials import Credentials, SecretReference
from registry.sets.references import followed

LOGIN_AT = 'login: "https://login.invalid/token", scope: messages.write}}'
LOGIN = (
    'url: "https://cnas.invalid/ws"}',
    'url: "https://cnas.invalid/ws", credentials: {kind: client-credentials, user: hub, secret: {env: HOME}, '
    + LOGIN_AT,
)


def test_a_login_is_read(folder):
    endpoint = folder.good(LOGIN).read().directory.endpoints["question"]
    assert endpoint.credentials == Credentials(
        kind="client-credentials",
        user="hub",
        secret=SecretReference(env="HOME"),
        login="https://login.invalid/token",
        scope="messages.write",
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("user: hub, ", "", "R103 credentials of kind client-credentials need 'user' | add user: ..."),
        ('login: "https://login.invalid/token", ', "", "R103 credentials of kind client-credentials need 'login' | add login: ..."),
        ("https://login.invalid/token", "login.invalid", "R104 this is no address | write https://host/path, or env:NAME"),
        ("https://login.invalid/token", "sftp://login.invalid/", "R104 this is no address | write https://host/path, or env:NAME"),
        ("https://login", "https://hub:key@login", "R107 the address holds a user or a secret | take user and password out of the address and write credentials: with secret: {env: NAME}"),
        ("https://login.invalid/token", "env:PUNTE_NO_SUCH_LOGIN", "R109 the environment variable PUNTE_NO_SUCH_LOGIN is not set | set PUNTE_NO_SUCH_LOGIN to an address such as https://host/path"),
        ("kind: client-credentials", "kind: basic", "R104 'login' has no effect with kind: basic | remove it, or write kind: client-credentials"),
        ("kind: client-credentials", "kind: basic", "R104 'scope' has no effect with kind: basic | remove it, or write kind: client-credentials"),
        ("scope: messages.write", "login_by: header", "R104 'login_by' has an unknown value | write one of: basic, form"),
        ("scope: messages.write", "scope: 'a  b'", "R104 'scope' has the wrong form | write text such as messages.read messages.write"),
    ],
)  # fmt: skip
def test_a_login_is_checked(folder, old, new, fault):
    faults = folder.good(LOGIN, (old, new)).faults()
    assert any(found.endswith(fault) for found in faults), faults


def test_the_address_of_a_login_may_differ_from_machine_to_machine(folder):
    folder.environ = {"HUB_LOGIN": "http://login.invalid/token"}
    read = folder.good(LOGIN, ("https://login.invalid/token", "env:HUB_LOGIN")).read()
    endpoint = followed(read.directory.endpoints["question"], folder.environ)
    assert endpoint.credentials.login == "http://login.invalid/token"
    assert endpoint.url == "https://cnas.invalid/ws"
