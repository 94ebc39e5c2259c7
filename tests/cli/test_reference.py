"""zkinfer reference writes two files that the other commands read, whole or not at all."""

import json
from pathlib import Path

import pytest

from tests.cli.command_line import error_sentence, zkinfer


@pytest.mark.slow
def test_the_files_it_writes_give_the_published_output_and_table(tmp_path):
    written = json.loads(zkinfer("reference", "-o", "new/folder", "--json", folder=tmp_path, check=0).stdout)
    folder = tmp_path / "new" / "folder"
    assert sorted(path.name for path in folder.iterdir()) == ["input.json", "model.json"]
    assert written["bytes"] == {path.name: path.stat().st_size for path in folder.iterdir()}

    inferred = zkinfer("infer", folder / "model.json", folder / "input.json", folder=tmp_path, check=0)
    assert inferred.stdout.splitlines() == [
        "integers  -9404869  -11033050  -34374361  -20396580  70483360",
        "display   -0.11425511  -0.13403508  -0.41759714  -0.24778798  0.85626755",
    ]
    total = zkinfer("inspect", folder / "model.json", folder=tmp_path, check=0).stdout.splitlines()[-1]
    assert total.split() == ["total", "(5)", "14,722,005", "82,853,006"]


def test_rejects_a_folder_when_a_file_has_its_name(tmp_path):
    Path(tmp_path, "taken").write_text("")
    done = zkinfer("reference", "-o", "taken", folder=tmp_path, check=2)
    assert "taken: cannot be made a folder (File exists)" in error_sentence(done)


def test_asks_for_a_folder(tmp_path):
    done = zkinfer("reference", folder=tmp_path, check=2)
    assert "'--output' / '-o'" in done.stderr
    assert list(tmp_path.iterdir()) == []
