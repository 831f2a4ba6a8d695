"""The nouns of the house: frozen values that every other part speaks in.

Nothing here reads, writes or decides. A value that is built is complete and never changes;
where a set of cases is closed it is a union that ends in `assert_never` at each use.
"""
