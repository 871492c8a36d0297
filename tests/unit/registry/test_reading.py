from datetime import timedelta

import pytest

from hub_core.codes import CODES
from hub_core.directory import DEFAULT_MAX_BODY_BYTES, Directory, Route
from hub_core.directory.credentials import SecretReference
from hub_core.directory.policy import Retry
from hub_core.errors import ConfigError
from registry.sets.reading import MAX_FILES, gather


def test_a_good_set_is_read_whole(folder):
    read = folder.good().read()
    directory = read.directory
    assert set(directory.endpoints) == {"answers", "question", "cases"}
    assert directory.routes["all"] == Route(
        services=("insured",), to=("cases",), order_by="identifiers[scheme=ro.cnp].value"
    )
    assert directory.queries["person"].precedence == {"name": ("question",), "*": ("question",)}
    assert directory.endpoints["answers"].max_body_bytes == DEFAULT_MAX_BODY_BYTES
    assert read.warnings == ()


def test_the_text_of_the_files_is_kept_as_it_was(folder):
    folder.good().write("# nothing but a remark\naccess: {}\n", "more/empty.yml")
    read = folder.read()
    assert sorted(read.files) == ["more/empty.yml", "registry.yaml"]
    assert read.files["registry.yaml"] == (folder.path / "registry.yaml").read_text()
    assert read.folder == str(folder.path)


def test_a_set_may_be_cut_into_files_in_any_way(folder):
    whole = folder.good().read().directory
    text = (folder.path / "registry.yaml").read_text()
    (folder.path / "registry.yaml").unlink()
    head, part, rest = text.partition("routes:")
    folder.write(head, "a.yaml").write(part + rest, "b/c.yml")
    assert folder.read().directory == whole


def test_files_that_are_no_registry_files_are_left_alone(folder):
    folder.good().write("not: a registry", ".hidden/x.yaml").write("not: a registry", "notes.txt")
    assert isinstance(folder.read().directory, Directory)


def test_durations_sizes_and_lists_of_one_have_a_friendly_spelling(folder):
    folder.good(
        (
            "message_id: wsa",
            'message_id: wsa, max_body_bytes: "2 MB", timeout: 30 min, mappings: cnas.insured-person/1',
        ),
        ('"https://anpis.invalid/"', '"https://anpis.invalid/", retry: {attempts: 3, first: 5s, longest: 2h}'),
    )
    directory = folder.read().directory
    answers = directory.endpoints["answers"]
    assert (answers.max_body_bytes, answers.timeout) == (2_000_000, timedelta(minutes=30))
    assert answers.mappings == ("cnas.insured-person/1",)
    assert directory.endpoints["cases"].retry == Retry(
        attempts=3, first=timedelta(seconds=5), longest=timedelta(hours=2)
    )


def test_a_secret_is_a_reference(folder):
    secret = "credentials: {kind: basic, user: hub, secret: {env: CNAS_PASSWORD}}"
    folder.good(('"https://cnas.invalid/ws"', f'"https://cnas.invalid/ws", {secret}'))
    credentials = folder.read().directory.endpoints["question"].credentials
    assert credentials.secret == SecretReference(env="CNAS_PASSWORD")


def test_a_contract_beside_the_files_gets_its_full_path_any_other_lies_below_schemas(folder):
    folder.good(("message_id: wsa", "message_id: wsa, contract: {wsdl: ./own.wsdl, xsd: partners/cnas/x.xsd}"))
    contract = folder.read().directory.endpoints["answers"].contract
    assert contract.wsdl == str(folder.path / "own.wsdl")
    assert contract.xsd == "partners/cnas/x.xsd"


def test_an_endpoint_without_message_id_is_warned_of(folder):
    (warning,) = folder.good((", message_id: wsa", "")).read().warnings
    assert (warning.code, warning.severity) == ("R201", "warning")
    assert warning.rule.endswith("registry.yaml:6:3")


def test_all_faults_of_all_files_are_reported_at_once(folder):
    folder.good(("The insurance house", "The insurance house, colour: blue"), ("purposes: [record]", ""))
    folder.write("routes: {second: {to: casess}}", "routes.yaml").write("access: [", "torn.yaml")
    assert [fault.split()[1] for fault in folder.faults()] == ["R102", "R103", "R101", "R105"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("message_id: wsa", "«mesage_id: wsa", "R102 there is no field 'mesage_id' here | write 'message_id' instead"),
        ("institutions:", "«institution:", "R102 there is no part 'institution' in a registry | write 'institutions' instead"),
        ("cases: {institution: anpis, direction: out, adapter: rest, service: cases", "cases: «{institution: anpis, direction: out, adapter: rest", "R103 the field 'service' is missing | add service: ..."),
        ("direction: ask", "direction: «aks", "R104 'direction' has an unknown value | write 'ask' instead"),
        ("purposes: [record]", "purposes: «{record: yes}", "R104 'purposes' takes one value | write it on one line"),
        ("{name: The paying agency}", "«The paying agency", "R104 fields are expected here | write fields such as name, one per line"),
        ("name: The paying agency", "name: x, country: «Romania", "R104 'country' has the wrong form | write text that matches ^[A-Z]{2}$"),
        ("message_id: wsa", "timeout: «30", "R104 'timeout' is no span of time | write a number and a unit, such as 5s, 30 min or 2h"),
        ("message_id: wsa", "max_body_bytes: «big", "R104 'max_body_bytes' is no size in its range | write a size such as 10 MB or 512 kB"),
        ("direction: out", "rate: «10 per second, direction: out", "R104 'rate' has the wrong form | write text such as 10/s"),
        ("direction: out", "rate: «0/s, direction: out", "R104 'rate' has the wrong form | write text such as 10/s"),
        ("direction: out", "opening: {hours: «mon-fri 8:00-17:00}, direction: out", "R104 'hours' has the wrong form | write text such as mon-fri 08:00-17:00"),
        ("direction: out", "opening: {hours: mon 08:00-17:00, holidays: «1 May}, direction: out", "R104 'holidays' has the wrong form | write text such as 2025-12-01"),
        ("direction: out", "breaker: {percent: «101}, direction: out", "R104 'percent' is no number in its range | write a whole number"),
        ("direction: out", "in_doubt: «ask, direction: out", "R104 'in_doubt' has an unknown value | write one of: hold, resend"),
        ("message_id: wsa", 'message_id: «""', "R104 'message_id' has no value | write one, or remove the line"),
        ("cases:", "«Cases Of ANPIS:", "R104 'Cases Of ANPIS' cannot be a name | write up to 63 small letters, digits and hyphens"),
    ],
)  # fmt: skip
def test_a_fault_of_form_has_its_place_and_its_mend(folder, old, new, fault):
    assert folder.good((old, new)).marked(fault) in folder.faults()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("answers: {institution: cnas", "answers: {institution: «cnsa", "R105 there is no institution 'cnsa' | write 'cnas' instead"),
        ("adapter: rest", "adapter: «rset", "R105 there is no adapter 'rset' | write 'rest' instead"),
        ("direction: out, adapter: rest", "direction: «out, adapter: soap", "R104 the adapter soap has no direction out | use in or ask, or another adapter"),
        ("message_id: wsa", "mappings: [«cnas.insured/1]", "R105 there is no mapping 'cnas.insured/1' in force | write 'cnas.insured-person/1' instead, or bring it into force first: punte mapping promote FOLDER --reason TEXT"),
        ("message_id: wsa", "mappings: [«town.lists/1]", "R105 there is no mapping 'town.lists/1' in force | bring it into force first: punte mapping promote FOLDER --reason TEXT"),
        ("to: cases", "to: «case", "R105 there is no endpoint 'case' | write 'cases' instead"),
        ("to: cases", "to: «answers", "R104 'answers' has direction: in, not out | write 'cases' instead"),
        ("to: cases", "to: «[]", "R104 the route leads nowhere | name at least one endpoint with direction: out"),
        ("services: insured", "services: «insurd", "R105 there is no service 'insurd' | write 'insured' instead"),
        ('"identifiers[scheme=ro.cnp].value"', '«"identifiers[scheme=ro.cnp].valu"', "R108 'identifiers[scheme=ro.cnp].valu' is not in the canonical model: 'identifiers[scheme=ro.cnp]' has no field 'valu' | write 'value' instead"),
        ('"identifiers[scheme=ro.cnp].value"', "«birth", "R104 'birth' is a group of values and has none of its own | go on to one of its fields, or ask for present: true"),
        ("service: insured, purposes", "service: «insurd, purposes", "R105 there is no service 'insurd' | write 'insured' instead"),
        ("purposes: [record]", "purposes: «[]", "R104 the right names no purpose | name at least one"),
        ("purposes: [record]", "purposes: record, fixed_purpose: «other", "R105 there is no purpose of this right 'other' | write one of: record"),
        ("sources: question", "sources: «cases", "R104 'cases' has direction: out, not ask | write one of: question"),
        ("sources: question", "sources: [question, «question]", "R104 'question' would be asked twice | remove one"),
        ("{name: question", "{nmae: «question", "R108 'nmae' is not in the canonical model: a record has no field 'nmae' | write 'name' instead"),
        ("{name: question", "{name.family: «question", "R104 'name.family' is not merged by itself | write 'name' instead"),
        ("{name: question", "{name: «questoin", "R105 there is no source of this query 'questoin' | write 'question' instead"),
        ("message_id: wsa", 'url: «"https://x.invalid"', "R104 'url' has no effect at an endpoint with direction: in | remove it, or correct the direction"),
        ('"https://cnas.invalid/ws"', "«cnas.invalid/ws", "R104 this is no address | write https://host/path, or env:NAME"),
        ("direction: ask", "direction: ask, rate: «10/s", "R104 'rate' has no effect at an endpoint with direction: ask | remove it, or correct the direction"),
        ("direction: out", "opening: «{hours: [mon 08:00-17:00], zone: Europe/Bucuresti}, direction: out", "R104 there is no time zone 'Europe/Bucuresti' | write a zone such as Europe/Bucharest, and dates such as 2025-12-01"),
        ("direction: out", "opening: «{hours: [mon 08:00-17:00], holidays: 2025-02-30}, direction: out", "R104 there is no date 2025-02-30 | write a zone such as Europe/Bucharest, and dates such as 2025-12-01"),
        ("direction: out", "opening: {hours: «[]}, direction: out", "R104 it never opens | name at least one, such as mon-fri 08:00-17:00"),
        ('cases: {institution: anpis, direction: out, adapter: rest, service: cases, url: "https://anpis.invalid/"', "«cases: {institution: anpis, direction: out, adapter: rest, service: cases", "R103 an endpoint with direction: out needs an address | add url: https://host/path, or url: env:NAME"),
    ],
)  # fmt: skip
def test_a_reference_that_leads_nowhere_has_its_place_and_its_mend(folder, old, new, fault):
    assert folder.good((old, new)).marked(fault) in folder.faults()


@pytest.mark.parametrize(
    "condition",
    ["{at: insured.state}", "{at: insured.state, equals: a, present: true}", "{at: insured.state, one_of: []}"],
)
def test_a_condition_makes_exactly_one_test(folder, condition):
    faults = folder.good(("to: cases", f"to: cases, when: {condition}")).faults()
    assert "R104 a condition makes one test" in faults[0]


@pytest.mark.parametrize(
    "secret",
    [
        "secret: hunter2",
        "secret: {env: A}, password: hunter2",
        "secret: {value: hunter2}",
    ],
)
def test_a_secret_written_as_a_value_is_refused_and_not_repeated(folder, secret):
    folder.good(('ws"}', f'ws", credentials: {{kind: bearer, {secret}}}}}'))
    faults = folder.faults()
    assert "R107" in faults[0]
    assert "hunter2" not in "".join(faults)


def test_an_address_with_a_password_is_a_secret_written_as_a_value(folder):
    faults = folder.good(('"https://cnas.invalid', '«"https://hub:hunter2@cnas.invalid')).faults()
    assert faults[0].startswith(folder.marked("R107 the address holds a user or a secret"))
    assert "hunter2" not in "".join(faults)


@pytest.mark.parametrize(
    ("credentials", "text"),
    [
        ("{kind: basic, secret: {env: A}}", "credentials of kind basic need 'user'"),
        ("{kind: header, secret: {env: A}}", "credentials of kind header need 'header'"),
        ("{kind: bearer, secret: {}}", "a secret lies in one place, env or file"),
        ("{kind: bearer, secret: {env: A, file: b}}", "a secret lies in one place, env or file"),
    ],
)
def test_credentials_are_complete(folder, credentials, text):
    assert text in folder.good(('ws"}', f'ws", credentials: {credentials}}}')).faults()[0]


FINGERPRINT = "ab" * 32


@pytest.mark.parametrize(
    ("certificates", "fault"),
    [
        ("{sha256: «abcd}", "R104 'sha256' has the wrong form | write text such as 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("«{subject: CN=cnas}", "R103 a certificate is known by its fingerprint, or by two names | write sha256:, or subject: and issuer:; see punte key certificate FILE"),
        (f"«{{sha256: {FINGERPRINT}, subject: CN=a, issuer: CN=b}}", "R103 a certificate is known by its fingerprint, or by two names | write sha256:, or subject: and issuer:; see punte key certificate FILE"),
        ("«{subject: cnas, issuer: CN=authority}", "R104 subject or issuer is no name as RFC 4514 writes it | write names as punte key certificate FILE shows them, such as CN=siui.example,O=Agency,C=RO"),
    ],
)  # fmt: skip
def test_what_a_caller_is_known_by_is_clear(folder, certificates, fault):
    folder.good(("name: The insurance house", f"name: The insurance house, certificates: [{certificates}]"))
    assert folder.marked(fault) in folder.faults()


def test_a_certificate_belongs_to_one_institution(folder):
    folder.good(
        ("name: The insurance house", f"name: The insurance house, certificates: {{sha256: {FINGERPRINT}}}"),
        ("name: The paying agency", f"name: The paying agency, certificates: [{{sha256: '{FINGERPRINT.upper()}'}}]"),
    )
    (fault,) = folder.faults()
    assert "R106 cnas is registered with the same certificate" in fault


def test_a_name_that_stands_in_two_files_is_refused(folder):
    folder.good().write("institutions: {cnas: {name: Again}}", "zz.yaml")
    (fault,) = folder.faults()
    place = folder.path / "registry.yaml"
    assert (
        fault
        == f"zz.yaml:1:16 R106 'cnas' stands twice among the institutions | remove or rename one; the other is at {place}:3:3"
    )


def test_an_object_with_a_fault_of_its_own_causes_no_others(folder):
    folder.good(("name: The insurance house", "nmae: x"), ("direction: out", "direction: aut"))
    assert [fault.split()[1] for fault in folder.faults()] == ["R102", "R103", "R104"]


def test_two_rights_cannot_fix_two_purposes_for_one_caller(folder):
    folder.good(("purposes: [record]", "purposes: [record], fixed_purpose: record"))
    folder.write(
        "access: {zz: {institution: cnas, service: insured, purposes: other, fixed_purpose: other}}", "zz.yaml"
    )
    (fault,) = folder.faults()
    assert "'cnas-sends' already fixes the purpose" in fault


def test_an_adapter_looks_at_its_own_endpoints_with_their_addresses(folder):
    folder.environ = {"CNAS_URL": "https://cnas.invalid/from-env"}
    folder.good(('"https://cnas.invalid/ws"', "env:CNAS_URL"))
    assert folder.read().directory.endpoints["question"].url == "env:CNAS_URL"
    assert folder.adapters["soap"].seen["question"].url == "https://cnas.invalid/from-env"


def test_a_variable_that_is_not_set_is_a_fault_of_the_address(folder):
    folder.good(('"https://cnas.invalid/ws"', "«env:CNAS_URL"))
    mend = "set CNAS_URL to an address such as https://host/path"
    assert folder.faults() == [folder.marked(f"R109 the environment variable CNAS_URL is not set | {mend}")]


@pytest.mark.parametrize(
    ("where", "old", "new", "text"),
    [
        ("", "cases:", "«cases:", "no such file"),
        ("contract", "cases:", "«cases:", "no such file"),
        ("url", '"https://anpis', '«"https://anpis', "no such file"),
        ("retry.first", "first: 5s", "first: «5s", "no such file"),
        ("x.wsdl:3:1", "cases:", "«cases:", "no such file (x.wsdl:3:1)"),
    ],
)
def test_what_an_adapter_finds_stands_at_the_endpoint(folder, where, old, new, text):
    folder.good(('invalid/"}', 'invalid/", retry: {first: 5s}}'), (old, new))
    folder.adapters["rest"].fault = ConfigError("V101", "no such file", where=where, mend="write one")
    assert folder.faults() == [folder.marked(f"V101 {text} | write one")]


def test_every_fault_that_an_adapter_finds_is_reported(folder):
    folder.good()
    many = ConfigError("V101", "first", findings=[*_findings("first", "second")])
    folder.adapters["rest"].fault = many
    assert [fault.partition(" | ")[0] for fault in folder.faults()] == [
        "registry.yaml:8:3 V101 first",
        "registry.yaml:8:3 V101 second",
    ]


def test_a_folder_without_files_is_refused(folder):
    with pytest.raises(ConfigError, match=r"R101 .* holds no \*\.yaml file"):
        folder.read()


def test_no_folder_is_refused(folder):
    folder.path = folder.path / "gone"
    with pytest.raises(ConfigError, match=r"R101 .* is no folder"):
        folder.read()


def test_a_folder_with_too_many_files_is_refused(folder):
    for number in range(MAX_FILES + 1):
        folder.write("access: {}", f"{number}.yaml")
    with pytest.raises(ConfigError, match=r"R101 .* holds 501 files"):
        folder.read()


@pytest.mark.parametrize("text", ["just text", "- a\n- b", "routes: x", "routes: [a]"])
def test_a_file_that_is_no_tree_of_names_is_refused(folder, text):
    faults = folder.good().write(text, "x.yaml").faults()
    assert faults[0].startswith("x.yaml:1:")
    assert "R104" in faults[0]


def test_a_file_that_is_not_utf_8_is_refused_with_its_place(folder):
    folder.good()
    (folder.path / "x.yaml").write_bytes(b"routes:\n  a\xff: {}\n")
    assert folder.faults()[0].startswith("x.yaml:2:4 R101 not UTF-8")


def test_every_code_of_the_registry_is_in_the_catalogue():
    assert {f"R10{n}" for n in range(1, 10)} | {"R201", "R302", "R303"} <= CODES.keys()


def _findings(*texts):
    from hub_core.message import Finding, Severity

    return [Finding(code="V101", severity=Severity.ERROR, text=text) for text in texts]


def test_a_broken_link_is_a_fault_and_not_passed_over(tmp_path):
    (tmp_path / "good.yaml").write_text("institutions: {}\n", encoding="utf-8")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match=r"R101 .*gone\.yaml is no file that can be read"):
        gather(tmp_path)
