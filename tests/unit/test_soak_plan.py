"""What goes wrong in a soak follows from its seed."""

from collections import Counter

from infra.soak.plan import READS, SENDS, SPELL_EVERY, WRITES, Kind, Plan, planned

OPERATIONS = ("GetItem", "TransactWriteItems", "SendMessageBatch", "Decrypt")


def faults(plan: Plan) -> list[object]:
    """What happens to the first calls of each operation."""
    return [plan.fault(operation, number) for operation in OPERATIONS for number in range(1, 400)]


def test_the_same_seed_has_the_same_go_wrong_and_another_seed_something_else() -> None:
    assert planned("7", 600) == planned("7", 600)
    assert faults(planned("7", 600)) == faults(planned("7", 600))
    assert planned("7", 600).spells != planned("8", 600).spells
    assert faults(planned("7", 600)) != faults(planned("8", 600))
    assert planned("7", 600).chance("citizen 1").random() == planned("7", 600).chance("citizen 1").random()
    assert planned("7", 600).chance("citizen 1").random() != planned("7", 600).chance("citizen 2").random()


def test_every_kind_of_fault_comes_and_most_calls_are_left_alone() -> None:
    found: Counter[Kind] = Counter()
    for operation, kinds in (("GetItem", READS), ("PutItem", WRITES), ("SendMessageBatch", SENDS)):
        met = [planned("1", 60).fault(operation, number) for number in range(1, 20_000)]
        assert {fault.kind for fault in met if fault is not None} == set(kinds)
        assert met.count(None) > len(met) / 2
        found.update(fault.kind for fault in met if fault is not None)
    assert set(found) == set(Kind)


def test_a_service_is_cut_off_for_moments_within_the_run_and_not_beyond() -> None:
    plan = planned("3", 600)
    assert len(plan.spells) == 600 / SPELL_EVERY
    for spell in plan.spells:
        assert 0 < spell.begins < spell.ends <= 600
        assert plan.spell(spell.service, spell.begins) is not None
        assert plan.spell(spell.service, spell.ends) is None
        assert plan.spell("kms", spell.begins) is None
