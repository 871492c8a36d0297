"""SOAP 1.1 and 1.2: fronts for partners that send, clients for partners that are asked or sent to."""

from adapters.soap.adapter import SoapAdapter

ADAPTER = SoapAdapter()

__all__ = ["ADAPTER"]
