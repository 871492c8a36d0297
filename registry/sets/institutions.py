"""Checks of institutions: the certificates that they show must be clear, and of one institution each."""

from hub_core.directory.credentials import CallerCertificate
from hub_core.typed import MISSING_FIELD
from hub_core.yaml import where
from registry.sets.ground import Ground

Names = tuple[str, ...]
TWICE = "R106"


def names_of(certificate: CallerCertificate) -> Names:
    """Return what a certificate is known by: its fingerprint, or its subject and issuer.

    Raises:
        ValueError: a name is none.
    """
    if certificate.sha256 is not None:
        return (certificate.sha256.replace(":", "").lower(),)
    from hub_core.security.certificates import written  # takes 0.03 s to load

    return written(certificate.subject or ""), written(certificate.issuer or "")


def check_institutions(ground: Ground) -> None:
    """Add the faults of all institutions."""
    first: dict[Names, str] = {}
    for name, institution in ground.directory.institutions.items():
        at = ground.place("institutions", name)
        for index, certificate in enumerate(institution.certificates):
            node = at("certificates", index)
            named = certificate.subject is not None, certificate.issuer is not None
            if (certificate.sha256 is not None) == any(named) or any(named) != all(named):
                mend = "write sha256:, or subject: and issuer:; see punte key certificate FILE"
                ground.fault(node, "a certificate is known by its fingerprint, or by two names", mend, MISSING_FIELD)
                continue
            try:
                names = names_of(certificate)
            except ValueError:
                mend = "write names as punte key certificate FILE shows them, such as CN=siui.example,O=Agency,C=RO"
                ground.fault(node, "subject or issuer is no name as RFC 4514 writes it", mend)
                continue
            if (other := first.setdefault(names, name)) != name:
                mend = f"remove one of the two; the other is at {where(ground.place('institutions', other).key)}"
                ground.fault(node, f"{other} is registered with the same certificate", mend, TWICE)
