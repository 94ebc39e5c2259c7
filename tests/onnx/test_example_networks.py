"""What examples/networks makes inputs from, without a network connection: archives, words, bytes, sound, weights."""

import io
import json
import tarfile
import zipfile

import numpy as np
import pytest

from examples.networks.catalogue import CATALOGUE
from examples.networks.download import Package, file_of
from examples.networks.minilm import read_safetensors
from examples.networks.page import PAGE, written
from examples.networks.sound import BANDS, FRAMES, RATE, log_mel
from examples.networks.texts import HALF, PADDING, file_codes, files, word_pieces
from zkinfer_verify.errors import UsageError

PACKAGE = Package("some-package", "1.2")


def archived(folder, suffix, *names):
    """The package's archive in the cache, with files that hold their own names."""
    place = folder / PACKAGE.requirement
    place.mkdir()
    if suffix == ".whl":
        with zipfile.ZipFile(place / "some.whl", "w") as wheel:
            for name in names:
                wheel.writestr(name, name)
    else:
        with tarfile.open(place / "some.tar.gz", "w:gz") as sources:
            for name in names:
                entry = tarfile.TarInfo(name)
                entry.size = len(name)
                sources.addfile(entry, io.BytesIO(name.encode()))
    return folder


@pytest.mark.parametrize("suffix", [".whl", ".tar.gz"])
def test_a_file_is_found_by_how_its_path_ends_and_kept(tmp_path, suffix):
    cache = archived(tmp_path, suffix, "some/models/a.onnx", "some/models/ba.onnx")
    found = file_of(PACKAGE, "models/a.onnx", cache)
    assert found.read_text() == "some/models/a.onnx" and found.is_relative_to(cache)
    next((cache / PACKAGE.requirement).glob("some.*")).unlink()
    assert file_of(PACKAGE, "models/a.onnx", cache) == found


@pytest.mark.parametrize(("ending", "count"), [("c.onnx", 0), ("a.onnx", 2)])
def test_an_ending_that_names_no_file_or_several_is_refused(tmp_path, ending, count):
    cache = archived(tmp_path, ".whl", "some/a.onnx", "other/a.onnx")
    with pytest.raises(UsageError, match=f"{count} of its files end with {ending}"):
        file_of(PACKAGE, ending, cache)


def test_words_are_cut_into_the_longest_known_pieces():
    vocabulary = {token: k for k, token in enumerate(["prov", "##ing", "##in", "cafe", ",", "a", "[UNK]"])}
    assert list(word_pieces("Proving a Café, xyz", vocabulary)) == ["prov", "##ing", "a", "cafe", ",", "[UNK]"]


def test_the_bytes_of_a_file_are_its_two_ends_without_white_space():
    (codes,) = file_codes(b"  \n" + b"a" * 2000 + b"b" * 2000 + b"\n")
    assert codes.shape == (2 * HALF,)
    assert set(codes[:HALF]) == {ord("a")} and set(codes[HALF:]) == {ord("b")}
    (short,) = file_codes(b"xy")
    assert list(short[:2]) == list(short[-2:]) == [ord("x"), ord("y")] and set(short[2:-2]) == {PADDING}
    assert len({codes.tobytes() for codes in files(12)}) == 12


def test_a_tone_lies_in_one_band_and_a_higher_one_above():
    time = np.arange(9 * RATE) / RATE
    loudest = []
    for hertz in (300, 3000):
        spectrogram = log_mel(np.sin(2 * np.pi * hertz * time))
        assert spectrogram.shape == (FRAMES, BANDS) and spectrogram.max() == pytest.approx(1.0)
        loudest.append(int(spectrogram.mean(0).argmax()))
    assert 0 < loudest[0] < loudest[1] < BANDS


def test_weights_are_read_where_the_header_says(tmp_path):
    arrays = {"a": np.arange(6, dtype="<f4").reshape(2, 3), "b": np.ones(2, dtype="<f4")}
    offsets = {"a": [0, 24], "b": [24, 32]}
    header = {
        name: {"dtype": "F32", "shape": list(arrays[name].shape), "data_offsets": offsets[name]} for name in arrays
    }
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    content = len(text).to_bytes(8, "little") + text + b"".join(array.tobytes() for array in arrays.values())
    (tmp_path / "model.safetensors").write_bytes(content)
    found = read_safetensors(tmp_path / "model.safetensors")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)


def test_every_network_names_its_version_and_its_licence():
    for entry in CATALOGUE.values():
        drawn = entry.package is None and entry.licence == "drawn weights"
        assert drawn or (entry.package.version and any(word in entry.licence for word in ("MIT", "Apache-2.0")))


def test_the_page_says_what_the_records_say():
    page = PAGE.read_text()
    assert written(page) == page, "run `python -m examples.networks.page`"


def test_a_record_is_a_row(tmp_path):
    record = {
        "network": "small",
        "parameters": 1234,
        "seconds": {"setup": 1.26, "prove": 2.0, "verify": 0.04},
        "peak_memory_bytes": 1_234_000_000,
        "proof_bytes": 56789,
        "settings": {"preset": "mixed", "power_of_two": True},
        "layers_against_onnxruntime": {"tensors": 3, "codes": 1000, "differing": 1, "least_equal": {"equal": 0.995}},
        "integers_against_onnxruntime": [
            {"codes": 30, "equal": 0.5, "off_by_one": 0.5},
            {"codes": 10, "equal": 0.0, "off_by_one": 0.0},
        ],
    }
    (tmp_path / "small.json").write_text(json.dumps(record))
    row = "| small | 1,234 | mixed pow2 | 1.3 | 2.0 | 0.0 | 1,234 | 56,789 | 3 | 99.9000 % | 99.50 % | 75.0 % |"
    assert row in written(PAGE.read_text(), tmp_path).splitlines()
