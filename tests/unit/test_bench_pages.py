"""The pages of benchmarks are made of records: what stands between the marks, and the commands that measure."""

import json

import pytest

from benches import parts, sizes
from benches.markdown import replace_record, table
from benches.pages import BENCHMARKS, PERFORMANCE, pages
from tests.unit.bench_records import batch_record, matvec_record, measured, scaling_record
from zkinfer.bench.networks import NETWORKS


def committed():
    files = {name: parts.record_file(name) for name in parts.PARTS}
    return {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}


def test_the_pages_say_what_the_records_say():
    records = committed()
    assert "reference" in records
    for page, texts in pages(records).items():
        text = page.read_text()
        for name, part in texts.items():
            assert replace_record(text, name, part) == text, f"{page.name}, {name}: run `make bench PARTS=pages`"


def test_every_part_has_its_place_on_a_page():
    marked = {
        name
        for page in (PERFORMANCE, BENCHMARKS)
        for name in parts.PARTS
        if f"record {name} begins" in page.read_text()
    }
    assert marked == parts.PARTS.keys() - (NETWORKS.keys() - {"reference"})
    assert "record networks begins" in BENCHMARKS.read_text()


def test_a_mark_that_is_missing_is_an_error():
    page = "<!-- record a begins -->old<!-- record a ends -->"
    assert "new" in replace_record(page, "a", "new") and "old" not in replace_record(page, "a", "new")
    with pytest.raises(ValueError, match="unpack"):
        replace_record(page, "b", "new")


def test_records_of_sizes_are_tables():
    assert "| proof, bytes | 1,000,000 | 1,000,000 | 250,000 |" in sizes.batch(measured(batch_record()))
    matvec = sizes.matvec(measured(matvec_record()))
    assert "| plonky2 / zkinfer | 2 |  | 12 multiply-adds | - | 100.0 | - | - | - |" in matvec
    assert matvec.endswith("plonky2, 12: killed")
    scaling = sizes.scaling(measured(scaling_record()))
    assert "| forecast / measured, 10,000 | - | 0.50 | - | - | - |" in scaling


def test_a_table_has_a_rule_under_its_head():
    assert table(("a", "b"), [("c", "1")]) == "| a | b |\n| --- | ---: |\n| c | 1 |"


def test_a_part_records_and_plots_beside_the_page(tmp_path):
    assert {"reference", "lenet", "mlp", "layer-100", "tiny", "batch", "matvec", "scaling"} <= parts.PARTS.keys()
    plain = parts.command("matvec", baseline=tmp_path / "none")
    assert "--baseline" not in plain and plain[plain.index("--record") + 1].endswith("benches/records/matvec.json")
    (tmp_path / "built").touch()
    assert parts.command("matvec", baseline=tmp_path / "built")[-2:] == ["--baseline", str(tmp_path / "built")]
    assert parts.command("scaling")[-1].endswith("docs/plots/scaling.png")
