"""The mapping engine: files that say what a document means, compiled to functions that read it.

    language/      a file as written: paths, rules, targets, tests                  -> rules.MappingFile
    codecs/        pairs of parse and format
    codelists, dated   versioned code lists; which of them is in force
    binding/       every name looked up                                             -> plan.Scope
    reading/       the function that reads documents, made from a plan, and what it calls
    writing/       the function that writes documents, made from the same plan
    pythonsource   the text of both
    compiled       one mapping, both ways                                           -> CompiledMapping
    mappingset, files, cache   all mappings of a folder; their texts; their programs on disk
    selection, rowfiles, lookup, origins, missing
                   some files alone; flat files as a whole; one value by its path; what the hub itself adds; what to say
                   of documents that no mapping reads
    trying/        tests, coverage, trials, captured documents, differences of two versions

Each knows what stands above it, none what stands below.

Start with ``load``; ``MappingSet.find`` chooses, ``CompiledMapping.read`` reads.
"""

from hub_core.mapping.cache import user_cache
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.files import gather
from hub_core.mapping.lookup import value_at
from hub_core.mapping.mappingset import MappingSet, load, load_files, load_kept
from hub_core.mapping.trying.tests import TestResult, run_tests

__all__ = [
    "CompiledMapping",
    "MappingSet",
    "TestResult",
    "gather",
    "load",
    "load_files",
    "load_kept",
    "run_tests",
    "user_cache",
    "value_at",
]
