"""Who sends is proved by WS-Security: foreign clients to the hub, the hub to foreign servers."""

import pytest

from hub_core.directory.credentials import Credentials, SecretReference, Security
from hub_core.errors import ConfigError, Rejected
from tests.interop.calls import asked, endpoint, question, whole
from tests.interop.cells import WRAPPED, of_shapes
from tests.interop.shapes import PERSON
from tests.interop.stacks import ANSWERS, CALLS, DIGEST, PASSWORD, SIGNATURE, TEXT, USER
from tests.unit.adapters.security.letters import pair

pytestmark = [pytest.mark.network, pytest.mark.timeout(60)]


def call(client, stack, shape, hub, name, **proof):
    return client(stack).call(hub.wsdl(name), shape, shape.arguments, **proof)


@of_shapes(CALLS, only=WRAPPED, about=TEXT)
def test_a_password_that_a_stack_writes_as_text_is_known_to_the_hub(stack, shape, client, running_hub) -> None:
    found = call(client, stack, shape, running_hub, "token", token=[USER, PASSWORD, "text"])
    assert found["answer"]["RegisterResult"]["id"] == PERSON["id"]
    refused = call(client, stack, shape, running_hub, "token", token=[USER, "guessed", "text"])
    assert "A412" in refused["fault"]["text"]


@of_shapes(CALLS, only=WRAPPED, about=DIGEST)
def test_a_password_that_a_stack_writes_as_digest_is_known_to_the_hub(stack, shape, client, running_hub) -> None:
    found = call(client, stack, shape, running_hub, "digest", token=[USER, PASSWORD, "digest"])
    assert found["answer"]["RegisterResult"]["id"] == PERSON["id"]
    refused = call(client, stack, shape, running_hub, "digest", token=[USER, PASSWORD, "text"])
    assert "A412" in refused["fault"]["text"]


@of_shapes(CALLS, only=WRAPPED, about=SIGNATURE)
def test_a_signature_of_a_stack_holds_for_the_hub(stack, shape, client, running_hub, tmp_path) -> None:
    for name in ("town", "stranger"):
        for kind, content in pair(name)._asdict().items():
            (tmp_path / f"{name}.{kind}").write_bytes(content)
    files = [str(tmp_path / "town.key"), str(tmp_path / "town.certificate")]
    found = call(client, stack, shape, running_hub, "signed", sign=files)
    assert "answer" in found, found
    assert found["answer"]["RegisterResult"]["id"] == PERSON["id"]
    refused = call(
        client, stack, shape, running_hub, "signed", sign=[file.replace("town", "stranger") for file in files]
    )
    assert "A415" in refused["fault"]["text"]


@of_shapes(ANSWERS, only=WRAPPED, about=TEXT)
async def test_a_stack_knows_the_password_that_the_hub_writes_as_text(
    stack, shape, server, contracts, monkeypatch
) -> None:
    await known(endpoint(server(stack), contracts, shape, ask={".": whole(shape)}, **proof("text")), monkeypatch)


@of_shapes(ANSWERS, only=WRAPPED, about=DIGEST)
async def test_a_stack_knows_the_password_that_the_hub_writes_as_digest(
    stack, shape, server, contracts, monkeypatch
) -> None:
    await known(endpoint(server(stack), contracts, shape, ask={".": whole(shape)}, **proof("digest")), monkeypatch)


def proof(form):
    credentials = Credentials(kind="username-token", user=USER, secret=SecretReference(env="PUNTE_TEST_SECRET"))
    return {"credentials": credentials, "security": Security(form=form)}


async def known(called, monkeypatch) -> None:
    """Hold that the right password is answered, and another one is not."""
    monkeypatch.setenv("PUNTE_TEST_SECRET", PASSWORD)
    assert PERSON["id"].encode() in await asked(called, question())
    monkeypatch.setenv("PUNTE_TEST_SECRET", "guessed")
    with pytest.raises((Rejected, ConfigError), match=r"D202|D105"):
        await asked(called, question())
