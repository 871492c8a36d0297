"""An adapter says what it is, completely, and says no where it cannot."""

import logging
from typing import Any, Final

import msgspec
import pytest

from hub_core.directory import Contract, Direction, Endpoint
from hub_core.errors import ConfigError
from hub_core.ports import SDK, Files, Polls, fits
from hub_core.testing.adapter.base import NOWHERE, AdapterSuite
from hub_core.testing.adapter.secrets import BEARER, SECRET, VARIABLE, hiding, secrets_of

#: What makes an endpoint another one than it should be.
WRONG: Final[tuple[dict[str, Any], ...]] = (
    {"url": None},
    {"poll": None},
    {"credentials": BEARER},
    {"contract": Contract(json_schema="no/such.schema.json")},
)


class Telling(AdapterSuite):
    """Spec and registration."""

    def test_it_says_what_it_is_and_what_it_promises(self) -> None:
        spec = self.adapter.spec
        assert spec.name.isidentifier()
        assert spec.summary.endswith(".")
        assert len(spec.promises) > 100
        assert spec.kinds
        assert spec.directions

    def test_it_is_written_for_an_sdk_that_this_hub_has(self) -> None:
        assert fits(self.adapter.spec.sdk), f"written for {self.adapter.spec.sdk}, here is {SDK}"

    def test_every_setting_is_a_field_of_an_endpoint_and_is_described(self) -> None:
        for setting in self.adapter.spec.fields:
            assert setting.name.partition(".")[0] in Endpoint.__struct_fields__
            assert setting.description.endswith(".")
        names = [setting.name for setting in self.adapter.spec.fields]
        assert len(names) == len(set(names))

    def test_it_says_that_it_polls_if_it_can(self) -> None:
        assert self.adapter.spec.polls == isinstance(self.adapter, Polls)

    def test_it_says_that_it_writes_files_if_it_can(self) -> None:
        assert self.adapter.spec.collects == isinstance(self.adapter, Files)

    def test_a_sound_endpoint_is_admitted(self) -> None:
        self.adapter.check("here", self.endpoint())

    def test_every_secret_of_its_own_is_named_by_an_endpoint_of_the_suite(self) -> None:
        named = {name for endpoint in self.endpoints() for name in endpoint.settings}
        unnamed = secrets_of(self.adapter.spec) - named
        assert not unnamed, f"no settings in endpoints() name {', '.join(sorted(unnamed))}"

    def test_no_secret_is_told_where_an_endpoint_is_checked(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setenv(VARIABLE, SECRET)
        caplog.set_level(logging.DEBUG)
        told = []
        for sound in self.endpoints():
            endpoint = hiding(self.adapter.spec, sound)
            for asked in (endpoint, *(msgspec.structs.replace(endpoint, **wrong) for wrong in WRONG)):
                try:
                    self.adapter.check("here", asked)
                except ConfigError as fault:
                    told.append(f"{fault!s} {fault!r} {fault.findings}")
        assert SECRET not in " ".join([*told, *(f"{one.getMessage()} {vars(one)}" for one in caplog.records)])

    def test_what_it_cannot_be_is_refused_at_registration_with_the_mend(self) -> None:
        makers = {Direction.OUT: self.adapter.target, Direction.ASK: self.adapter.source}
        for direction, make in makers.items():
            if direction in self.adapter.spec.directions:
                continue
            endpoint = self.endpoint(direction=direction, url=NOWHERE, message_id=None)
            for refuse in (self.adapter.check, make):
                with pytest.raises(ConfigError) as refused:
                    refuse("here", endpoint)
                assert refused.value.mend
