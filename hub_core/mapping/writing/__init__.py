"""Writing: from a canonical record to a partner's document, by the same rules that read it.

    places       source paths as places that can be made       -> hops
    program      the function that fills a tree of values, as source and code
    generator    its source; conditions, values, lists, takers: of single things in it
    trees        how that source makes and fills places; sites: which rules meet at one place
    outrun       trees of values; session: what the source calls, and why a value was not written
    gaps         values that the record names as unknown or withheld
    completing   what the contract asks for besides
    documents    a tree of values                               -> bytes, parsed document; xmltext: XML as text
    compare      what a record says and another does not
    writing      all of it, and what could not be carried       -> Writing
    uses         which rules stand behind a place of a contract

A written document is read back before it is given out, so that what it does not carry is known and not assumed.
"""

from hub_core.mapping.writing.writing import OutWriter, Writing

__all__ = ["OutWriter", "Writing"]
