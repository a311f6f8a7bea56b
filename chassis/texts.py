"""Words for people: gettext catalogues, read from the `.po` files as they are edited. Nothing has to be compiled."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations


class Texts:
    """The catalogues of a folder that holds `<language>.po`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.get = cache(self._read)
        self.languages = tuple(sorted(path.stem for path in folder.glob("*.po")))
        if not self.languages:
            raise FileNotFoundError(f"no catalogue in {folder}")

    def _read(self, language: str) -> Translations:
        """The catalogue of a language, with `gettext` and `ngettext`. Raises FileNotFoundError when there is none."""
        compiled = BytesIO()
        with (self.folder / f"{language}.po").open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        return Translations(compiled)
