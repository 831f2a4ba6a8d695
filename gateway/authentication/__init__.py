"""Who sent a mail, found out by the gateway itself when it is the MX: DKIM, SPF, DMARC and ARC.

It is done once, between the last byte of a mail and its 250, each mail in a thread of its own, so
that a slow answer of DNS holds up nobody but its own sender. What is found is kept with the mail.
Where DNS gave no answer, a mail that needs the proof is judged again later.

    lookups      DNS: time and number of questions for one mail are bounded, answers are cached
    domains      A-labels, organisational domains (the public suffix list), alignment
    signatures   DKIM (dkimpy): only signatures that are aligned, and what they cover
    sender       SPF (pyspf)
    published    DMARC records
    chain        ARC, where a sealer is believed
    evaluate     all of it, for one mail
"""
