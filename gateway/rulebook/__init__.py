"""The admins' rule files: YAML to one frozen Organisation, every mistake with file and line.

    reading     one file -> plain values and their marks; YAML without its surprises
    syntax      what the YAML parser stumbled over, in an admin's words
    schema      what may stand in each file (pydantic), also exported as JSON Schema
    words       single values: addresses, domains, days, short names
    wrong       pydantic's findings -> sentences that say what would be right
    files       the files side by side, and what they declare together
    checks      what the files say about each other: addresses are unlike, words are clear
    references  every place that names a department, and names that mean none
    build       the checked files -> Organisation and the first agents
    load        all of it, for a folder: `load(folder) -> Rulebook`, or RuleErrors with all mistakes
    defaults    the rules and templates that are shipped, and `gateway init`

All mistakes are told at once: a part that is wrong is left out and the rest is checked without it.
Sentences for admins are `Text`s, so that they come in the admin's language.
"""
