"""What every service's catalogues have to keep: complete in four languages, placeholders equal, plural forms right."""

import re
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2] / "services"
LANGUAGES = ("uk", "ru", "de", "en")
PLURAL_FORMS = {"uk": [0, 1, 2, 0, 2], "ru": [0, 1, 2, 0, 2], "de": [0, 1, 1, 1, 1], "en": [0, 1, 1, 1, 1]}
"""The form that goes with 1, 2, 5, 21 and 11."""
ALIKE = ("Anliegen",)
"""Nouns whose plural is their singular."""


def catalogue(service: str, language: str) -> Catalog:
    """A service's translations."""
    with (ROOT / service / "locale" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def used(service: str) -> set[str]:
    """Every message that the service's code and templates name; plural ones by their singular."""
    found = extract_from_dir(ROOT / service, method_map=[("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")])
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w*)\}", text))


def forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string or ""]


class CatalogueTests:
    """Inherit and name the service."""

    service: str

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_says_what_the_code_says_and_nothing_else(self, language: str) -> None:
        messages = {
            message.id[0] if isinstance(message.id, tuple | list) else message.id
            for message in catalogue(self.service, language)
            if message.id
        }
        assert messages == used(self.service)
        assert len(messages) > 5

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_complete(self, language: str) -> None:
        for message in catalogue(self.service, language):
            assert not message.fuzzy
            assert all(form.strip() for form in forms(message)) or not message.id, message.id

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_placeholders_are_those_of_the_message(self, language: str) -> None:
        for message in catalogue(self.service, language):
            if not message.id:
                continue
            source = message.id[0] if isinstance(message.id, tuple | list) else message.id
            for form in forms(message):
                assert placeholders(form) == placeholders(source), form
                form.format(**dict.fromkeys(placeholders(form), "x"))

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_plural_forms(self, language: str) -> None:
        messages = catalogue(self.service, language)
        chosen = [c2py(messages.plural_expr)(n) for n in (1, 2, 5, 21, 11)]
        assert chosen == PLURAL_FORMS[language]
        for message in messages:
            if message.pluralizable:
                assert len(forms(message)) == messages.num_plurals
                if not any(noun in forms(message)[0] for noun in ALIKE):
                    assert len(set(forms(message))) > 1, f"no plural: {message.id}"
