"""The reference of the HTTP API as one page without scripts or anything from elsewhere, and the list of codes."""

from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from hub_core.canonical.schema import components
from hub_core.codes import CODES
from hub_web.api.examples import EXAMPLES, Example

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1rem;color:#1b1b1f;background:#fff}
h1{font-size:1.7rem}h2{margin-top:2.5rem;border-bottom:1px solid #c7c7d1}code,pre{font:14px/1.4 ui-monospace,monospace}
pre{background:#f3f3f7;padding:.8rem;overflow:auto;border-radius:6px}table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #e2e2ea}
.verb{background:#0b4f8a;color:#fff;border-radius:4px;padding:.1rem .5rem;font-weight:600}nav a{margin-right:1rem}
:target{background:#fff6d6}
"""
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def install_docs(api: FastAPI) -> None:
    """Add ``/docs``, ``/docs/codes``, and the canonical model and examples to the OpenAPI document."""
    generate = api.openapi

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            document = generate()
            document["components"]["schemas"] |= components()
            document["components"]["securitySchemes"] = {
                "key": {"type": "apiKey", "in": "header", "name": "Punte-Key"},
                "certificate": {"type": "mutualTLS"},
                "basic": {"type": "http", "scheme": "basic"},
            }
            for operation in _operations(document).values():
                if "401" in operation["responses"]:
                    operation["security"] = [{"key": []}, {"basic": []}, {"certificate": []}]
            _add_examples(document)
        return api.openapi_schema or {}

    api.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document

    @api.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return _page("HTTP API", _reference(openapi()))

    @api.get("/docs/codes", include_in_schema=False)
    def codes() -> HTMLResponse:
        rows = "".join(
            f'<tr id="{c.code}"><td><code>{c.code}</code></td><td>{escape(c.title)}</td><td>{escape(c.do)}</td>'
            f"<td>{c.status or ''}</td></tr>"
            for c in CODES.values()
        )
        return _page(
            "Codes", f"<table><tr><th>Code</th><th>What</th><th>What to do</th><th>HTTP</th></tr>{rows}</table>"
        )


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation for methods in document["paths"].values() for operation in methods.values()
    }


def _add_examples(document: dict[str, Any]) -> None:
    operations = _operations(document)
    for example in EXAMPLES:
        content = operations[example.operation].get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None and example.body is not None:
            content.setdefault("examples", {})[example.title] = {"value": example.body}


def _reference(document: dict[str, Any]) -> str:
    parts = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(method, path, operation))
    return "".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<tr><td><code>{escape(p['name'])}</code></td><td>{p['in']}{' (required)' if p.get('required') else ''}</td>"
        f"<td>{escape(p.get('description', ''))}</td></tr>"
        for p in operation.get("parameters", [])
    )
    answers = "".join(
        f"<tr><td>{status}</td><td>{escape(answer['description'])}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    examples = "".join(_example(e) for e in EXAMPLES if e.operation == operation["operationId"])
    return (
        f'<h2 id="{operation["operationId"]}"><span class="verb">{method.upper()}</span> '
        f"<code>{escape(path)}</code></h2>"
        f"<p>{escape(operation.get('description', ''))}</p>"
        + (f"<h3>Parameters</h3><table>{parameters}</table>" if parameters else "")
        + f"<h3>Answers</h3><table>{answers}</table>"
        + (f"<h3>Examples</h3>{examples}" if examples else "")
    )


def _example(example: Example) -> str:
    expected = f"{example.status}" + (f" with code {example.code}" if example.code else "")
    return f"<p>{escape(example.title)}</p><pre>{escape(example.curl())}</pre><p>answers {expected}</p>"


def _page(title: str, body: str) -> HTMLResponse:
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>Punte: {title}</title><style>{STYLE}</style>"
    menu = (
        '<nav><a href="/docs">HTTP API</a><a href="/docs/codes">Codes</a><a href="/openapi.json">OpenAPI 3.1</a></nav>'
    )
    return HTMLResponse(f"{head}{menu}<h1>{title}</h1>{body}", headers=SAFE)
