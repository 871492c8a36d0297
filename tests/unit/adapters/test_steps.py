"""The steps of a call are those of this call, and of no other that its task makes later."""

import ssl

from adapters.kit.steps import Progress, Step, tls
from hub_core.directory.policy import Steps


async def test_a_call_that_has_ended_hears_of_no_later_handshake():
    async with Progress(Steps()) as call:
        pass
    tls().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="partner.example")
    assert call.step is Step.CONNECT


async def test_a_call_within_a_call_gives_the_word_back():
    async with Progress(Steps()) as call:
        async with Progress(Steps()) as login:
            tls().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="partner.example")
        assert (login.step, call.step) == (Step.TLS, Step.CONNECT)
        tls().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="partner.example")
        assert call.step is Step.TLS
