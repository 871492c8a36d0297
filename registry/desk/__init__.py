"""The operator's verbs: plain JSON in, plain JSON out, personal values masked unless revealed for a reason.

    looking     status, messages, message, timeline, revealed, sets, keys
    scheduled   schedule
    doctor      doctor
    explaining  why, route_explain
    replaying   replay, how_many
    repairing   repair
    releasing   mapping_releases, mapping_shadow, mapping_shadow_stop, mapping_promote, mapping_rollback
    sealing     seal_status, seal_rotate, seal_reload, seal_drop
    purging     purgeable, purge
    endpoints   endpoints, endpoint, endpoint_pause, endpoint_resume
    parking     parked, parked_act, settle
    acting      plan, apply, rollback, key_new, key_revoke, query

The running hub serves them on its control socket; without one, a command opens the store and calls them here.
"""

from registry.desk.desk import Desk, open_desk

__all__ = ["Desk", "open_desk"]
