"""Every attack of the library is stopped, by the check that it names."""

import pytest

from attacks.attack import try_attack
from attacks.library import attack_classes

CLASSES = list(attack_classes())
ATTACKS = [pytest.param(attack, id=f"{found.number:02}-{attack.name}") for found in CLASSES for attack in found.attacks]


@pytest.mark.parametrize("attack", ATTACKS)
def test_rejects_a_proof_when_it_is_forged(attack):
    assert try_attack(attack).failures == ()


@pytest.mark.parametrize("found", CLASSES, ids=lambda found: found.name)
def test_a_class_says_its_idea_and_has_distinct_attacks(found):
    names = [attack.name for attack in found.attacks]
    assert found.idea and names and len(set(names)) == len(names)
