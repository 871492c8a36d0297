"""What a registry set says of how an endpoint sends, fetches lists and writes files."""

from datetime import timedelta

import pytest

from hub_core.directory.policy import Breaker, Collect, OpeningHours, Retry, Steps
from hub_core.directory.polled import Poll


def test_an_endpoint_says_what_its_partner_can_bear(folder):
    facts = (
        "timeout_of: {connect: 3s}, retry: {give_up_after: 3 days}, breaker: {failures: 3}, concurrency: 2, rate: 90/min, "
        "opening: {hours: [mon-thu 08:00-16:30, 'fri 08:00-24:00'], holidays: 2025-12-01}, in_doubt: hold, parked: hold"
    )
    endpoint = folder.good(("direction: out", f"{facts}, direction: out")).read().directory.endpoints["cases"]
    assert endpoint.timeout_of == Steps(connect=timedelta(seconds=3))
    assert endpoint.retry == Retry(give_up_after=timedelta(days=3))
    assert endpoint.breaker == Breaker(failures=3)
    assert (endpoint.concurrency, endpoint.rate) == (2, "90/min")
    hours = ("mon-thu 08:00-16:30", "fri 08:00-24:00")
    assert endpoint.opening == OpeningHours(hours=hours, holidays=("2025-12-01",))
    assert (endpoint.in_doubt, endpoint.parked) == ("hold", "hold")


POLLED = (
    "message_id: wsa",
    'url: "https://cnas.invalid/list", credentials: {kind: bearer, secret: {env: HOME}}, poll: {every: 5 min}',
)


def polled(folder, *changes):
    """Write a set whose endpoint ``answers`` fetches a list."""
    fixed = ("purposes: [record]", "purposes: [record], fixed_purpose: record")
    return folder.good(("adapter: soap, service: insured", "adapter: rest, service: insured"), POLLED, fixed, *changes)


def test_a_list_that_is_fetched_needs_no_id_and_may_name_who_calls(folder):
    read = polled(folder).read()
    assert read.directory.endpoints["answers"].poll == Poll(every=timedelta(minutes=5))
    assert read.warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{every: 5 min}", "«{every: 5 min, cron: '30 6 * * mon'}", "R104 a list is fetched every so often or at certain times | write one of every and cron"),
        ("{every: 5 min}", "«{items: data}", "R104 a list is fetched every so often or at certain times | write one of every and cron"),
        ("{every: 5 min}", "{every: «5 ms}", "R104 a list is fetched once a second at most | write every: 1 s, or longer"),
        ("{every: 5 min}", "{cron: «'30 6 * * 1'}", "R104 'cron' has the wrong form | write text such as 30 6 * * mon-fri"),
        ("{every: 5 min}", "{cron: «'30 6 30 2 *'}", "R104 no such times: 30 6 30 2 * never comes | write them such as 30 6 * * mon-fri"),
        ("{every: 5 min}", "{cron: «'30 6 * * *', zone: Europe/Bucuresti}", "R104 no such times: there is no time zone 'Europe/Bucuresti' | write them such as 30 6 * * mon-fri"),
        (", fixed_purpose: record", "", "R104 nobody names a purpose for what is fetched: cnas needs a right to insured | add fixed_purpose: to an access right of the institution to the service"),
        ("adapter: rest, service: insured", "adapter: soap, service: insured", "R104 the adapter soap does not poll | remove it, or use another adapter"),
        ('url: "https://cnas.invalid/list", ', "", "R103 an endpoint with poll needs an address | add url: https://host/path, or url: env:NAME"),
    ],
)  # fmt: skip
def test_how_a_list_is_fetched_is_checked(folder, old, new, fault):
    faults = polled(folder, (old, new.replace("«", ""))).faults()
    assert any(found.endswith(fault) for found in faults), faults


FILES = (
    "adapter: rest, service: cases",
    "adapter: files, service: cases, writes: cnas.insured-person/1, collect: {every: 1 h}",
)


def test_when_files_are_written_is_read(folder):
    read = folder.good(FILES, ("{every: 1 h}", "{cron: '0 16 * * mon-fri', most: 500}")).read()
    assert read.directory.endpoints["cases"].collect == Collect(cron="0 16 * * mon-fri", most=500)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (", collect: {every: 1 h}", "", "R103 a file holds many messages, and nothing says when it is written | add collect: {every: 1 h}, or collect: {cron: 0 16 * * mon-fri}"),
        ("{every: 1 h}", "{every: 1 h, cron: '0 16 * * mon'}", "R104 a file is written so long after its first message, or at certain times | write one of every and cron"),
        ("{every: 1 h}", "{cron: '0 16 30 2 *'}", "R104 no such times: 0 16 30 2 * never comes | write them such as 0 16 * * mon-fri, and a zone such as Europe/Bucharest"),
        ("{every: 1 h}", "{every: 1 h, zone: Europe/Bucuresti}", "R104 no such times: there is no time zone 'Europe/Bucuresti' | write them such as 0 16 * * mon-fri, and a zone such as Europe/Bucharest"),
        (", writes: cnas.insured-person/1", "", "R103 nothing says what stands in a row | add writes: with a mapping of this file"),
        ("{every: 1 h}", "{every: 1 h}, rate: 1/s", "R104 'rate' has no effect where files are written | remove it"),
        ("adapter: files", "adapter: rest", "R104 the adapter rest writes no files | remove it"),
    ],
)  # fmt: skip
def test_when_files_are_written_is_checked(folder, old, new, fault):
    faults = folder.good(FILES, (old, new)).faults()
    assert any(found.endswith(fault) for found in faults), faults
