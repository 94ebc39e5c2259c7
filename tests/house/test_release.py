"""The distributions agree with each other and with the changelog."""

import re
import tomllib
from typing import Any

import zkinfer_verify.errors
from tests.house.tree import ROOT


def project(distribution: str) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / distribution / "pyproject.toml").read_text())["project"]
    return table


def test_the_verifier_depends_on_nothing() -> None:
    assert project("verifier")["dependencies"] == []


def test_the_prover_depends_on_the_verifier_of_the_same_version() -> None:
    version = project("verifier")["version"]
    assert project("prover")["version"] == version
    assert f"zkinfer-verify=={version}" in project("prover")["dependencies"]


def test_both_distributions_carry_the_licences() -> None:
    licences = {path.name: path.read_bytes() for path in ROOT.glob("LICENSE*")}
    assert set(licences) == {"LICENSE", "LICENSE-APACHE", "LICENSE-MIT"}
    for distribution in ("prover", "verifier"):
        assert project(distribution)["license-files"] == ["LICENSE*"]
        assert {path.name: path.read_bytes() for path in (ROOT / distribution).glob("LICENSE*")} == licences


def test_both_distributions_ask_for_the_same_python() -> None:
    assert project("prover")["requires-python"] == project("verifier")["requires-python"] == ">=3.11"


def test_the_changelog_tells_this_version_and_each_release_its_proof_format() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    releases = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    assert any(release.startswith(f"[{project('verifier')['version']}]") for release in releases)
    assert [release.splitlines()[0] for release in releases if "**Proof format**" not in release] == []


def test_the_exception_tree_is_the_one_drawn() -> None:
    errors = zkinfer_verify.errors
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    defined = [key for key, value in vars(errors).items() if isinstance(value, type)]
    assert drawn == defined
    assert all(issubclass(getattr(errors, leaf), errors.ZkinferError) for leaf in drawn)
