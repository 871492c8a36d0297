"""A: who may call what, for which purpose."""

from hub_core.codes.code import Code

CODES = (
    Code("A401", "no or unknown key", "Send a valid key: header Punte-Key, or Basic with it as password.", 401),
    Code("A403", "no access right", "Ask the operator for an access right to this service and purpose.", 403),
    Code("A404", "unknown service", "Check the address: no endpoint of this name is registered.", 404),
    Code("A405", "no purpose", "Name the purpose in the header Punte-Purpose.", 403),
    Code("A406", "purpose not allowed", "Use a purpose that the access right names.", 403),
)
