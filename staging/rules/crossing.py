"""Whether what is written in staging, or issued there, arrives in production."""

from dataclasses import dataclass

from staging.rules.isolation import Proof, Unknown, breach, proved, unproved

REFUSED = {401, 403}
FOUND = "Staging writes to production: stop it (`flyctl scale count 0`), then mend its secrets."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A nonce: where it was found in staging's database, and where in production's."""

    staging: tuple[str, ...]
    production: tuple[str, ...]


def marked(what: str, how: str, mark: Mark | Unknown) -> Proof:
    """The nonce must be in staging's database, or not finding it elsewhere proves nothing."""
    if isinstance(mark, Unknown):
        return unproved(what, how=how, evidence=mark.why, remedy="See the message.")
    if mark.production:
        evidence = f"the nonce stands in production's {', '.join(mark.production)}"
        return breach(what, how=how, evidence=evidence, remedy=FOUND)
    if not mark.staging:
        evidence = "the nonce was found in neither database"
        remedy = "See which database staging's application writes to: its DATABASE_URL."
        return unproved(what, how=how, evidence=evidence, remedy=remedy)
    evidence = f"found in staging's {', '.join(mark.staging)}, and not in production's"
    return proved(what, how=how, evidence=evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a project's Auth signs with: its issuer, and each public key by id and by itself."""

    issuer: str
    ids: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What GET `path` answered a token: where it was issued, and on the other side."""

    path: str
    home: int
    abroad: int


def tokens(what: str, own: Keys | Unknown, other: Keys | Unknown, tried: Tried | Unknown) -> Proof:
    """By trying where that says something, else by the keys.

    A refusal says something only of a token that is good where it was issued; that it is accepted
    says something always.
    """
    how = "both Auths' public keys (JWKS) and issuers"
    if isinstance(own, Keys) and isinstance(other, Keys) and _common(own, other):
        evidence = f"both have {_common(own, other)}"
        remedy = "Rotate the signing keys of staging's project, and set its own Auth URL."
        return breach(what, how=how, evidence=evidence, remedy=remedy)
    if isinstance(tried, Tried) and (by := _tried(what, tried)):
        return by
    untried = tried.why if isinstance(tried, Unknown) else _odd(tried)
    for each in (own, other):
        if isinstance(each, Unknown):
            why = f"{untried}; {each.why}"
            return unproved(what, how=how, evidence=why, remedy="See the message.")
    if not own.ids or not other.ids:  # type: ignore[union-attr]
        evidence = f"{untried}; a project signs with a shared secret, which shows no public key"
        remedy = "Move its Auth to asymmetric signing keys, or export PRODUCTION_ACCESS_TOKEN."
        return unproved(what, how=how, evidence=evidence, remedy=remedy)
    evidence = f"no key and no issuer in common ({untried})"
    return proved(what, how=how, evidence=evidence)


def _tried(what: str, tried: Tried) -> Proof | None:
    how = f"GET {tried.path} with the token, where it was issued and on the other side"
    evidence = f"answered {tried.home} there, {tried.abroad} on the other side"
    if tried.abroad // 100 == 2:
        remedy = "See whose Auth the application trusts: SUPABASE_AUTH_URL."
        return breach(what, how=how, evidence=evidence, remedy=remedy)
    if tried.home == 200 and tried.abroad in REFUSED:
        return proved(what, how=how, evidence=evidence)
    return None


def _common(own: Keys, other: Keys) -> str:
    if both := own.ids & other.ids:
        return f"the signing key {min(both, key=len)}"
    same = own.issuer.rstrip("/") == other.issuer.rstrip("/")
    return f"the issuer {own.issuer}" if same else ""


def _odd(tried: Tried) -> str:
    return f"GET {tried.path} answered {tried.home} and {tried.abroad}, which proves nothing"
