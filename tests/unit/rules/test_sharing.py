"""Whether staging holds production's secrets, by digest; what is meant is declared, for a time."""

from datetime import date, timedelta

import pytest

from staging.inventory import Shared, StoredSecret
from staging.rules.isolation import Judged, Proof, Unknown, verdict
from staging.rules.sharing import EQUAL, judged, shared, sharing, undigested

TODAY = date(2026, 11, 23)
SEEN = "a value has its digest here too"
UNSEEN = Unknown("not tried")
NO = Unknown("flyctl is not signed in")
Secrets = tuple[StoredSecret, ...]


def secrets(**digests: str) -> Secrets:
    return tuple(StoredSecret(name=k, digest=v, status="Deployed") for k, v in digests.items())


def declared(name: str, *, days: int = 1) -> Shared:
    expires = TODAY + timedelta(days=days)
    return Shared(name=name, reason="one account", owner="ann", expires=expires)


def found(
    production: Secrets | Unknown,
    staging: Secrets | Unknown,
    *meant: Shared,
    control: str | Unknown = SEEN,
) -> list[Proof]:
    return list(sharing(production, staging, meant, control=control, today=TODAY))


def told(proofs: list[Proof]) -> dict[str, Judged]:
    assert len({proof.what for proof in proofs}) == len(proofs)
    return {proof.what: proof.verdict for proof in proofs}


THEIRS = secrets(DSN="d1", KEY="k1")


def test_secrets_of_staging_s_own_are_one_proof_that_says_how_digests_are_known_to_tell() -> None:
    (proof,) = found(THEIRS, secrets(DSN="d2", KEY="k2", MORE="m"))
    assert (proof.what, proof.verdict) == ("secrets", "proved")
    assert proof.evidence == "3 of staging's, none production's"
    assert SEEN in proof.how


def test_without_a_digest_seen_in_both_apps_other_digests_prove_nothing() -> None:
    (proof,) = found(THEIRS, secrets(DSN="d2"), control=UNSEEN)
    assert proof.verdict == "not proved"
    assert proof.evidence.endswith(UNSEEN.why)


@pytest.mark.parametrize("control", [SEEN, UNSEEN])
@pytest.mark.parametrize(
    ("staging", "evidence"),
    [
        (secrets(DSN="d1", KEY="k2"), "its digest is that of production's DSN"),
        (secrets(DSN="k1", KEY="k2"), "its digest is that of production's KEY"),
    ],
)
def test_a_secret_of_production_s_is_a_breach_under_whatever_name(
    staging: Secrets, evidence: str, control: str | Unknown
) -> None:
    proofs = found(THEIRS, staging, control=control)
    assert told(proofs) == {"secret DSN": "breach", "secrets": "proved"}
    assert proofs[0].evidence == evidence
    assert EQUAL in proofs[1].how
    assert proofs[1].evidence == "1 of staging's, none production's"


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, "breach"), (0, "proved"), (1, "proved"), (-400, "breach")]
)
def test_a_declared_secret_may_be_shared_up_to_and_with_the_day_it_says(
    days: int, expected: Judged
) -> None:
    meant = declared("DSN", days=days)
    proofs = found(THEIRS, secrets(DSN="d1", KEY="k2"), meant)
    assert told(proofs) == {"secret DSN": expected, "secrets": "proved"}
    if expected == "proved":
        assert proofs[0].evidence == f"shared on purpose until {meant.expires}: one account (ann)"
    else:
        assert proofs[0].evidence.endswith(f"what ann declared has expired on {meant.expires}")


def test_a_declaration_covers_only_the_secret_of_its_own_name() -> None:
    proofs = found(THEIRS, secrets(DSN="k1", KEY="k2"), declared("DSN"))
    assert told(proofs) == {"secret DSN": "breach", "secrets": "proved"}
    assert proofs[0].evidence.endswith("production's KEY; what ann declared is production's DSN")
    others = found(THEIRS, secrets(DSN="d1", KEY="k1"), declared("DSN"))
    assert told(others) == {"secret DSN": "proved", "secret KEY": "breach"}


@pytest.mark.parametrize(("control", "expected"), [(SEEN, "breach"), (UNSEEN, "not proved")])
@pytest.mark.parametrize("staging", [secrets(DSN="d2"), secrets(OTHER="o")])
def test_what_is_declared_and_not_shared_is_a_breach_once_digests_are_known_to_tell(
    control: str | Unknown, expected: Judged, staging: Secrets
) -> None:
    proofs = found(THEIRS, staging, declared("DSN"), control=control)
    assert told(proofs)["declared secret DSN"] == expected
    assert proofs[0].remedy == "Take DSN out of [[isolation.shared_secrets]]."


def test_an_equal_digest_is_all_it_takes_to_know_that_digests_tell() -> None:
    proofs = found(THEIRS, secrets(DSN="d1"), declared("DSN"), declared("KEY"), control=UNSEEN)
    assert told(proofs) == {"secret DSN": "proved", "declared secret KEY": "breach"}


@pytest.mark.parametrize(
    ("production", "staging", "evidence"),
    [
        (THEIRS, secrets(DSN="", KEY="k2"), "flyctl tells no digest of staging's DSN"),
        (secrets(DSN=""), secrets(DSN="d2"), "flyctl tells no digest of production's DSN"),
        (secrets(A=""), secrets(B=""), "flyctl tells no digest of production's A, staging's B"),
    ],
)
def test_a_secret_without_a_digest_is_not_compared_and_nothing_is_proved(
    production: Secrets, staging: Secrets, evidence: str
) -> None:
    (proof,) = found(production, staging)
    assert (proof.what, proof.verdict, proof.evidence) == ("secrets", "not proved", evidence)
    assert undigested(production, staging) == evidence


def test_a_breach_is_told_beside_a_secret_without_a_digest() -> None:
    proofs = found(THEIRS, secrets(DSN="d1", KEY=""))
    assert told(proofs) == {"secret DSN": "breach", "secrets": "not proved"}
    assert verdict(proofs) == "fail"


@pytest.mark.parametrize("control", [SEEN, UNSEEN])
@pytest.mark.parametrize("production", [THEIRS, ()])
def test_an_app_without_secrets_is_no_proof(production: Secrets, control: str | Unknown) -> None:
    (proof,) = found(production, (), control=control)
    assert (proof.verdict, proof.evidence) == ("not proved", "staging's app has no secrets")


@pytest.mark.parametrize(
    ("production", "staging"), [(NO, THEIRS), (THEIRS, NO), (NO, NO), (NO, ()), ((), NO)]
)
def test_secrets_that_could_not_be_listed_on_either_side_are_not_proved(
    production: Secrets | Unknown, staging: Secrets | Unknown
) -> None:
    (proof,) = found(production, staging, declared("DSN"))
    assert (proof.verdict, proof.evidence) == ("not proved", NO.why)


@pytest.mark.parametrize(
    ("production", "staging", "expected"),
    [
        (THEIRS, secrets(DSN="d1", KEY="x"), {"DSN": ["DSN"]}),
        (THEIRS, secrets(OTHER="k1"), {"OTHER": ["KEY"]}),
        (secrets(A="same", B="same"), secrets(C="same"), {"C": ["A", "B"]}),
        (secrets(A="same"), secrets(B="same", C="same"), {"B": ["A"], "C": ["A"]}),
        (secrets(A=""), secrets(A=""), {}),
        (secrets(A="d"), secrets(A="D"), {}),
        ((), THEIRS, {}),
        (THEIRS, (), {}),
    ],
)
def test_equal_digests_are_found_by_what_they_are_and_not_by_name(
    production: Secrets, staging: Secrets, expected: dict[str, list[str]]
) -> None:
    assert shared(production, staging) == expected


def test_one_value_that_production_has_under_two_names_may_be_declared_under_either() -> None:
    assert judged("B", ["A", "B"], [declared("B")], TODAY).verdict == "proved"
    assert judged("C", ["A", "B"], [declared("C")], TODAY).verdict == "breach"


def test_nothing_that_is_told_holds_a_digest() -> None:
    staging = secrets(DSN="d1gest", KEY="k3y", MORE="m0re")
    proofs = found(secrets(DSN="d1gest", KEY="0ther"), staging, declared("KEY"))
    assert not [
        p for p in proofs for hidden in ("d1gest", "k3y", "m0re", "0ther") if hidden in repr(p)
    ]
