"""Rule tests: sample mails that lie beside the rules, sent down the real road.

    samples   a sample mail as a message that was just accepted
    stage     the road with a store in memory, which every test begins anew
    compared  what came of it beside what is expected, as sentences for admins
    run       all tests of a folder

Nothing here touches the database or sends anything.
"""
