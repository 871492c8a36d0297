"""Documents that a schema allows, of synthetic values: for simulators, first drafts and tests.

A document follows from the schema and from the random numbers given: the same seed makes the same document.

    Sampler(schema).sample("{urn:x}Request", Random(7))   one lxml element, valid by the schema

``patterns`` makes texts of a regular expression, ``texts`` of a simple type, ``sizes`` knows the shortest way out of a
recursion, ``identities`` mends keys and references, ``sampler`` puts elements together.
"""

from hub_core.samples.sampler import FOREIGN_NOTE, WHOLE, NoSample, Sampler

__all__ = ["FOREIGN_NOTE", "WHOLE", "NoSample", "Sampler"]
