"""The proxy's configuration that is shipped, in a real nginx before a real hub."""

import getpass
import http.client
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator

import pytest

from hub_core.places import ROOT
from tests.integration.certified import Country, as_nginx
from tests.integration.test_callers import REST, country, let_in  # noqa: F401 - a fixture

pytestmark = [pytest.mark.network, pytest.mark.system("nginx")]
PATIENCE = 20  # seconds
MAIN = """
user %(user)s;
daemon off;
pid %(folder)s/nginx.pid;
error_log %(folder)s/error.log;
events {}
http {
    access_log off;
    client_body_temp_path %(folder)s/bodies;
    proxy_temp_path %(folder)s/answers;
    include %(folder)s/site.conf;
}
"""


@pytest.fixture(scope="module")
def proxied(country: Country, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:  # noqa: F811 - the fixture
    """Return the hub as it is reached through the proxy."""
    folder = tmp_path_factory.mktemp("nginx")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for shipped, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("hub.example", "localhost"),
        ("/etc/punte/tls.crt", str(country.folder / "server.pem")),
        ("/etc/punte/tls.key", str(country.folder / "server.key")),
        ("# ssl_client_certificate /etc/punte", f"ssl_client_certificate {country.folder}"),
        ("# ssl_verify_client", "ssl_verify_client"),
        ("127.0.0.1:8480", f"127.0.0.1:{country.plain}"),
    ):
        assert shipped in site
        site = site.replace(shipped, here)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(MAIN % {"user": getpass.getuser(), "folder": folder})
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/sbin") or "nginx"
    with subprocess.Popen([nginx, "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.PIPE) as process:
        wait_for(port, process)
        yield country._replace(tls=port)
        process.terminate()


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_key_is_handed_on(proxied: Country) -> None:
    assert let_in(proxied.over_tls(REST, Punte_Key=proxied.keys["mill"]))


def test_a_certificate_is_handed_on(proxied: Country) -> None:
    assert let_in(proxied.over_tls(REST, by="mill"))
    assert proxied.over_tls(REST) == "A401"


def test_nobody_says_through_the_proxy_that_they_showed_a_certificate(proxied: Country) -> None:
    assert proxied.over_tls(REST, X_SSL_Client_Cert=as_nginx(proxied.shown["mill"])) == "A401"


def test_figures_stay_on_the_machine(proxied: Country) -> None:
    context = ssl.create_default_context(cafile=proxied.folder / "authorities.pem")
    line = http.client.HTTPSConnection("localhost", proxied.tls, context=context, timeout=PATIENCE)
    line.request("GET", "/metrics")
    assert line.getresponse().status == 404
    line.close()
