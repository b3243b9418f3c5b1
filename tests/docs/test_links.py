"""Every link inside the documentation leads somewhere, headings included."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
AT_THE_ROOT = ("README", "DEVELOPERS", "GLOSSARY", "METHODS", "CHANGELOG")


def links(path: Path) -> list[str]:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    text = re.sub(r"`[^`\n]*`", "code", text)
    return [one for one in LINK.findall(text) if not re.match(r"[a-z]+:", one)]


def anchors(path: Path) -> set[str]:
    found: list[str] = []
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        name = slugify(re.sub(r"[`*]", "", heading), "-")
        again = sum(one == name or re.fullmatch(rf"{re.escape(name)}_\d+", one) is not None
                    for one in found)  # fmt: skip
        found.append(f"{name}_{again}" if again else name)
    return set(found)


def broken(path: Path, root: Path) -> list[str]:
    wrong = []
    for link in links(path):
        target, _, anchor = link.partition("#")
        leads = (path.parent / target).resolve() if target else path
        if not leads.exists() or (leads != root and root not in leads.parents):
            wrong.append(link)
        elif anchor and leads.suffix == ".md" and anchor not in anchors(leads):
            wrong.append(link)
    return wrong


def test_every_link_in_the_documentation_leads_to_a_page_and_a_heading(site: Path):
    pages = sorted(site.rglob("*.md"))
    found = {str(path.relative_to(site)): broken(path, site.resolve()) for path in pages}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("name", AT_THE_ROOT)
def test_every_link_of_a_page_at_the_root_leads_somewhere(name: str):
    assert broken(ROOT / f"{name}.md", ROOT) == []


def test_no_page_takes_anything_from_another_machine(site: Path):
    for path in [ROOT / "mkdocs.yml", *site.rglob("*.css"), *site.rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(src=|url\(|!\[[^\]]*\]\(|@import )[\"']?https?:", text), path
