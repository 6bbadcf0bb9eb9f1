import pytest

from staging.errors import ConfigurationError, NotSo
from staging.inventory import Guest, Machine, Release
from staging.rules.rollback import earlier, numbered, runs

REPOSITORY = "registry.fly.io/shop"
DIGESTS = {tag: f"sha256:{number:064x}" for number, tag in enumerate(("one", "two", "bad"))}


def machine(tag: str) -> Machine:
    return Machine(
        id="m",
        state="started",
        region="syd",
        process_group="app",
        digest=DIGESTS[tag],
        image=f"{REPOSITORY}@{DIGESTS[tag]}",
        tagged=f"{REPOSITORY}:{tag}",
        guest=Guest(cpu_kind="shared", cpus=1, memory_mb=256),
        config={},
        healthy=None,
    )


def named(image: str) -> str:
    """one → by tag, @one → by digest, +one → by both, "" → not known any more."""
    tag = image.lstrip("@+")
    by_tag, by_digest = f":{tag}", f"@{DIGESTS.get(tag)}"
    forms = {"@": by_digest, "+": by_tag + by_digest}
    return REPOSITORY + forms.get(image[:1], by_tag) if image else ""


def releases(*told: str) -> list[Release]:
    """Newest first, as flyctl tells them; `!` before an image is a release that failed."""
    return [
        Release(
            id=f"rel_{version}",
            version=version,
            status="failed" if text.startswith("!") else "complete",
            image=named(text.removeprefix("!")),
            created_at="2026-11-22T00:00:00Z",
        )
        for version, text in zip(range(len(told), 0, -1), told, strict=True)
    ]


@pytest.mark.parametrize(
    ("running", "told", "chosen"),
    [
        (["two"], ["two", "one"], 1),
        (["two"], ["two", "two", "one"], 1),  # a change of secrets made the newest
        (["two"], ["@two", "+two", "@one"], 1),
        (["one"], ["one", "two", "one"], 2),
        (["two"], ["!bad", "two", "one"], 1),  # a deploy that Fly undid
        (["bad"], ["!bad", "two", "one"], 2),  # one that stays
        (["bad", "two"], ["!bad", "two", "one"], 2),  # one that stopped half way
        (["bad"], ["!bad", "!two", "one"], 1),
        (["two"], ["two", "", "one"], 1),  # the image of one is not known any more
    ],
)
def test_the_newest_complete_release_with_another_image_is_chosen(
    running: list[str], told: list[str], chosen: int
) -> None:
    assert earlier(releases(*told), [machine(tag) for tag in running]).version == chosen


@pytest.mark.parametrize(
    ("running", "told"),
    [
        (["one"], ["one"]),
        (["one"], ["one", "@one", "+one"]),
        (["one"], ["!two", "one"]),
        (["one"], []),
        ([], ["two", "one"]),
    ],
)
def test_without_an_earlier_release_there_is_a_reason(running: list[str], told: list[str]) -> None:
    with pytest.raises(NotSo) as caught:
        earlier(releases(*told), [machine(tag) for tag in running])
    assert caught.value.exit_code == 1
    assert caught.value.remedy


def test_the_order_in_which_releases_are_told_does_not_matter() -> None:
    told = releases("two", "bad", "one")
    assert earlier(told[::-1], [machine("two")]).version == 2


def test_a_release_is_found_by_its_number_whatever_runs() -> None:
    assert numbered(releases("two", "one"), 2).image == f"{REPOSITORY}:two"


@pytest.mark.parametrize(("version", "why"), [(2, "failed"), (9, "not known")])
def test_a_release_that_cannot_be_had_is_refused(version: int, why: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        numbered(releases("two", "!bad", "one"), version)
    assert why in caught.value.detail
    assert caught.value.remedy == "Complete are 3, 1."


@pytest.mark.parametrize(
    ("image", "same"),
    [("two", True), ("@two", True), ("+two", True), ("one", False), ("@one", False), ("", False)],
)
def test_an_image_is_known_by_its_digest_or_else_by_its_tag(image: str, same: bool) -> None:
    assert runs(machine("two"), named(image)) is same


def test_a_moved_tag_beside_a_digest_does_not_count() -> None:
    assert not runs(machine("two"), f"{REPOSITORY}:two@{DIGESTS['one']}")
