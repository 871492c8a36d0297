"""Schemas of standards, by the namespace that contracts import without saying where it lies.

Files of the library xmlschema are taken where it brings them, under their own licences; the others are ours and stand
in ``schemas/standards``: they declare the same names as the standard, and leave open what it leaves open.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from hub_core.places import SCHEMAS

_XMLSCHEMA: Final = find_spec("xmlschema")
BUNDLED: Final = (Path(_XMLSCHEMA.origin if _XMLSCHEMA and _XMLSCHEMA.origin else "").parent / "schemas").resolve()
OWN: Final = (SCHEMAS / "standards").resolve()
_WSS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity"

STANDARDS: Final[Mapping[str, Path]] = {
    "http://schemas.xmlsoap.org/soap/encoding/": BUNDLED / "WSDL" / "soap-encoding.xsd",
    "http://schemas.xmlsoap.org/soap/envelope/": BUNDLED / "WSDL" / "soap-envelope.xsd",
    "http://schemas.xmlsoap.org/wsdl/": BUNDLED / "WSDL" / "wsdl.xsd",
    "http://schemas.xmlsoap.org/wsdl/soap/": BUNDLED / "WSDL" / "wsdl-soap.xsd",
    "http://schemas.xmlsoap.org/wsdl/soap12/": OWN / "wsdl-soap12.xsd",
    "http://schemas.xmlsoap.org/wsdl/mime/": OWN / "wsdl-mime.xsd",
    "http://schemas.xmlsoap.org/wsdl/http/": OWN / "wsdl-http.xsd",
    "http://www.w3.org/2003/05/soap-envelope": OWN / "soap12-envelope.xsd",
    "http://www.w3.org/2003/05/soap-encoding": OWN / "soap12-encoding.xsd",
    "http://www.w3.org/XML/1998/namespace": BUNDLED / "XML" / "xml.xsd",
    "http://www.w3.org/1999/xlink": BUNDLED / "XLINK" / "xlink.xsd",
    "http://www.w3.org/2000/09/xmldsig#": BUNDLED / "DSIG" / "xmldsig-core-schema.xsd",
    "http://www.w3.org/2009/xmldsig11#": BUNDLED / "DSIG" / "xmldsig11-schema.xsd",
    "http://www.w3.org/2001/04/xmlenc#": BUNDLED / "XENC" / "xenc-schema.xsd",
    "http://www.w3.org/2009/xmlenc11#": BUNDLED / "XENC" / "xenc-schema-11.xsd",
    "http://www.w3.org/2005/08/addressing": OWN / "ws-addressing-2005-08.xsd",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing": OWN / "ws-addressing-2004-08.xsd",
    f"{_WSS}-secext-1.0.xsd": OWN / "wss-secext.xsd",
    f"{_WSS}-utility-1.0.xsd": OWN / "wss-utility.xsd",
    "http://www.w3.org/2004/08/xop/include": OWN / "xop-include.xsd",
    "http://www.w3.org/2005/05/xmlmime": OWN / "xmlmime.xsd",
    "http://www.w3.org/2004/11/xmlmime": OWN / "xmlmime-2004-11.xsd",
    "http://schemas.microsoft.com/2003/10/Serialization/": OWN / "ms-serialization.xsd",
    "http://schemas.microsoft.com/2003/10/Serialization/Arrays": OWN / "ms-serialization-arrays.xsd",
    "http://xml.apache.org/xml-soap": OWN / "xml-soap.xsd",
    "http://ws-i.org/profiles/basic/1.1/xsd": OWN / "swa-ref.xsd",
}
