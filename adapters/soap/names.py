"""Names of the standards: namespaces of SOAP, WSDL, WS-Addressing, WS-Security."""

from typing import Final

SOAP_11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
SOAP_ENCODING: Final = "http://schemas.xmlsoap.org/soap/encoding/"
SOAP_12_ENCODING: Final = "http://www.w3.org/2003/05/soap-encoding"
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP_11: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
WSDL_SOAP_12: Final = "http://schemas.xmlsoap.org/wsdl/soap12/"
WSA: Final = "http://www.w3.org/2005/08/addressing"
WSA_2004: Final = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSSE_TEXT: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
XML: Final = "http://www.w3.org/XML/1998/namespace"
WSSE_DIGEST: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
WSSE_BASE64: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
WSSE_X509: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
XOP: Final = "http://www.w3.org/2004/08/xop/include"
XMIME: Final = "http://www.w3.org/2005/05/xmlmime"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

VERSIONS: Final = {SOAP_11: "1.1", SOAP_12: "1.2"}
MEDIA_TYPES: Final = {"1.1": "text/xml", "1.2": "application/soap+xml"}
