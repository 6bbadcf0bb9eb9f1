"""Every recorded run of the real supabase 3.1.0, played again with the stand-in."""

from pathlib import Path

from tests.contract.supabasereplay import play


def test_every_recorded_run_is_reproduced(tmp_path: Path) -> None:
    for each in play(tmp_path):
        assert each.ours == each.theirs, each.name
