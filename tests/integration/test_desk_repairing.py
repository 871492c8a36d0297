"""What the desk does with messages that are to be corrected."""

import base64
import json

import pytest

from hub_core.errors import ConfigError, Refused, Rejected
from hub_core.message import State
from tests.integration.seds_kept import BY, COUNTRY, SED


def copied(**more):
    return base64.b64encode(json.dumps(SED | more).encode()).decode()


async def test_a_corrected_copy_takes_the_place_of_a_refused_message_and_both_show_it(seds):
    first = await seds.accept(sed=None)
    answer = await seds.desk.call("repair", {"id": first, "body": copied(), **BY})
    assert (answer["kept"], answer["copy_state"], answer["state"]) == (True, State.DELIVERING, State.REFUSED)
    shown = await seds.desk.call("message", {"id": first})
    assert shown["repaired_by"] == answer["copy"]
    assert (shown["entries"][-1]["step"], shown["entries"][-1]["by"]) == ("repaired", "ana")
    copy = await seds.desk.call("message", {"id": answer["copy"]})
    assert (copy["message"]["repairs"], copy["message"]["party"], copy["repaired_by"]) == (first, "ap", None)
    await seds.deliver()
    assert [claimed.delivery.message_id for claimed in seds.sent] == [answer["copy"]]


async def test_what_was_repaired_is_not_replayed_but_its_copy_is(seds):
    first = await seds.accept(sed=None)
    copy = (await seds.desk.call("repair", {"id": first, "body": copied(), **BY}))["copy"]
    await seds.deliver()
    rows = (await seds.replay(filter={"after": ""}))["messages"]
    assert [(row["message"], row["result"], row["code"]) for row in rows] == [
        (first, "failed", "J418"),
        (copy, "done", None),
    ]


async def test_a_copy_that_is_refused_too_is_not_kept(seds):
    first = await seds.accept(sed=None)
    answer = await seds.desk.call("repair", {"id": first, "body": copied(sed=None), **BY})
    assert (answer["kept"], answer["copy"], answer["findings"][0]["code"]) == (False, None, "V301")
    assert len(seds.parts.view.messages()) == 1


async def test_the_same_copy_again_changes_nothing_and_another_is_refused(seds):
    first = await seds.accept(sed=None)
    again = [await seds.desk.call("repair", {"id": first, "body": copied(), **BY}) for _ in range(2)]
    assert again[0]["copy"] == again[1]["copy"]
    assert len(seds.parts.view.messages()) == 2
    with pytest.raises(Rejected) as raised:
        await seds.desk.call("repair", {"id": first, "body": copied(sedVer="9"), **BY})
    assert raised.value.code == "J418"


async def test_a_copy_is_admitted_like_any_message_of_its_sender(seds):
    first = await seds.accept(sed=None)
    await seds.apply(COUNTRY.replace("purposes: [exchange]", "purposes: [other]"))
    with pytest.raises(Refused):
        await seds.desk.call("repair", {"id": first, "body": copied(), **BY})


async def test_a_repair_needs_a_reason(seds):
    with pytest.raises(ConfigError):
        await seds.desk.call("repair", {"id": "x", "body": "", "by": "ana", "reason": " "})
