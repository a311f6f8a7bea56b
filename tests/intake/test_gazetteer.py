"""Places in all their spellings, and another city by nothing but a folder."""
# ruff: noqa: E501 - tables

from collections.abc import Iterator
from pathlib import Path

import pytest
from anlaufstelle_contracts import taxonomy
from anlaufstelle_contracts.places import BadPlaceFile, read_places

from services.intake.domain import gazetteer
from services.intake.domain.points import nearest
from services.intake.domain.topics import topics
from services.matching.domain import places as matching
from services.matching.domain.places import Distance
from tests.kit.places import HALLE


@pytest.fixture
def halle(tmp_path: Path) -> Iterator[Path]:
    """A folder for another city; Leipzig's again afterwards."""
    for name, content in HALLE.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    yield tmp_path
    gazetteer.use(gazetteer.LEIPZIG)
    matching.use(matching.LEIPZIG)
    taxonomy.relabel(gazetteer.LEIPZIG)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("у Баальсдорфі", "Baalsdorf"), ("на Конневиці", "Connewitz"), ("Кляйнчохер", "Kleinzschocher"), ("Ойтрицш", "Eutritzsch"),
        ("в Ґолісі", "Gohlis"), ("из Гохлиса", "Gohlis"), ("в Гольцгаузені", "Holzhausen"), ("Ліндєнау", "Lindenau"), ("в Лойчі", "Leutzsch"),
        ("Мёккерн", "Möckern"), ("в Пробстгайді", "Probstheida"), ("в Реудніці", "Reudnitz"), ("Штётериц", "Stötteritz"),
        ("в Шенефельді", "Schönefeld"), ("у Маркклеберзі", "Markkleeberg"), ("в Айленбурзі", "Eilenburg"), ("Видерітч", "Wiederitzsch"),
        ("Фролбург", None), ("в Фробурге", "Frohburg"), ("Рюкмарсдорф", "Burghausen"), ("Loessnig", "Lößnig"), ("Schoenefeld", "Schönefeld"),
        ("meckern", None), ("голосно", None), ("болен", None), ("варення", None), ("грим", None), ("в Деліцші", "Delitzsch"),
        ("с Паунсдорфа в Грюнау", "Paunsdorf"), ("aus Grünau nach Паунсдорф", "Grünau"),
    ],
)  # fmt: skip
def test_a_place_is_known_however_it_is_spelled(text: str, place: str | None) -> None:
    assert gazetteer.place(text) == place


def test_another_city_is_a_matter_of_a_folder(halle: Path) -> None:
    gazetteer.use(halle)
    matching.use(halle)
    taxonomy.relabel(halle)
    assert gazetteer.place("живемо в Нойштадті") == "Neustadt"
    assert gazetteer.place("wohnen in Troetha") == "Trotha"
    assert gazetteer.place("Грюнау") is None
    assert topics("потрібен кінь") == ["animals"]
    assert nearest(51.48, 11.93) == "Neustadt"
    assert nearest(51.34, 12.37) is None
    assert matching.distance("Neustadt", ["Nietleben"]) is Distance.NEAR
    assert matching.distance("Merseburg", ["Neustadt"]) is Distance.FAR
    assert matching.distance("Merseburg", ["Halle"]) is Distance.ELSEWHERE
    assert taxonomy.label("animals", "de") == "Viecher"
    assert taxonomy.label("food", "de") == taxonomy.TERMS[taxonomy.Category.FOOD].de


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("places.tsv", None, "cannot be read"),
        ("places.tsv", "Halle", "line 1: at least 2 columns"),
        ("places.tsv", "Trotha\tNord\n", "exactly one place must be the city"),
        ("places.tsv", "Halle\t*\nTrotha\tNord\nTrotha\tSüd\n", "line 3: 'Trotha' stands there twice"),
        ("places.tsv", "Halle\t*\nTrotha\tNord\ttroth(a\n", "no regular expression"),
        ("topics.tsv", "horses\tde\tpferd\n", "line 1: 'horses' is no category"),
        ("topics.tsv", "animals\tde\tpferd(\n", "line 1: 'pferd(' is no regular expression"),
        ("points.tsv", "Atlantis\t51.0 12.0\n", "'Atlantis' is no place"),
        ("points.tsv", "Trotha\tnorth\n", "'north' is no latitude"),
    ],
)
def test_a_bad_file_is_named_with_its_line(halle: Path, file: str, content: str | None, complaint: str) -> None:
    if content is None:
        (halle / file).unlink()
    else:
        (halle / file).write_text(content, encoding="utf-8")
    with pytest.raises(BadPlaceFile, match=complaint.replace("(", r"\(")):
        gazetteer.use(halle)


def test_labels_name_every_language(halle: Path) -> None:
    (halle / "labels.tsv").write_text("animals\tтварини\n", encoding="utf-8")
    with pytest.raises(BadPlaceFile, match="line 1"):
        taxonomy.relabel(halle)
    (halle / "labels.tsv").write_text("horses\ta\tb\tc\td\n", encoding="utf-8")
    with pytest.raises(BadPlaceFile, match="a category id"):
        taxonomy.relabel(halle)


def test_leipzig_is_whole() -> None:
    places = read_places(gazetteer.LEIPZIG)
    assert len({place.name for place in places}) >= 100
    assert all(place.spellings for place in places if place.area == "-")
