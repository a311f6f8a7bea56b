"""The documents of the repository point to files that exist, and every decision is in the index."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    path
    for pattern in ("*.md", "docs/**/*.md", "contracts/*.md", "bench/*.md")
    for path in sorted(ROOT.glob(pattern))
]  # fmt: skip


def links(document: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if not link.startswith(("http", "#", "mailto:"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    assert [link for link in links(document) if not (document.parent / link).exists()] == []


def test_the_index_names_every_decision_and_guide() -> None:
    guides = sorted((ROOT / "docs").glob("*/*.md"))
    assert guides
    named = {(ROOT / "docs" / link).resolve() for link in links(ROOT / "docs" / "README.md")}
    assert [str(path.relative_to(ROOT)) for path in guides if path.resolve() not in named] == []


def test_every_decision_has_its_parts() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        assert re.match(rf"# {int(path.name[:4])}\. .+\n\nStatus: \w+", text), path.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name
