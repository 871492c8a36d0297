"""Serves with Spyne what the wrapped and the bare contract say; Spyne writes its contracts itself. serve.py HOST PORT."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from spyne import Application, ServiceBase, rpc
from spyne.model import Array, Boolean, ByteArray, ComplexModel, Date, DateTime, Decimal, Fault, Integer32, Integer64
from spyne.model import Unicode as Text
from spyne.protocol.soap import Soap11, Soap12
from spyne.server.wsgi import WsgiApplication

NOBODY = "0000000000000"
NUMBER, AT = 20260001, datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
TEMPURI, BARE = "http://tempuri.org/", "urn:example:registry:bare"
REQUIRED = {"min_occurs": 1, "nullable": False}


def model(namespace, name, fields):
    """Return a type with its fields in their order."""
    return type(name, (ComplexModel,), {"__namespace__": namespace, "_type_info": list(fields.items())})


def types(namespace, several):
    """Return the types of a person and of an entry; ``several`` makes of a member's type the field of all of them."""
    member = model(namespace, "Member", {"name": Text, "age": Integer32(**REQUIRED)})
    person = {
        "id": Text(**REQUIRED),
        "name": Text,
        "born": Date(**REQUIRED),
        "income": Decimal(**REQUIRED),
        "urgent": Boolean(**REQUIRED),
        "note": Text(min_occurs=1),
        **several(member),
    }
    number = {"number": Integer64(**REQUIRED), "at": DateTime(**REQUIRED)}
    return model(namespace, "Person", person), model(namespace, "Entry", person | number)


def entered(kind, person, namespace):
    """Return the entry of a person."""
    if person.id == NOBODY:
        detail = {f"{{{namespace}}}Refusal": {"number": "17", "reason": "fără înscriere"}}
        raise Fault(faultcode="Client", faultstring="nobody is called so", detail=detail)
    known = {name: getattr(person, name) for name in kind.get_flat_type_info(kind) if hasattr(person, name)}
    return kind(**known, number=NUMBER, at=AT)


def wrapped():
    """Return the service that .NET would publish."""
    person, entry = types(TEMPURI, lambda member: {"members": Array(member)})

    class Registry(ServiceBase):
        @rpc(person, _returns=entry, _in_variable_names={"given": "person"})
        def Register(self, given):  # noqa: N802 - the operation is called so
            return entered(entry, given, TEMPURI)

        @rpc(Text)
        def Notify(self, text):  # noqa: N802 - the operation is called so
            with Path(os.environ["NOTIFIED"]).open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")

        @rpc(ByteArray, _returns=ByteArray)  # as parts of its own, Spyne can only read them on Python 3
        def Attach(self, content):  # noqa: N802 - the operation is called so
            return [b"".join(content)[::-1]]

    return Registry, TEMPURI


def bare():
    """Return the service whose messages are their content."""
    person, entry = types(BARE, lambda member: {"member": member.customize(max_occurs=20)})

    class Registry(ServiceBase):
        @rpc(
            person,
            _returns=entry,
            _body_style="bare",
            _in_message_name="PersonToRegister",
            _out_message_name="RegisteredEntry",
        )
        def register(self, given):
            return entered(entry, given, BARE)

    return Registry, BARE


def application(service, namespace, protocol):
    """Return the application of one service."""
    spoken = {"in_protocol": protocol(validator="lxml"), "out_protocol": protocol()}
    return WsgiApplication(Application([service], namespace, name="Registry", **spoken))


SERVED = {
    "/wrapped-1.1": application(*wrapped(), Soap11),
    "/wrapped-1.2": application(*wrapped(), Soap12),
    "/bare-1.1": application(*bare(), Soap11),
}


class Silent(WSGIRequestHandler):
    """Writes no line for each call."""

    def log_message(self, *_):
        """Write nothing."""


def serve(environ, start_response):
    """Hand a call to the service of its path."""
    return SERVED[environ["PATH_INFO"]](environ, start_response)


make_server(sys.argv[1], int(sys.argv[2]), serve, handler_class=Silent).serve_forever()
