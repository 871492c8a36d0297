"""May this institution call this service for this purpose? Nothing flows that the registry does not allow."""

from hub_core.directory import Directory
from hub_core.errors import Refused
from hub_core.message import Caller


def allow(directory: Directory, caller: Caller, service: str, purpose: str | None) -> str:
    """Return the purpose of a call: the one that the caller named, or the fixed one of its access right.

    Args:
        directory: the registry set in force.
        caller: who calls, authenticated.
        service: what is called.
        purpose: as sent; ``None`` or blank where the caller sent none.

    Raises:
        Refused: A403 no right, A405 no purpose, A406 a purpose that no right names.
    """
    rights = directory.rights(caller.institution, service)
    if not rights:
        raise Refused("A403", f"{caller.institution} has no access right to {service}")
    named = (purpose or "").strip()
    if not named:
        fixed = next((right.fixed_purpose for right in rights if right.fixed_purpose), None)
        if fixed is None:
            raise Refused("A405", f"{caller.institution} must name its purpose to call {service}")
        return fixed
    # The purpose as sent is not repeated in the text: it comes from outside and may hold anything.
    if not any(named in right.purposes for right in rights):
        raise Refused("A406", f"{caller.institution} may not call {service} for this purpose")
    return named
