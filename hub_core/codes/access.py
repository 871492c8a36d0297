"""A: who may call what, for which purpose."""

from hub_core.codes.code import Code

CODES = (
    Code("A401", "no or unknown key", "Send a valid key: header Punte-Key, or Basic with it as password.", 401),
    Code("A403", "no access right", "Ask the operator for an access right to this service and purpose.", 403),
    Code("A404", "unknown service", "Check the address: nothing of this name is registered.", 404),
    Code("A405", "no purpose", "Name the purpose in the header Punte-Purpose.", 403),
    Code("A406", "purpose not allowed", "Use a purpose that the access right names.", 403),
    Code("A411", "proof of the sender missing", "Send the WS-Security header that the endpoint documents.", 403),
    Code("A412", "user or password wrong", "Send the user and password that were agreed, in the agreed form.", 403),
    Code("A413", "time stamp not fresh", "Set the clock right and send the message anew.", 403),
    Code("A414", "nonce used before", "Make a new nonce for each message; nothing was taken.", 403),
    Code("A415", "signature does not hold", "Sign with the agreed key; nothing may change the message after.", 403),
    Code("A416", "signature does not cover the message", "Sign the Body and the Timestamp, each by its own id.", 403),
    Code("A417", "certificate of nobody", "Have the operator register it with your institution, or send a key.", 403),
    Code("A418", "certificate not valid now", "Show one that is; tell the operator where it is a new one.", 403),
    Code("A419", "certificate not usable", "Show a certificate of an authority that the hub names.", 403),
    Code("A420", "certificate handed on by a stranger", "Leave the header out; only the hub's proxy may send it.", 403),
    Code("A421", "two callers in one call", "Show certificate, key and message of the same institution.", 403),
)
