"""The mapping engine: files that say what a document means, compiled to functions that read it.

    files                                    all files of a set, as they can be kept
    paths, targets, codecs/, codelists,      the words of the language
    dated
    document, rulereader, testreader         a file as written                      -> rules.MappingFile
    binder, valuebinder, targetbinder,       every name looked up                   -> plan.Scope
    headbinder, sourcepaths, sourceroots,
    model, complete
    tree, shares, generator, scanxml,        the source, and the function           -> compiler.Compiler
    scanjson, build, valuecode, writer
    cache                                    compiled mappings on disk
    run, xmlrun, jsonrun, jsonplaces,        what the source calls when there is something to say
    known, resolver
    compiled, mappingset                     reading documents, choosing mappings   -> MappingSet
    origins, lines, compare, tally           where values came from, what differs between two sets
    tests, expected, lookup, schema          tests of mapping files, one value by its path, help for editors
    selection, trial, coverage               some files alone, tried again and again; what tests exercise
    capture, leafwalk, vocabulary, testentry a kept document as a fixture without persons

Start with ``load``; ``MappingSet.find`` chooses, ``CompiledMapping.read`` reads.
"""

from hub_core.mapping.cache import user_cache
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.files import gather
from hub_core.mapping.lookup import value_at
from hub_core.mapping.mappingset import MappingSet, load, load_files
from hub_core.mapping.tests import TestResult, run_tests

__all__ = [
    "CompiledMapping",
    "MappingSet",
    "TestResult",
    "gather",
    "load",
    "load_files",
    "run_tests",
    "user_cache",
    "value_at",
]
