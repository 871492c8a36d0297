"""What tests of partners behind a login use."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.playing.partner import Partner
from tests.integration.login.door import KEY


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "client-secret"
    path.write_text(f"{KEY}\n", encoding="utf-8")
    return path


@pytest.fixture
def endpoint(secret: Path) -> Callable[..., Endpoint]:
    def made(door: Partner | str, partner: Partner, *, shown: dict[str, Any] | None = None, **facts: Any) -> Endpoint:
        login = door if isinstance(door, str) else door.url
        told = {"user": "hub 1", "secret": SecretReference(file=str(secret)), "login": login} | (shown or {})
        credentials = Credentials(kind="client-credentials", **told)
        facts = {"direction": Direction.OUT, "adapter": "rest", "timeout": timedelta(seconds=10)} | facts
        return Endpoint(institution="itm", service="s", url=partner.url, credentials=credentials, **facts)

    return made
