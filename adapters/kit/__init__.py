"""What the adapters share: the HTTP front, the HTTP client, problems, contracts, and finding adapters.

Adapters of other packages may rely on the names of ``__all__``, in the versions of ``hub_core.ports.SDK``; they are
loaded when they are used first. Everything else below this package may change at any time.
"""

from typing import TYPE_CHECKING

from hub_core.surface import given

if TYPE_CHECKING:
    from adapters.kit.answered import Answered
    from adapters.kit.base import BaseAdapter, opened
    from adapters.kit.client import Client
    from adapters.kit.folders.port import Folder, Lying, fingerprint_of, put_once
    from adapters.kit.folders.where import open_folder
    from adapters.kit.json_voice import JsonVoice
    from adapters.kit.members import at
    from adapters.kit.reply import Reply, Trouble, Voice
    from adapters.kit.sending import content
    from hub_core.security.secrets import LiveSecret, Secret, resolve
else:
    __getattr__ = given(
        __name__,
        {
            "Answered": "adapters.kit.answered",
            "BaseAdapter": "adapters.kit.base",
            "Client": "adapters.kit.client",
            "Folder": "adapters.kit.folders.port",
            "JsonVoice": "adapters.kit.json_voice",
            "LiveSecret": "hub_core.security.secrets",
            "Lying": "adapters.kit.folders.port",
            "Reply": "adapters.kit.reply",
            "Secret": "hub_core.security.secrets",
            "Trouble": "adapters.kit.reply",
            "Voice": "adapters.kit.reply",
            "at": "adapters.kit.members",
            "content": "adapters.kit.sending",
            "fingerprint_of": "adapters.kit.folders.port",
            "open_folder": "adapters.kit.folders.where",
            "opened": "adapters.kit.base",
            "put_once": "adapters.kit.folders.port",
            "resolve": "hub_core.security.secrets",
        },
    )

__all__ = [
    "Answered",
    "BaseAdapter",
    "Client",
    "Folder",
    "JsonVoice",
    "LiveSecret",
    "Lying",
    "Reply",
    "Secret",
    "Trouble",
    "Voice",
    "at",
    "content",
    "fingerprint_of",
    "open_folder",
    "opened",
    "put_once",
    "resolve",
]
