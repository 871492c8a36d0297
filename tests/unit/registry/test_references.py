import pytest

from hub_core.directory import Direction, Endpoint, SecretReference
from hub_core.errors import ConfigError
from registry.references import followed, secret


def an_endpoint(url):
    return Endpoint(institution="cnas", direction=Direction.ASK, adapter="soap", service="s", url=url)


def test_an_address_is_followed_to_the_variable():
    endpoint = an_endpoint("env:CNAS_URL")
    assert followed(endpoint, {"CNAS_URL": "http://127.0.0.1:8080/ws"}).url == "http://127.0.0.1:8080/ws"


@pytest.mark.parametrize("url", [None, "https://cnas.invalid/ws"])
def test_any_other_address_stays_as_it_is(url):
    assert followed(an_endpoint(url), {}).url == url


@pytest.mark.parametrize("environ", [{}, {"CNAS_URL": " "}, {"CNAS_URL": "ftp://x"}, {"CNAS_URL": "http://u:p@x/"}])
def test_a_variable_without_an_address_is_a_fault(environ):
    with pytest.raises(ConfigError, match="R109 the environment variable CNAS_URL") as caught:
        followed(an_endpoint("env:CNAS_URL"), environ)
    assert caught.value.where == "url"


def test_a_secret_comes_from_the_environment_or_from_a_file(tmp_path):
    file = tmp_path / "password"
    file.write_text("hunter2\n")
    assert secret(SecretReference(env="A"), {"A": "hunter1"}) == "hunter1"
    assert secret(SecretReference(file=str(file)), {}) == "hunter2"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff"])
def test_a_file_without_a_secret_is_a_fault_that_names_the_file(tmp_path, content):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"R109 .*password"):
        secret(SecretReference(file=str(file)), {})


def test_a_variable_without_a_secret_is_a_fault_that_names_the_variable():
    with pytest.raises(ConfigError, match="R109 the environment variable TOKEN is not set"):
        secret(SecretReference(env="TOKEN"), {"TOKEN": ""})
