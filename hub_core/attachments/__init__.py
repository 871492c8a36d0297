"""Large contents that come with messages: each in a sealed file of its own, beside the store.

attachment   what is known of one, and the reference that stands in the place of its content
chunks       how a file is sealed: piece by piece, so that nothing of it can be cut, exchanged or added
folder       where the files lie: written while they arrive, named by what they hold, removed
taking       which folder is a store's
"""
