"""Findings as JSON, and as SARIF 2.1.0 for code review and editors.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from hub_core.codes import CODES
from hub_core.lint.finding import LintFinding
from hub_core.lint.linting import Result
from hub_core.message import Severity

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

Shown = Callable[[str], str]  # how a file is named to the reader


def as_json(result: Result, shown: Shown) -> dict[str, Any]:
    """Return ``{"files": number, "findings": [...], "functions": {name: rules}}``."""
    findings = [{**msgspec.to_builtins(one), "file": shown(one.file)} for one in result.findings]
    return {"files": result.files, "findings": findings, "functions": result.functions}


def as_sarif(result: Result, shown: Shown) -> dict[str, Any]:
    """Return one SARIF log with one run; mends that are replacements are its fixes."""
    codes = sorted({one.code for one in result.findings})
    rules = [
        {"id": code, "shortDescription": {"text": CODES[code].title}, "help": {"text": CODES[code].do}}
        for code in codes
    ]
    driver = {"name": "punte mapping lint", "rules": rules}
    results = [_result(one, codes.index(one.code), shown) for one in result.findings]
    runs = [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}


def _result(finding: LintFinding, index: int, shown: Shown) -> dict[str, Any]:
    artifact = {"uri": shown(finding.file)}
    region: dict[str, Any] = {"startLine": finding.line, "startColumn": finding.column}
    if finding.end_column is not None:
        region["endColumn"] = finding.end_column
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}; {finding.mend}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }
    if (change := finding.replacement) is not None:
        deleted = {
            "startLine": change.line, "startColumn": change.column, "endColumn": change.column + len(change.old),
        }  # fmt: skip
        replacement = {"deletedRegion": deleted, "insertedContent": {"text": change.new}}
        changes = [{"artifactLocation": artifact, "replacements": [replacement]}]
        result["fixes"] = [{"description": {"text": finding.mend}, "artifactChanges": changes}]
    return result
