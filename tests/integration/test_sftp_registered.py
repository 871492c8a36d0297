"""What must be said of a folder on a server before an endpoint of it is registered."""

import os

import asyncssh
import pytest

from adapters.kit.folders.where import open_folder
from adapters.kit.load import load_adapters
from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.errors import ConfigError
from registry.sets.reading import read_set
from tests.integration import sshd


@pytest.mark.parametrize(
    "url",
    [
        "sftp://host",
        "sftp://host/../etc",
        "sftp://host/a/%2e%2e/b",
        "sftp://host:0/lists",
        "sftp://host:99999/lists",
        "sftp://host/two%0alines",
        "sftp://punte:letmein@host/lists",
        "https://host/lists",
    ],
)
def test_what_is_no_address_of_a_folder_is_refused(url):
    endpoint = Endpoint(institution="anofm", direction=Direction.IN, adapter="flat", service="lists", url=url)
    with pytest.raises(ConfigError) as refused:
        open_folder(endpoint, None, host_key=(f"SHA256:{'A' * 43}",))
    assert (refused.value.code, refused.value.where) == ("R104", "url")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("url: ", "# ", "R103 an endpoint with poll needs an address; add url: sftp://host/path, or settings.folder"),
        ("sftp://", "https://", "R104 the adapter flat calls no https:; correct the address"),
        ("//host", "//punte@host", "R107 the address holds a user or a secret"),
        ("{host_key", "{marker: .done} # ", "R103 nothing says by which key the server is known"),
        ("SHA256:", "MD5:", "R104"),
        ("user: punte, ", "", "R103 credentials of kind password need 'user'"),
        ("kind: password", "kind: basic", "R103 nothing says who the hub is there; add credentials: {kind: ssh-key"),
        ("credentials:", "# ", "R103 nothing says who the hub is there"),
        ("{host_key", "{folder: anofm/lists, host_key", "R104 files lie in one folder"),
        ("poll:", "# ", "R104 'url' has no effect at an endpoint with direction: in"),
        ("adapter: flat", "adapter: rest", "R104 credentials of kind password are for folders over SFTP"),
    ],
)
def test_what_cannot_be_a_folder_on_a_server_is_refused_when_it_is_registered(tmp_path, monkeypatch, old, new, fault):
    monkeypatch.setenv("SFTP_PASSWORD", "letmein")
    where = "url: sftp://host/lists\n    credentials: {kind: password, user: punte, secret: {env: SFTP_PASSWORD}}"
    body = sshd.REGISTRY.format(where=where, key=f"SHA256:{'A' * 43}")
    assert told(tmp_path, body) == []
    assert any(fault in one for one in told(tmp_path, body.replace(old, new)))


def told(folder, body):
    """Return the faults of a registry file, each with what to do."""
    (folder / "lists.yaml").write_text(body)
    try:
        read_set(folder, adapters=load_adapters(), mappings=(), environ=os.environ)
    except ConfigError as error:
        return [f"{it.code} {it.text}; {it.help}" for it in error.findings]
    return []


@pytest.mark.parametrize("password", [None, "letmein"])
def test_what_is_no_key_that_can_be_used_is_refused(tmp_path, password):
    key = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "key"
    path.write_bytes(key.export_private_key("pkcs8-pem", passphrase=password) if password else key.export_public_key())
    who = Credentials(kind="ssh-key", user="punte", secret=SecretReference(file=str(path)))
    url = "sftp://host/lists"
    endpoint = Endpoint(
        institution="anofm", direction=Direction.IN, adapter="flat", service="lists", url=url, credentials=who
    )
    with pytest.raises(ConfigError) as refused:
        open_folder(endpoint, None, host_key=(f"SHA256:{'A' * 43}",))
    assert (refused.value.code, refused.value.where) == ("R110", "credentials.secret")
