"""Whether a value names production: a whole name, wherever it stands; and never by showing it."""

import pytest

from staging.rules.isolation import Unknown, verdict
from staging.rules.naming import WHAT, Names, named, naming

REF = "abcdefghijklmnopqrst"
NAMES = Names(
    hosts={"blue-banded-bee.fly.dev", "blue-banded-bee.internal", "Bees.example"},
    words={REF, "127.0.0.1:5432"},
    own={"staging.bees.example", "blue-banded-bee-staging.fly.dev", ""},
)
NO = Unknown("nobody knows its value")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("bees.example", ["bees.example"]),
        ("BEES.Example", ["bees.example"]),
        ("bees.example:443", ["bees.example"]),
        ("bees.example.", ["bees.example"]),
        (".bees.example", ["bees.example"]),
        ("*.bees.example", ["bees.example"]),
        ("localhost,.bees.example,10.0.0.1", ["bees.example"]),
        ("api.bees.example", ["bees.example"]),
        ("a.b.bees.example", ["bees.example"]),
        ("_dmarc.bees.example", ["bees.example"]),
        ("x.staging.bees.example", ["bees.example"]),
        ("https://bees.example/v1?x=1", ["bees.example"]),
        ("https:\\/\\/bees.example\\/v1", ["bees.example"]),
        ("https://a.example/?to=https%3A%2F%2Fbees.example%2Fv1", ["bees.example"]),
        ("https://a.example/?to=https%253A%252F%252Fbees.example", ["bees.example"]),
        ("to=https%3A%2F%2Fbees%2Eexample", ["bees.example"]),
        ("100%bees.example", ["bees.example"]),
        ("ann@bees.example", ["bees.example"]),
        ("see staging.bees.example, not bees.example", ["bees.example"]),
        ("https://blue-banded-bee.fly.dev", ["blue-banded-bee.fly.dev"]),
        ("http://syd.blue-banded-bee.internal:8080", ["blue-banded-bee.internal"]),
        (REF, [REF]),
        (REF.upper(), [REF]),
        (f"https://{REF}.supabase.co/auth/v1", [REF]),
        (f"postgresql://postgres.{REF}:pw@aws-0.pooler.supabase.com:6543/postgres", [REF]),
        (f"postgresql://x:y@h/d?options=project%3D{REF}", [REF]),
        (f"postgresql://postgres:{'p' * 9}@db.{REF}.supabase.co:5432/postgres", [REF]),
        ("postgresql://x:y@127.0.0.1:5432/postgres", ["127.0.0.1:5432"]),
        (f"bees.example and {REF}", ["bees.example", REF]),
    ],
)
def test_a_name_of_production_s_is_found_wherever_it_stands(value: str, told: list[str]) -> None:
    assert named(value, NAMES) == told


@pytest.mark.parametrize(
    "value",
    [
        "",
        "staging",
        "blue-banded-bee",
        "blue-banded-bee-staging",
        "https://blue-banded-bee-staging.fly.dev/v1",
        "staging.bees.example",
        "https://STAGING.bees.example:443/v1",
        "https%3A%2F%2Fstaging.bees.example%2Fv1",
        "other-bees.example",
        "honeybees.example",
        "bees.example-mail.example",
        "bees.example.org",
        "bees-example",
        "beesXexample",
        "pink-blue-banded-bee.fly.dev",
        f"x{REF}",
        f"{REF}x",
        f"{REF}-2",
        "postgresql://x:y@127.0.0.1:54321/postgres",
        "1127.0.0.1:5432",
    ],
)
def test_a_part_of_another_name_and_a_host_of_staging_s_own_are_not_production_s(
    value: str,
) -> None:
    assert named(value, NAMES) == []


def test_each_value_that_names_production_is_a_breach_which_does_not_show_it() -> None:
    secret = f"postgresql://postgres.{REF}:hunter2@pooler.example/postgres"
    values = {
        "secret DATABASE_URL": secret,
        "env API": "https://api.bees.example/k3y",
        "env A": "a",
    }
    proofs = list(naming(values, NAMES))
    assert [(p.what, p.verdict, p.evidence) for p in proofs] == [
        ("secret DATABASE_URL", "breach", f"it names production's {REF}"),
        ("env API", "breach", "it names production's bees.example"),
        (WHAT, "proved", "1 values, in which none of 5 names of production stands"),
    ]
    assert not [p for p in proofs for hidden in ("hunter2", "pooler", "k3y") if hidden in repr(p)]


def test_values_that_name_nothing_of_production_s_are_one_proof_which_shows_none() -> None:
    (proof,) = naming({"env A": "one", "env B": "two", "env C": ""}, NAMES)
    assert (proof.what, proof.verdict) == (WHAT, "proved")
    assert proof.evidence == "3 values, in which none of 5 names of production stands"
    assert "two" not in repr(proof)


@pytest.mark.parametrize(
    ("place", "remedy"),
    [
        ("secret STRIPE_KEY", "Name STRIPE_KEY in [secrets] and run `invoke provision`."),
        ("machines", "See the message."),
    ],
)
def test_a_value_that_nobody_knows_is_not_proved_beside_those_that_are_known(
    place: str, remedy: str
) -> None:
    proofs = list(naming({place: NO, "env A": "a"}, NAMES))
    told = [(p.what, p.verdict, p.remedy) for p in proofs]
    assert told == [(place, "not proved", remedy), (WHAT, "proved", "")]
    assert proofs[0].evidence == NO.why
    assert verdict(proofs) == "invalid"
    (alone,) = naming({place: NO}, NAMES)
    assert alone.verdict == "not proved"


@pytest.mark.parametrize(
    ("values", "names", "evidence"),
    [
        ({}, NAMES, "there are no values"),
        ({"env A": "a"}, NO, NO.why),
        ({}, NO, NO.why),
        ({"env A": "a"}, Names(hosts=(), words=(), own=()), "no name of production's is known"),
        ({"env A": "a"}, Names(hosts={""}, words={""}, own=()), "no name of production's is known"),
    ],
)
def test_nothing_to_search_or_nothing_to_search_for_is_not_proved(
    values: dict[str, str | Unknown], names: Names | Unknown, evidence: str
) -> None:
    (proof,) = naming(values, names)
    assert (proof.what, proof.verdict, proof.evidence) == (WHAT, "not proved", evidence)


def test_names_that_are_empty_find_nothing() -> None:
    assert named("anything at all", Names(hosts={""}, words={""}, own=())) == []
