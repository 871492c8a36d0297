"""The mapping engine: files that say what a document means, compiled to functions that read it.

    paths, targets, codecs/, codelists   the words of the language
    document, rulereader, testreader     a file as written                     -> rules.MappingFile
    model, binder, valuebinder           every name looked up                  -> plan.Scope
    tree, generator, scan*, build        the source                            -> compiler.Compiler
    run, xmlrun, jsonrun, known          what the source calls when there is something to say
    compiled, mappingset                 reading documents, choosing mappings  -> MappingSet
    tests                                the ``tests:`` of mapping files

Start with ``load``; ``MappingSet.find`` chooses, ``CompiledMapping.read`` reads.
"""

from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.lookup import value_at
from hub_core.mapping.mappingset import MappingSet, load
from hub_core.mapping.tests import TestResult, run_tests

__all__ = ["CompiledMapping", "MappingSet", "TestResult", "load", "run_tests", "value_at"]
