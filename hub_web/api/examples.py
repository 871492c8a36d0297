"""Examples of the API: shown at /docs, put into the OpenAPI document, and executed by a test against a running hub."""

import json
from typing import Any

import msgspec

SED = {
    "sed": "H001",
    "sedGVer": "4",
    "sedVer": "2",
    "nav": {
        "bruker": {
            "person": {
                "etternavn": "EXEMPLU",
                "fornavn": "ANA",
                "foedselsdato": "1985-04-15",
                "kjoenn": "K",
                "pin": [{"land": "RO", "identifikator": "2850415123458"}],
            }
        },
        "eessisak": [{"institusjonsid": "RO:10000", "saksnummer": "12345/03.11.2025", "land": "RO"}],
    },
}
CANONICAL = {
    "beneficiary": {
        "identifiers": [{"scheme": "ro.cnp", "value": "2850415123458"}],
        "name": {"family": "EXEMPLU", "given": "ANA"},
        "birth": {"date": "1985-04-15"},
    }
}


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One call and what it must answer.

    Attributes:
        operation: ``operationId`` that it belongs to.
        path: with its parameters filled in; ``{id}`` stands for the id of the last message sent.
        headers: without the key.
        body: JSON value, or text for other media types.
        status: HTTP status of the answer.
        code: stable code of the problem, where the answer is one.
        authenticated: whether the call shows a key.
    """

    title: str
    operation: str
    method: str
    path: str
    status: int
    headers: dict[str, str] = {}
    body: Any = None
    code: str | None = None
    authenticated: bool = True

    def curl(self) -> str:
        """Return the call as a command line."""
        words = [f"curl -X {self.method} $PUNTE{self.path}"]
        if self.authenticated:
            words.append('-H "Punte-Key: $KEY"')
        words += [f'-H "{name}: {value}"' for name, value in self.headers.items()]
        if self.body is not None:
            words.append(f"-d '{self.text()}'")
        return " \\\n  ".join(words)

    def text(self) -> str:
        """Return the body as it is sent."""
        return self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)


JSON = {"Content-Type": "application/json"}
EXAMPLES = (
    Example(
        title="Send a SED",
        operation="send",
        method="POST",
        path="/api/v1/endpoints/seds/messages",
        headers=JSON | {"Idempotency-Key": "docs-h001", "Punte-Purpose": "sed-exchange"},
        body=SED,
        status=202,
    ),
    Example(
        title="Send a canonical record",
        operation="send",
        method="POST",
        path="/api/v1/endpoints/portal/messages",
        headers=JSON | {"Idempotency-Key": "docs-portal", "Punte-Purpose": "benefit-application"},
        body=CANONICAL,
        status=202,
    ),
    Example(
        title="A document that is no SED is kept and refused",
        operation="send",
        method="POST",
        path="/api/v1/endpoints/seds/messages",
        headers=JSON | {"Punte-Purpose": "sed-exchange"},
        body={"hello": "world"},
        status=422,
        code="V301",
    ),
    Example(
        title="Without a key",
        operation="send",
        method="POST",
        path="/api/v1/endpoints/seds/messages",
        headers=JSON,
        body=SED,
        status=401,
        code="A401",
        authenticated=False,
    ),
    Example(
        title="List your messages", operation="messages", method="GET", path="/api/v1/messages?limit=5", status=200
    ),
    Example(title="Look at one", operation="message", method="GET", path="/api/v1/messages/{id}", status=200),
    Example(
        title="Ask five institutions about one person",
        operation="query",
        method="POST",
        path="/api/v1/queries/person",
        headers=JSON | {"Punte-Purpose": "benefit-application"},
        body={"cnp": "{cnp}"},
        status=200,
    ),
    Example(
        title="Is the hub ready?",
        operation="ready",
        method="GET",
        path="/health/ready",
        status=200,
        authenticated=False,
    ),
)
