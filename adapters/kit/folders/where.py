"""Where the folder of an endpoint lies, and what opens it there."""

from adapters.kit.folders.local import LocalFolder
from adapters.kit.folders.port import Folder
from hub_core.directory import Endpoint


def open_folder(endpoint: Endpoint, name: str | None, *, host_key: tuple[str, ...] = ()) -> Folder:
    """Return the folder of an endpoint: the one on a server that its ``url`` names, or one on this machine.

    Args:
        endpoint: whose it is.
        name: of a folder below ``PUNTE_FILES``, such as ``anofm/lists``; ``None``: it lies on a server.
        host_key: fingerprints of the keys that the server may show.

    Raises:
        ConfigError: R103, R104, R109, R110: what names it is missing or wrong.
    """
    if name is not None:
        return LocalFolder(name, endpoint.timeout.total_seconds())
    from adapters.kit.folders.sftp import SftpFolder  # it takes half a second to import
    from adapters.kit.folders.ssh import server_of

    return SftpFolder(server_of(endpoint, host_key), endpoint.timeout.total_seconds())
