"""One call in the languages of callers, by what each brings along: no package has to be installed.

The key and the password come from the environment; the id of the message is the caller's own, and the same whenever
the message is sent again; the content is so, too, in every language. Each ends with 0 once the message was taken.
"""

import json
from collections.abc import Callable, Mapping
from typing import Final

from hub_web.partner.blocks import Code
from hub_web.partner.model import MESSAGE_ID, PASSWORD, Call

SECONDS: Final = 60
EXAMPLE_ID: Final = "2026-000001"
KEY, ID, SECRET = "PUNTE_KEY", "MESSAGE_ID", "PUNTE_PASSWORD"
#: What stands in a body for what is filled in, by the variable of the environment.
FILLED: Final[Mapping[str, str]] = {MESSAGE_ID: ID, PASSWORD: SECRET}


def snippets(call: Call) -> tuple[Code, ...]:
    """Return the call in each language."""
    return tuple(
        Code(title=title, language=language, text=write(call)) for title, (language, write) in LANGUAGES.items()
    )


def _filled(call: Call) -> dict[str, str]:
    return {mark: name for mark, name in FILLED.items() if mark in call.body}


def _curl(call: Call) -> str:
    body, marks = call.body, _filled(call)
    if marks:
        for special in ("\\", "$", "`"):
            body = body.replace(special, f"\\{special}")
        for mark, name in marks.items():
            body = body.replace(mark, f"${name}")
    lines = [f": ${{{name}:={EXAMPLE_ID}}}" for name in (ID,) if call.named]
    lines.append(f"curl --silent --show-error --fail-with-body --max-time {SECONDS} {_quoted(call.url)} \\")
    lines += [f'  --header "Punte-Key: ${KEY}" \\'] if call.key else []
    lines += [f'  --header "Idempotency-Key: ${ID}" \\'] if call.id_header else []
    lines += [f"  --header {_quoted(f'{name}: {value}')} \\" for name, value in call.headers]
    end = "BODY" if marks else "'BODY'"
    return "\n".join([*lines, f"  --data-binary @- <<{end}", body, "BODY"])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _php(call: Call) -> str:
    def text(value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    headers = [f"    'Punte-Key: ' . getenv('{KEY}'),"] if call.key else []
    headers += ["    'Idempotency-Key: ' . $id,"] if call.id_header else []
    headers += [f"    {text(f'{name}: {value}')}," for name, value in call.headers]
    filled = {mark: "$id" if name == ID else f"getenv('{name}')" for mark, name in _filled(call).items()}
    pairs = ", ".join(f"'{mark}' => {value}" for mark, value in filled.items())
    lines = [
        "<?php",
        *([f"$id = getenv('{ID}') ?: '{EXAMPLE_ID}';"] if call.named else []),
        "$body = <<<'BODY'",
        call.body,
        "",
        "BODY;",
        *([f"$body = strtr($body, [{pairs}]);"] if filled else []),
        "$headers = [",
        *headers,
        "];",
        "$context = stream_context_create(['http' => [",
        "    'method' => 'POST', 'header' => $headers, 'content' => $body,",
        f"    'ignore_errors' => true, 'timeout' => {SECONDS},",
        "]]);",
        f"$answer = file_get_contents({text(call.url)}, false, $context);",
        "if ($answer === false) {",
        "    exit(1);",
        "}",
        "$status = (int) explode(' ', $http_response_header[0])[1];",
        'echo $status, "\\n", $answer, "\\n";',
        "exit($status < 300 ? 0 : 1);",
    ]
    return "\n".join(lines)


def _node(call: Call) -> str:
    body = call.body
    for special in ("\\", "`", "${"):
        body = body.replace(special, f"\\{special}")
    for mark, name in _filled(call).items():
        body = body.replace(mark, "${id}" if name == ID else f"${{process.env.{name}}}")
    headers = [f'    "Punte-Key": process.env.{KEY},'] if call.key else []
    headers += ['    "Idempotency-Key": id,'] if call.id_header else []
    headers += [f"    {json.dumps(name)}: {json.dumps(value)}," for name, value in call.headers]
    lines = [
        *([f'const id = process.env.{ID} ?? "{EXAMPLE_ID}";'] if call.named else []),
        f"const body = `{body}\n`;",
        f"const answer = await fetch({json.dumps(call.url)}, {{",
        '  method: "POST",',
        "  headers: {",
        *headers,
        "  },",
        "  body,",
        f"  signal: AbortSignal.timeout({SECONDS * 1000}),",
        "});",
        "console.log(answer.status);",
        "console.log(await answer.text());",
        "process.exitCode = answer.ok ? 0 : 1;",
    ]
    return "\n".join(lines)


def _python(call: Call) -> str:
    body = call.body.replace("\\", "\\\\").replace('"""', '\\"""')
    headers = [f'    "Punte-Key": os.environ["{KEY}"],'] if call.key else []
    headers += ['    "Idempotency-Key": message_id,'] if call.id_header else []
    headers += [f"    {json.dumps(name)}: {json.dumps(value)}," for name, value in call.headers]
    filled = [
        f'body = body.replace("{mark}", {"message_id" if name == ID else f"os.environ[{name!r}]"})'
        for mark, name in _filled(call).items()
    ]
    lines = [
        "import os",
        "import sys",
        "import urllib.error",
        "import urllib.request",
        "",
        *([f'message_id = os.environ.get("{ID}", "{EXAMPLE_ID}")'] if call.named else []),
        f'body = """{body}\n"""',
        *filled,
        "headers = {",
        *headers,
        "}",
        f"request = urllib.request.Request({json.dumps(call.url)}, body.encode(), headers)",
        "try:",
        f"    answer = urllib.request.urlopen(request, timeout={SECONDS})",
        "except urllib.error.HTTPError as refused:",
        "    answer = refused",
        "print(answer.status)",
        "print(answer.read().decode())",
        "sys.exit(0 if answer.status < 300 else 1)",
    ]
    return "\n".join(lines)


LANGUAGES: Final[Mapping[str, tuple[str, Callable[[Call], str]]]] = {
    "curl": ("sh", _curl),
    "PHP": ("php", _php),
    "Node": ("js", _node),
    "Python": ("python", _python),
}
