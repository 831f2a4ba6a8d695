"""The rules of routing.yaml: looked at in their order, each seeing what those before have set.

    texts       how a text is compared; many patterns found in one pass (RE2, linear time)
    case        one mail as rules see it, and the ticket as they have left it so far
    holds       whether a condition holds
    compiled    all rules, and an index of those that can hold for a mail at all
    run         the rules over a mail -> Ruling; the same with every step told, for `explain`
    opening     what a ruling means for the ticket that a mail opens
    further     what it means for a known ticket
    wording     conditions and actions in plain words

Rules decide nothing alone: a `Ruling` says what they want, and `decide` does of it what may be
done. No rule gives the author of a mail any right; what it does, the admin did who wrote it.
"""
