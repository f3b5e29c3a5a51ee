"""What holds of every reference, every damage and every text around it."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from payments.domain.reference_code import BASE, DRAWN
from payments.domain.references import find_references, is_valid, new_reference

PREFIXES = ("TPX", "HTXK", "OOO", "TPT", "ILSZ")
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
prefixes = st.sampled_from(PREFIXES)
drawn = st.integers(0, BASE**DRAWN - 1)
# Words that hold no letter of the prefixes, so that no second reference can arise of them.
quiet = st.text("aceghmnruy ,;.-ạễ", max_size=30)


def reference_of(prefix: str, number: int) -> str:
    """The reference of a prefix with the drawn symbols of a number."""
    return new_reference(prefix, lambda _: number)


@given(prefixes, drawn)
@settings(deadline=None)
def test_what_is_drawn_is_valid_and_found_as_it_is(prefix: str, number: int) -> None:
    reference = reference_of(prefix, number)
    (found,) = find_references(reference, prefix, repair=False)

    assert is_valid(reference, prefix)
    assert (found.reference, found.start, found.end) == (reference, 0, len(reference))
    assert found.how == "exact"


@given(prefixes, drawn, st.data())
@settings(deadline=None)
def test_one_slip_anywhere_is_mended(prefix: str, number: int, data: st.DataObject) -> None:
    reference = reference_of(prefix, number)
    at = data.draw(st.integers(0, len(reference) - 1))
    damaged = data.draw(
        st.sampled_from(
            (
                reference[:at] + data.draw(st.sampled_from(ALNUM)) + reference[at + 1 :],
                reference[:at] + reference[at : at + 2][::-1] + reference[at + 2 :],
                reference[:at] + reference[at + 1 :],
                reference[: at + 1] + reference[at:],
            )
        )
    )
    before, after = data.draw(st.tuples(quiet, quiet))
    found = find_references(f"{before} {damaged} {after}", prefix)

    assert reference in {one.reference for one in found}


@given(drawn, drawn, drawn, st.integers(4, 12), st.permutations(range(3)))
@settings(deadline=None)
def test_an_exact_a_folded_and_a_damaged_one_are_found_side_by_side(
    first: int, second: int, third: int, at: int, order: list[int]
) -> None:
    assume(len({first, second, third}) == 3)
    whole, split, cut = (reference_of("TPX", number) for number in (first, second, third))
    written = [whole, f"{split[:at]} {split[at:]}".lower(), cut[:-1]]
    # An A is no symbol, so it cannot stand in for the one that was cut off.
    text = " a ".join(written[place] for place in order)
    hows = {one.reference: one.how for one in find_references(text, "TPX")}

    assert (hows[whole], hows[split], hows[cut]) == ("exact", "folded", "repaired")


@given(st.lists(drawn, max_size=6, unique=True), st.sampled_from((" ", "", ".", " phi ", "漢")))
@settings(deadline=None)
def test_any_number_of_references_are_all_found(numbers: list[int], between: str) -> None:
    written = [reference_of("TPX", number) for number in numbers]
    found = find_references(between.join(written), "TPX", repair=False)

    assert sorted(one.reference for one in found) == sorted(written)


@given(prefixes, drawn, st.text(max_size=40), st.text(max_size=40))
@settings(deadline=None)
def test_where_an_exact_one_stands_its_own_letters_stand(
    prefix: str, number: int, before: str, after: str
) -> None:
    reference = reference_of(prefix, number)
    text = f"{before} {reference} {after}"
    exact = [one for one in find_references(text, prefix) if one.how == "exact"]

    assert (reference, len(before) + 1) in {(one.reference, one.start) for one in exact}
    assert all(text[one.start : one.end] == one.reference for one in exact)


@given(prefixes, st.text(max_size=200))
@settings(deadline=None)
def test_mending_changes_nothing_that_is_whole(prefix: str, text: str) -> None:
    found = find_references(text, prefix)
    whole = tuple(one for one in found if one.how != "repaired")

    assert whole == find_references(text, prefix, repair=False)
