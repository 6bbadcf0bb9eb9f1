from staging.settings.environment import Environ


def test_an_exported_variable_wins_over_the_file_and_an_empty_one_does_not() -> None:
    found = Environ({"A": "exported", "B": ""}, {"A": "written", "B": "written"}, ".env")
    assert (found.get("A"), found.get("B")) == ("exported", "written")


def test_no_program_inherits_a_secret() -> None:
    found = Environ({"FLY_API_TOKEN": "t", "MY_DSN": "d", "HTTPS_PROXY": "p"}, {}, ".env")
    assert found.secret("MY_DSN") is not None
    assert found.for_programs() == {"HTTPS_PROXY": "p"}
