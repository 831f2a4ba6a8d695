"""The reader of DATA, fed with every cut of every content."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.model.refusal import BareLineEnd
from gateway.smtp.data import Collector
from gateway.smtp.limits import Pending

PIECES = st.lists(
    st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"a", b"\r\n.", b"\0"]), max_size=30
)


@given(PIECES, st.lists(st.integers(0, 60), max_size=8), st.booleans())
def test_the_content_is_the_same_however_it_is_cut(pieces, cuts, normalise):
    stream = b"".join(pieces) + b"\r\n.\r\nNOOP\r\n"
    body, _, rest = (b"\r\n" + stream).partition(b"\r\n.\r\n")
    body = (body + b"\r\n")[2:]
    pending = Pending(1000)
    collector = Collector(500, pending, normalise=normalise)
    edges = sorted({0, *(cut for cut in cuts if cut < len(stream)), len(stream)})
    ended = False
    seen = b""
    for begin, end in pairwise(edges):
        if ended:
            seen += stream[begin:end]
        else:
            ended = collector.feed(stream[begin:end])
    assert ended
    assert collector.rest + seen == rest
    unstuffed = (b"\r\n" + body).replace(b"\r\n.", b"\r\n")[2:]
    if re.search(rb"\r(?!\n)|(?<!\r)\n", body) is None:
        assert collector.take() == unstuffed
    elif normalise:
        assert collector.take() == re.sub(rb"\r\n|\r|\n", b"\r\n", unstuffed)
    else:
        try:
            collector.take()
        except BareLineEnd:
            pass
        else:
            raise AssertionError("a bare line end was accepted")
    collector.release()
    assert pending.has(1000)
