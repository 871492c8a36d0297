"""Callers known by a certificate: over TLS, and by the header of a proxy; real sockets, a whole hub."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import uvloop

from cli.commands import keys
from hub_core.addresses import Addresses
from hub_core.clock import SystemClock
from hub_core.directory import Directory
from hub_core.errors import ConfigError
from hub_core.security.certificates import certificate_of
from hub_core.settings import Settings, from_environment
from hub_web.api.assemble import api_of
from hub_web.app import application
from hub_web.serve import listening, tls_of
from registry.assemble import assemble
from registry.callers import Callers
from registry.desk import doctor
from registry.scheduled import jobs
from tests.integration.certified import (
    FORMS,
    HEADER,
    PROXY,
    STRANGER,
    VOICES,
    Country,
    Shown,
    as_nginx,
    authority,
    certificates,
    environment,
    registry,
)

pytestmark = pytest.mark.network
REST = "/rest/mill-rest"


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    folder = tmp_path_factory.mktemp("hub")
    known = authority("Authority of partners")
    settings = from_environment(environment(folder, known))
    ready: Queue[Country] = Queue()
    stop = asyncio.Event()

    async def run() -> None:
        async with assemble(settings) as hub:
            shown = certificates(known)
            await hub.desk.call("apply", {"files": {"c.yaml": registry(shown)}, "by": "ana"})
            made = [
                await hub.desk.call("key_new", {"name": it, "institution": it, "by": "ana"}) for it in ("mill", "town")
            ]
            app = application(hub.front, api_of(hub.api_state()))
            with socket.create_server(("127.0.0.1", 0)) as plain, socket.create_server(("127.0.0.1", 0)) as tls:
                async with listening(app, plain), listening(app, tls, context=tls_of(settings)):
                    files = {name: it.write(folder) for name, it in shown.items()}
                    keys = {"mill": made[0]["key"], "town": made[1]["key"]}
                    ready.put(
                        Country(
                            plain.getsockname()[1],
                            tls.getsockname()[1],
                            folder,
                            files,
                            shown,
                            keys,
                            hub,
                            asyncio.get_running_loop(),
                        )
                    )
                    await stop.wait()

    def serve() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run())

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILL_PASSWORD", "x")
        thread = threading.Thread(target=serve)
        thread.start()
        country = ready.get(timeout=20)
        yield country
        country.loop.call_soon_threadsafe(stop.set)
        thread.join(20)


def let_in(code: str) -> bool:
    """Tell whether the door let a call pass: what it holds is another matter."""
    return not code.startswith(("A", "W"))


@pytest.mark.parametrize("voice", VOICES)
def test_a_certificate_of_the_connection_is_enough_in_every_voice(country: Country, voice: str) -> None:
    assert let_in(country.over_tls(f"/{voice}/mill-{voice}", by="mill"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("voice", VOICES)
def test_a_certificate_that_a_proxy_hands_on_is_enough_in_every_voice(
    country: Country, voice: str, form: Callable[[Shown], str]
) -> None:
    assert let_in(country.by_proxy(f"/{voice}/mill-{voice}", X_SSL_Client_Cert=form(country.shown["mill"])))


def test_the_api_takes_certificates_as_well(country: Country) -> None:
    assert let_in(country.over_tls("/api/v1/endpoints/mill-rest/messages", by="mill"))
    assert country.over_tls("/api/v1/endpoints/mill-rest/messages", by="port") == "A403"


def test_the_next_certificate_counts_beside_the_one_that_it_follows(country: Country) -> None:
    assert let_in(country.over_tls(REST, by="mill-next"))


@pytest.mark.parametrize("name", ["port", "port-next"])
def test_whatever_the_authority_issues_under_a_registered_name_is_of_that_institution(
    country: Country, name: str
) -> None:
    assert country.over_tls(REST, by=name) == "A403"  # port is known, and has no right to it
    assert country.by_proxy(REST, X_SSL_Client_Cert=as_nginx(country.shown[name])) == "A403"


def test_a_certificate_that_nobody_registered_is_no_identity(country: Country) -> None:
    assert country.over_tls(REST, by="nobody") == "A417"
    assert country.by_proxy(REST, X_SSL_Client_Cert=as_nginx(country.shown["nobody"])) == "A417"


def test_beside_a_certificate_that_nobody_registered_a_key_counts(country: Country) -> None:
    assert let_in(country.over_tls(REST, by="nobody", Punte_Key=country.keys["mill"]))


def test_certificate_and_key_must_be_of_one_institution(country: Country) -> None:
    assert let_in(country.over_tls(REST, by="mill", Punte_Key=country.keys["mill"]))
    assert country.over_tls(REST, by="mill", Punte_Key=country.keys["town"]) == "A421"


def test_a_wrong_key_is_refused_whatever_certificate_is_shown(country: Country) -> None:
    assert country.over_tls(REST, by="mill", Punte_Key="punte_wrong") == "A401"


def test_without_certificate_and_key_nobody_is_let_in(country: Country) -> None:
    assert country.over_tls(REST) == country.by_proxy(REST) == country.by_proxy(REST, X_SSL_Client_Cert="") == "A401"


@pytest.mark.parametrize("name", ["stranger", "ended", "to-come"])
def test_the_handshake_refuses_what_is_not_valid_or_of_another_authority(country: Country, name: str) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        country.over_tls(REST, by=name)


@pytest.mark.parametrize(("name", "code"), [("stranger", "A419"), ("ended", "A418"), ("to-come", "A418")])
def test_what_a_proxy_hands_on_is_looked_at_again(country: Country, name: str, code: str) -> None:
    """A proxy that was told to ask for certificates, but not whose, hands on anybody's."""
    assert country.by_proxy(REST, X_SSL_Client_Cert=as_nginx(country.shown[name])) == code


@pytest.mark.parametrize("form", FORMS)
def test_only_a_proxy_is_believed(country: Country, form: Callable[[Shown], str]) -> None:
    assert country.by_proxy(REST, source=STRANGER, X_SSL_Client_Cert=form(country.shown["mill"])) == "A420"


def test_a_key_does_not_make_a_stranger_a_proxy(country: Country) -> None:
    header = as_nginx(country.shown["mill"])
    assert country.by_proxy(REST, source=STRANGER, X_SSL_Client_Cert=header, Punte_Key=country.keys["mill"]) == "A420"


def test_a_connection_with_a_certificate_hands_on_no_other(country: Country) -> None:
    assert country.over_tls(REST, by="port", X_SSL_Client_Cert=as_nginx(country.shown["mill"])) == "A420"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pem: "(null)",
        lambda pem: quote(pem[:-40]),
        lambda pem: quote(pem + pem),
        lambda pem: quote(pem.replace(b"\nMI", b"\nMJ", 1)),
        lambda pem: f":{'A' * 40_000}:",
        lambda pem: "::",
        lambda pem: quote(b"-----BEGIN CERTIFICATE-----" + b"\n" * 20_000),
    ],
    ids=["word", "cut", "two", "changed", "long", "empty", "lines"],
)
def test_garbage_from_a_proxy_is_refused(country: Country, spoil: Callable[[bytes], str]) -> None:
    assert country.by_proxy(REST, X_SSL_Client_Cert=spoil(country.shown["mill"].pem)) == "A419"


def test_a_header_that_comes_twice_is_refused(country: Country) -> None:
    value = as_nginx(country.shown["mill"]).encode()
    head = b"POST /rest/mill-rest HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", country.plain), timeout=10) as line, line.makefile("rb") as answer:
        line.sendall(head + b"".join(b"%s: %s\r\n" % (HEADER.encode(), value) for _ in "12") + b"\r\n{}")
        assert b"A419" in answer.read()


def test_a_message_that_proves_its_sender_comes_with_no_other_certificate(country: Country) -> None:
    assert country.over_tls("/soap/mill-words", by="port") == "A421"
    assert country.over_tls("/soap/mill-words", by="mill") == country.over_tls("/soap/mill-words") == "A411"


def test_a_page_of_another_site_may_not_use_the_certificate_of_a_browser(country: Country) -> None:
    assert country.over_tls(REST, by="mill", Sec_Fetch_Site="cross-site") == "W403"


def test_a_certificate_that_is_no_longer_registered_is_refused_at_once(country: Country) -> None:
    other = {**country.shown, "mill": country.shown["nobody"]}
    country.apply(registry(other))
    try:
        assert country.over_tls(REST, by="mill") == "A417"
        assert let_in(country.over_tls(REST, by="nobody"))
    finally:
        country.apply(registry(country.shown))


@pytest.mark.parametrize("missing", ["PUNTE_PROXIES", "PUNTE_PROXY_CERTIFICATE", "PUNTE_TLS_CLIENT_CA"])
def test_a_proxy_is_believed_by_three_settings_together(missing: str) -> None:
    whole = {"PUNTE_PROXIES": PROXY, "PUNTE_PROXY_CERTIFICATE": HEADER, "PUNTE_TLS_CLIENT_CA": "ca.pem"}
    assert PROXY in (from_environment(whole).proxies or ())
    with pytest.raises(ConfigError, match=missing) as raised:
        from_environment({name: value for name, value in whole.items() if name != missing})
    assert raised.value.code == "R103"


@pytest.mark.parametrize("address", ["10.9.1.1", "::ffff:10.9.1.1", "fd00::7"])
def test_a_proxy_is_known_in_either_kind_of_address(address: str) -> None:
    assert address in Addresses("10.9.0.0/16, fd00::/8")
    assert address not in Addresses("10.8.0.0/16, fe80::/10")


@pytest.mark.parametrize("addresses", ["proxy.example", "10.0.0.1/8", "", "10.0.0.0/40"])
def test_proxies_are_named_by_address(addresses: str) -> None:
    with pytest.raises(ConfigError) as raised:
        from_environment({"PUNTE_PROXIES": addresses})
    assert raised.value.code == "R104"


def test_authorities_that_cannot_be_read_are_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ConfigError) as raised:
        Callers(Settings(tls_client_ca=tmp_path / "ca.pem"), keys=None, directory=Directory, clock=SystemClock())
    assert (raised.value.code, raised.value.where) == ("R402", "PUNTE_TLS_CLIENT_CA")


def test_the_doctor_says_whether_certificates_can_be_shown(country: Country) -> None:
    parts = country.hub._parts
    assert (
        doctor._callers(parts).text
        == "of 2 institutions, over TLS (optional) and in X-SSL-Client-Cert from 127.0.0.1, 10.9.0.0/16"
    )
    deaf = SimpleNamespace(settings=Settings(), directory=parts.directory)
    assert doctor._callers(deaf).ok is False


def test_a_command_shows_how_a_certificate_is_registered(country: Country, capsys: pytest.CaptureFixture[str]) -> None:
    keys.certificate(country.files["port"])
    told = capsys.readouterr().out
    assert "subject  CN=port,O=Partners,C=RO\nissuer   CN=Authority of partners,O=Partners,C=RO\n" in told
    assert certificate_of(country.shown["port"].der).sha256 in told


def test_a_file_without_a_certificate_is_none(country: Country) -> None:
    with pytest.raises(ConfigError) as raised:
        keys.certificate(country.folder / "server.key")
    assert raised.value.code == "R110"


def test_the_certificate_that_an_institution_showed_last_is_watched(country: Country) -> None:
    country.over_tls(REST, by="mill")
    done = country.done(jobs.certificates(country.hub._parts))
    assert 89 < done.figures["(caller mill)"] <= 90
