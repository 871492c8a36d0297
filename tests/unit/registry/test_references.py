import pytest

from hub_core.directory import Direction, Endpoint
from hub_core.errors import ConfigError
from registry.sets.references import followed


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
