"""The forms in which a secret may show itself."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

SHORTEST = 8  # a shorter text would be found everywhere by chance
PLAIN, ENCODED, BASE64 = "plain", "URL-encoded", "base64"


def forms(secret: str) -> dict[bytes, str]:
    """Each form as bytes, with its name; base64 at whatever place within a longer text."""
    assert len(secret) >= SHORTEST, "too short to be searched for"
    raw = secret.encode()
    encoded = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    encoded |= {_small(each) for each in encoded}
    inside = {_inside(raw, before, encode) for before in range(3) for encode in ENCODERS}
    found = dict.fromkeys(inside, BASE64)
    found |= {each.encode(): ENCODED for each in encoded}
    return found | dict.fromkeys((raw, json.dumps(secret)[1:-1].encode()), PLAIN)


ENCODERS = (b64encode, urlsafe_b64encode)


def _inside(raw: bytes, before: int, encode: Callable[[bytes], bytes]) -> bytes:
    """What of its base64 does not depend on the text around it, `before` bytes of it in front."""
    whole = encode(b"\0" * before + raw)
    first = -(-before * 8 // 6)  # the characters that the bytes in front have a part in
    last = (before + len(raw)) * 8 // 6
    return whole[first:last]


def _small(text: str) -> str:
    """With %2f for %2F, as some write it."""
    parts = text.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])
