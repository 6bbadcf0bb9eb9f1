"""Texts that look like what a column's name promises; all domains are reserved ones."""

from collections.abc import Callable
from random import Random


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORDS = _listed("""
amber anchor apple arrow autumn barn basket beacon bell birch blossom border bottle branch bridge
brook button cabin candle canyon carpet castle cedar cellar chapel cherry circle cliff cloud
clover coast copper corner cotton cove cradle creek crystal daisy dawn delta desert drift dune
eagle ember engine evening falcon feather fern field finch flint forest fountain garden gate
glacier glass grain granite grove harbour harvest hazel heather hill hollow honey horizon island
ivory jasmine juniper kettle kite ladder lagoon lantern larch laurel lemon light lily linen lodge
lotus maple marble market meadow mill mint mirror mist moon morning moss mountain nectar north oak
oasis ocean olive orchard otter palm paper path pearl pebble pepper pine plain planet plum pond
poppy prairie quartz quill rain raven reed ridge river robin rose saddle saffron sage sail salt
sand shadow shore silk silver sky slate snow south spark spice spring spruce star stone storm
stream summer sun swan table thistle thunder tide timber tower trail valley velvet village violet
walnut water wave wheat willow wind window winter wood wool wren yarrow zephyr
""")
FIRST = _listed("""
Ada Alba Amir Anna Asha Ben Bo Carl Chloe Dana David Eli Emma Eva Finn Grace Hana Hugo Ida Ines
Ivan Jack Jo Kai Kim Lara Leo Lena Liam Lucy Maja Marco Maya Mia Nadia Nils Noah Nora Olga Omar
Otto Paul Petra Priya Rosa Ruth Sam Sara Sven Tara Theo Tim Uma Vera Wei Yara Yuki Zoe
""")
LAST = _listed("""
Abbott Ahmed Ali Baker Berg Bond Brown Chen Clark Costa Cruz Diaz Dunn Evans Fischer Ford Garcia
Gray Haas Hall Hill Horn Ito Jones Kaur Khan Kim King Klein Lane Lee Lopez Lund Marsh Meyer Mills
Moore Nair Nguyen Olsen Park Patel Perez Price Reed Rossi Sato Scott Shah Silva Singh Smith Stone
Tan Torres Vogel Ward Webb Weber Wood Young Zhang
""")
CITIES = _listed("Adelaide Berlin Brisbane Cairns Dublin Hobart Lisbon London Oslo Perth Sydney")
COUNTRIES = ("AU", "BR", "CA", "DE", "ES", "FR", "GB", "IN", "IT", "JP", "NZ", "PT", "SE", "US")
TYPES = ("text/html", "application/json", "image/png", "text/css", "application/pdf")


def _domain(rng: Random) -> str:
    return f"{rng.choice(WORDS)}-{rng.choice(WORDS)}.example"


def _path(rng: Random) -> str:
    return "/" + "/".join(rng.choices(WORDS, k=rng.randint(1, 3)))


def _token(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def _title(rng: Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(2, 4))).capitalize()


def _sentence(rng: Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(5, 14))).capitalize() + "."


KINDS: tuple[tuple[tuple[str, ...], Callable[[Random], str]], ...] = (
    (("domain", "host"), _domain),
    (("email", "mail"), lambda r: f"{r.choice(FIRST)}.{r.choice(LAST)}@{_domain(r)}".lower()),
    (("url", "link", "href", "website"), lambda r: f"https://{_domain(r)}{_path(r)}"),
    (("path",), _path),
    (("first_name", "given_name"), lambda r: r.choice(FIRST)),
    (("last_name", "surname", "family_name"), lambda r: r.choice(LAST)),
    (("full_name", "person", "author"), lambda r: f"{r.choice(FIRST)} {r.choice(LAST)}"),
    (("token", "hash", "digest", "secret", "key"), _token),
    (("phone", "mobile"), lambda r: f"+61 4{r.randint(0, 99):02} 555 {r.randint(0, 999):03}"),
    (("city", "town"), lambda r: r.choice(CITIES)),
    (("country",), lambda r: r.choice(COUNTRIES)),
    (("content_type", "mime"), lambda r: r.choice(TYPES)),
    (("slug", "handle", "username"), lambda r: "-".join(r.choices(WORDS, k=2))),
    (("title", "subject", "name", "label"), _title),
    (("type", "kind", "status", "state", "category", "source"), lambda r: r.choice(WORDS)),
    (("ip", "address"), lambda r: f"192.0.2.{r.randint(1, 254)}"),
)


def kind(column: str) -> Callable[[Random], str]:
    """What makes texts for a column of this name: the first that its name contains."""
    parts = f"_{column.lower()}_"
    for names, make in KINDS:
        if any(f"_{name}" in parts for name in names):
            return make
    return _sentence


def fitted(text: str, rng: Random, *, shortest: int, longest: int | None) -> str:
    """The text with words added or taken away until its length is allowed."""
    while len(text) < shortest:
        text = f"{text} {rng.choice(WORDS)}"
    if longest is not None and len(text) > longest:
        cut = text[:longest].strip()
        text = cut if len(cut) >= shortest else text[:longest].replace(" ", "-")
    return text
