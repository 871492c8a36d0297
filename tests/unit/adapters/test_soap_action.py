"""What a call says in its headers."""

import pytest

from adapters.soap.served import action_of

PARTS = 'multipart/related; boundary="b"; type="application/xop+xml"'


@pytest.mark.parametrize(
    "headers",
    [
        {"soapaction": '"urn:a;b"'},
        {"soapaction": "urn:a;b"},
        {"content-type": 'application/soap+xml; Action="urn:a;b"; charset=utf-8'},
        {"content-type": f'{PARTS}; start-info="application/soap+xml"; action="urn:a;b"'},
        {"content-type": f'{PARTS}; start-info="application/soap+xml; action=\\"urn:a;b\\""'},
    ],
    ids=["SOAP 1.1", "without quotes", "SOAP 1.2", "in parts", "in parts, inside of the media type of the root"],
)
def test_the_action_is_found_wherever_stacks_say_it(headers: dict[str, str]) -> None:
    assert action_of(headers) == "urn:a;b"


@pytest.mark.parametrize(
    "headers",
    [{}, {"soapaction": '""'}, {"content-type": "text/xml"}, {"content-type": PARTS}, {"content-type": "a/b; action"}],
)
def test_a_call_may_say_no_action(headers: dict[str, str]) -> None:
    assert action_of(headers) == ""
