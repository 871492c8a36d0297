"""The chapters of the story. Each acts on the running hub from outside, looks at what happened, and tells it."""

import json

from rich.markup import escape
from rich.table import Table

from hub_demo.crossing import across_the_border
from hub_demo.documents import cnas_answer, family_claim, job_seekers, old_age_claim
from hub_demo.feed import reason
from hub_demo.filing import inspectorate, town_halls
from hub_demo.stage import Stage
from hub_demo.telling import JSON, ask, brief, delivered, say, show_record, split

XML = "text/xml; charset=utf-8"


def tell(stage: Stage) -> None:
    """Tell all chapters in order."""
    for title, chapter in (
        ("1  CNAS tells the hub that somebody is insured", one_answer),
        ("2  Two documents from across the border", two_seds),
        ("3  The portal asks five institutions about one person", one_question),
        ("4  ANOFM sends a list of twenty persons, and one row is bad", one_list),
        ("5  Town halls and ANOFM leave files; the hub takes them by itself", town_halls),
        ("6  Who draws unemployment benefit is asked about at the labour inspectorate", inspectorate),
        ("7  What two agencies said goes across the border as a SED", across_the_border),
        ("8  What the hub refuses, and how it says so", refusals),
        ("9  The power goes out between the answer and the delivery", power_cut),
    ):
        stage.console.rule(title, align="left")
        chapter(stage)
        stage.console.print()


def one_answer(stage: Stage) -> None:
    """One CNAS answer in: kept, mapped, routed, delivered, readable."""
    someone = stage.country.showcase[0]
    body = cnas_answer(stage.country, someone.cnp, message_id=f"urn:demo:{stage.run}:1")
    reply = stage.caller("cnas").post("/soap/cnas-answers", body, media_type=XML)
    say(stage, f"CNAS sent {len(body)} bytes of SOAP; the hub answered {reply.status} after writing them to disk.")
    delivered(stage, reply.reference)
    show_record(stage, reply.reference)


def two_seds(stage: Stage) -> None:
    """A P2000 in NAV form and an F001 in NEESSI form become records of the same model."""
    country = stage.country
    claimant, parent = (country.people[shown.cnp] for shown in (country.showcase[2], country.showcase[0]))
    for name, body in (("P2000", old_age_claim(country, claimant)), ("F001", family_claim(country, parent))):
        headers = {"Idempotency-Key": f"demo-{stage.run}-{name}", "Punte-Purpose": "sed-exchange"}
        reply = stage.caller("eessi-ap").post("/eessi/seds", body, media_type=JSON, headers=headers)
        say(stage, f"A {name} of {len(body)} bytes came from the access point; answered {reply.status}.")
        delivered(stage, reply.reference)
        show_record(stage, reply.reference)
        again = stage.caller("eessi-ap").post("/eessi/seds", body, media_type=JSON, headers=headers)
        say(
            stage,
            f"Sent once more with the same id: {again.status}, the same reference, no second effect: "
            f"{again.reference == reply.reference}.",
        )


def one_question(stage: Stage) -> None:
    """Five sources side by side, one merged view, contradictions named."""
    result = ask(stage, "unemployed-with-wage")
    table = Table("source", "answered", "in", "what it holds", box=None, pad_edge=False, header_style="bold")
    for source in result["sources"]:
        holds = ", ".join(sorted(source["record"])) if source["record"] else source["code"]
        table.add_row(source["endpoint"], source["verdict"], f"{source['seconds']:.2f} s", holds)
    stage.console.print(table)
    say(stage, "One merged view, each value from the source whose word counts for it:")
    view = Table(box=None, pad_edge=False, show_header=False)
    for field, value in result["merged"].items():
        origins = {origin["source"] for path, origin in result["origins"].items() if path.startswith(field)}
        view.add_row(f"  {field}", escape(brief(value)), f"[dim]{', '.join(sorted(origins))}[/]")
    stage.console.print(view)
    say(stage, f"Where each merged value comes from: punte why {result['id']}")
    for finding in ask(stage, "birth-date-differs")["findings"]:
        say(stage, f"[yellow]{finding['code']} {finding['at']}[/]: {finding['text']}; nothing was overwritten.")


def one_list(stage: Stage) -> None:
    """A file is one message, each of its rows another; a bad row is refused with its line, the others go on."""
    body = job_seekers(stage.country, 20, broken=7)
    headers = {"Idempotency-Key": f"demo-{stage.run}-list", "Punte-Purpose": "labour-market"}
    reply = stage.caller("anofm").post("/flat/job-seekers", body, media_type="text/csv", headers=headers)
    rows = json.loads(reply.body)["rows"]
    say(stage, f"ANOFM sent a CSV file of {len(body)} bytes; the hub kept it and answered {reply.status}: {rows} rows.")
    standing = split(stage, reply.reference)
    told = ", ".join(f"{count} {state}" for state, count in sorted(standing.items()))
    say(stage, f"Each row became a message of its own: {told}.")
    wanted = {"correlation_id": reply.reference, "rows": True, "state": "refused"}
    for row in stage.desk.call("messages", wanted):
        (finding,) = stage.desk.call("message", {"id": row["id"]})["findings"]
        say(stage, f"[yellow]{finding['code']} line {finding['line']}[/]: {finding['text']}; the others went on.")
    say(stage, f"Look at them: punte messages list --rows-of {reply.reference}")


def refusals(stage: Stage) -> None:
    """Bad input gets a clear error in the caller's own protocol; nothing else is disturbed."""
    good = cnas_answer(stage.country, stage.country.showcase[0].cnp, message_id=f"urn:demo:{stage.run}:1")
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    table = Table("what came", "HTTP", "code", "what the hub said", box=None, pad_edge=False, header_style="bold")
    soap, eessi = "/soap/cnas-answers", "/eessi/seds"
    same_id = {"Idempotency-Key": f"demo-{stage.run}-P2000", "Punte-Purpose": "sed-exchange"}
    purpose = {"Punte-Purpose": "sed-exchange"}
    tries: list[tuple[str, str, str, bytes, str, dict[str, str]]] = [
        ("XML that breaks off", "cnas", soap, good[: len(good) // 2], XML, {}),
        ("an entity bomb", "cnas", soap, bomb, XML, {}),
        ("JSON that breaks off", "eessi-ap", eessi, b'{"sed": "P2000", ', JSON, purpose),
        ("JSON that is no SED", "eessi-ap", eessi, b'{"hello": "world"}', JSON, purpose),
        ("the same id, other content", "eessi-ap", eessi, b'{"sed": "P2000", "nav": {}}', JSON, same_id),
        ("no purpose", "eessi-ap", eessi, b'{"sed": "P2000", "nav": {}}', JSON, {}),
        ("an unknown service", "cnas", "/soap/nothing-here", good, XML, {}),
    ]
    for what, institution, path, body, media_type, headers in tries:
        reply = stage.caller(institution).post(path, body, media_type=media_type, headers=headers)
        code, text = reason(reply)
        table.add_row(what, str(reply.status), code, escape(text))
    stage.console.print(table)


def power_cut(stage: Stage) -> None:
    """``kill -9`` after the answer and before the delivery: after the restart the message is delivered, once."""
    someone = stage.country.showcase[1]
    stage.processes.stop("anpis-cases")
    body = cnas_answer(stage.country, someone.cnp, message_id=f"urn:demo:{stage.run}:2")
    reply = stage.caller("cnas").post("/soap/cnas-answers", body, media_type=XML)
    say(stage, f"The case system is down. CNAS sends; the hub answers {reply.status} with a reference.")
    stage.processes.kill("hub")
    say(stage, "kill -9: the hub is gone. Nothing was delivered yet.")
    port = stage.environment["DEMO_ANPIS_CASES_URL"].rstrip("/").rpartition(":")[2]
    ledger = str(stage.demo / "anpis-cases.jsonl")
    stage.processes.launch("anpis-cases", ["hub_demo.partner", "anpis-cases", "--ledger", ledger, "--port", port])
    stage.processes.announced("anpis-cases")
    stage.start_hub()
    delivered(stage, reply.reference)
    effects = [line for line in stage.effects(reply.reference) if line["effect"]]
    by_partner = sorted(line["partner"] for line in effects)
    say(
        stage,
        f"Hub and case system are back: delivered to {', '.join(by_partner)}; effects per partner: "
        f"{len(effects) // max(1, len(set(by_partner)))}.",
    )
