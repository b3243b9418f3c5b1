"""Reading a partnership's folder: all its definition files at once, all their mistakes together."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import TypeVar

from outturn.framework.measures import read_measure, with_breaks_of_parts
from outturn.framework.model import (
    ACTION_STATES,
    AGGREGATES,
    AUDIENCES,
    METHODS,
    QUARTILE_RULES,
    Action,
    Comment,
    Comparator,
    Crossing,
    DeclaredEvent,
    Identity,
    Measure,
    Outcome,
    Override,
    PackSpec,
    Partnership,
    Share,
    Target,
)
from outturn.framework.outcomes import FILE, read_crossings, read_outcomes
from outturn.framework.packs import read_pack
from outturn.framework.places import EVERY, read_places
from outturn.framework.section import Section
from outturn.framework.sources import read_source
from outturn.framework.targets import read_known_event, read_override, read_target
from outturn.statistics import PRESETS
from outturn.terms.errors import DefinitionMistake, Mistake, NewBuildMistake, suggestion
from outturn.terms.period import Calendar
from outturn.terms.written_periods import parse

Named = TypeVar("Named", Comparator, Outcome)

SETTINGS = "outturn.toml"
PLACES = "places.csv"
OUTCOMES = "framework/outcomes.toml"
CHECKS = "checks.toml"
SOURCES = "data/sources.toml"
ACTIONS = "actions.toml"
_PATTERNS = (
    SETTINGS, PLACES, OUTCOMES, "framework/measures/*.toml", "targets/*.toml", CHECKS, SOURCES,
    "contracts/*.json", "methods/*.toml", "commentary/*/*.md", ACTIONS, "packs/*.toml",
)  # fmt: skip
# Where each kind of definition is looked for, and what a file elsewhere in its folder is told.
_PLACES_OF = {
    ("framework/measures", ".toml"): "framework/measures/MEASURE.toml",
    ("framework", ".toml"): "framework/measures/MEASURE.toml",
    ("targets", ".toml"): "targets/YEAR.toml",
    ("contracts", ".json"): "contracts/TABLE.json",
    ("methods", ".toml"): "methods/TABLE.toml",
    ("commentary", ".md"): "commentary/MEASURE/PERIOD.md",
    ("packs", ".toml"): "packs/PAPER.toml",
}
_LIBRARY = resources.files("outturn.framework") / "library"
DISCLOSURE = tuple(PRESETS)
NOT_TOML = "The file is not valid TOML."
_FURTHEST_BACK = 100  # periods


def read_folder(folder: Path) -> tuple[Partnership, list[Mistake]]:
    """What a partnership's folder says, and everything that is wrong with it."""
    mistakes: list[Mistake] = []
    files: dict[str, str] = {}
    if not folder.is_dir():
        return _nothing(mistakes, str(folder), "There is no such folder.")
    for pattern in _PATTERNS:
        for path in sorted(folder.glob(pattern)):
            name = path.relative_to(folder).as_posix()
            text = _text(path, name, mistakes)
            if text is not None:
                files[name] = text
    if not (folder / SETTINGS).is_file():
        return _nothing(mistakes, f"{folder}", f"There is no {SETTINGS} here.")
    mistakes += _not_read(folder)
    files.update(_library(files.get(SETTINGS, "")))
    return _Reader(files, mistakes).partnership(), mistakes


def read_texts(files: Mapping[str, str]) -> tuple[Partnership, list[Mistake]]:
    """The same from texts by file name, as a vintage keeps them. Nothing else is opened.

    What is refused in new builds alone is passed over: a build made before stays as it was.
    """
    found: list[Mistake] = []
    partnership = _Reader(files, found).partnership()
    return partnership, [one for one in found if not isinstance(one, NewBuildMistake)]


class _Reader:
    """One pass over the texts of a folder; the calendar is known before the rest is read."""

    def __init__(self, files: Mapping[str, str], mistakes: list[Mistake]) -> None:
        self.files = files
        self.mistakes = mistakes
        self.calendar = Calendar()
        self.opened: dict[str, Section] = {}

    def partnership(self) -> Partnership:
        settings = self.file(SETTINGS)
        self.calendar = _calendar(settings.table("calendar"))
        settings.calendar = self.calendar
        outcomes, crosswalk = self.outcomes()
        targets, overrides, known_events = self.ledgers()
        checks, sources, actions = self.file(CHECKS), self.file(SOURCES), self.file(ACTIONS)
        partnership = Partnership(
            name=settings.text("name", None),
            home=settings.text("home", None),
            calendar=self.calendar,
            as_of=settings.day("as_of"),
            hierarchy=settings.text("hierarchy", EVERY),
            totals_for=settings.texts("totals_for"),
            disclosure=settings.choice("disclosure", DISCLOSURE, Partnership.disclosure),
            disclosure_for=_disclosure_for(settings.table("disclosure_for")),
            methods=self.methods(),
            boards=settings.texts("boards"),
            places=read_places(self.files.get(PLACES, ""), PLACES, self.mistakes),
            comparators=_by_id(
                "comparator", map(_comparator, settings.tables("comparator")), settings
            ),
            measures=self.measures(),
            outcomes=outcomes,
            crosswalk=crosswalk,
            targets=targets,
            overrides=overrides,
            known_events=known_events,
            identities=tuple(map(_identity, checks.tables("identity"))),
            shares=tuple(map(_share, checks.tables("share"))),
            sources=tuple(map(read_source, sources.tables("source"))),
            actions=tuple(map(_action, actions.tables("action"))),
            comments=tuple(self.comments()),
            packs={pack.id: pack for pack in self.packs()},
            files=dict(self.files),
        )
        self.libraries(settings)
        for section in (settings, checks, sources, actions):
            section.close()
        return partnership

    def libraries(self, settings: Section) -> None:
        for one in settings.texts("library"):
            if not any(name.startswith(f"library/{one}/") for name in self.files):
                known = _libraries()
                settings.wrong(
                    "library",
                    f"There is no library '{one}'.",
                    suggestion(one, known, f"The libraries are {', '.join(known)}."),
                )

    def file(self, name: str) -> Section:
        """A TOML file as a section; one that cannot be read is an empty section and a mistake."""
        if name not in self.opened:
            self.opened[name] = self._open(name)
        return self.opened[name]

    def _open(self, name: str) -> Section:
        text = self.files.get(name)
        if text is None:
            return Section({}, name, [], calendar=self.calendar)
        try:
            content = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as reason:
            self.mistakes.append(
                DefinitionMistake(
                    where=f"{name}{_line(str(reason))}",
                    problem=NOT_TOML,
                    remedy=_toml_remedy(str(reason)),
                )
            )
            return Section({}, name, [], calendar=self.calendar)
        return Section(content, name, self.mistakes, calendar=self.calendar)

    def named(self, folder: str, ending: str = ".toml") -> Iterator[str]:
        for name in sorted(self.files):
            if name.startswith(f"{folder}/") and name.endswith(ending):
                yield name

    def ledgers(
        self,
    ) -> tuple[tuple[Target, ...], tuple[Override, ...], tuple[DeclaredEvent, ...]]:
        targets: list[Target] = []
        overrides: list[Override] = []
        known_events: list[DeclaredEvent] = []
        for name in self.named("targets"):
            section = self.file(name)
            targets += map(read_target, section.tables("target"))
            overrides += map(read_override, section.tables("override"))
            known_events += map(read_known_event, section.tables("known_event"))
            section.close()
        return tuple(targets), tuple(overrides), tuple(known_events)

    def methods(self) -> str:
        """The method set of measures that name none."""
        return self.file(SETTINGS).choice("methods", METHODS, Partnership.methods)

    def measures(self) -> dict[str, Measure]:
        """The partnership's own measures, and the library's that it does not define itself."""
        names = [name for name in self.files if "/measures/" in name and name.endswith(".toml")]
        measures: dict[str, Measure] = {}
        for name in sorted(names, key=lambda one: (one.startswith("library/"), one)):
            id = PurePosixPath(name).stem
            if id in measures:
                continue
            before = len(self.mistakes)
            section = self.file(name)
            if section.content:
                measures[id] = read_measure(section, id, self.methods())
                continue
            if len(self.mistakes) == before:
                section.wrong("", "The file is empty.", "Describe the measure, or delete the file.")
            # It stands in for the measure, so that nobody is told that there is none.
            measures[id] = Measure(id, id, "", "count", "", "none", name, reported=True)
        return with_breaks_of_parts(measures)

    def outcomes(self) -> tuple[dict[str, Outcome], tuple[Crossing, ...]]:
        section = self.file(OUTCOMES)
        national = [
            one
            for name in self.named("library")
            if PurePosixPath(name).name == FILE
            for one in self.file(name).tables("outcome")
        ]
        found = read_outcomes(list(section.tables("outcome")), national)
        outcomes = _by_id("outcome", iter(found), section)
        crosswalk = tuple(read_crossings(list(section.tables("crosswalk"))))
        section.close()
        return outcomes, crosswalk

    def comments(self) -> Iterator[Comment]:
        for name in self.named("commentary", ".md"):
            path = PurePosixPath(name)
            written = path.stem.replace("_", "/")
            try:
                period = parse(written, self.calendar)
            except ValueError as reason:
                self.mistakes.append(
                    DefinitionMistake(
                        where=name,
                        problem="The file's name is not a period that can be read.",
                        remedy=f"In a file's name {reason}, with _ for each /.",
                    )
                )
                continue
            yield Comment(path.parent.name, period, self.files[name].strip(), name)

    def packs(self) -> Iterator[PackSpec]:
        for name in self.named("packs"):
            before = len(self.mistakes)
            section = self.file(name)
            if section.content:
                yield read_pack(section, PurePosixPath(name).stem)
            elif len(self.mistakes) == before:
                section.wrong("", "The file is empty.", "Describe the paper, or delete the file.")


def _nothing(
    mistakes: list[Mistake], where: str, problem: str
) -> tuple[Partnership, list[Mistake]]:
    remedy = "Give a partnership's folder with --in DIR, or make one with: outturn new NAME"
    mistakes.append(DefinitionMistake(where=where, problem=problem, remedy=remedy))
    return Partnership(name="", home=""), mistakes


def _text(path: Path, name: str, mistakes: list[Mistake]) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem, remedy = "The file is not UTF-8 text.", "Save it again with the encoding UTF-8."
    except OSError:
        problem, remedy = (
            "The file cannot be opened.",
            "Close it elsewhere, or mend its permissions.",
        )
    mistakes.append(DefinitionMistake(where=name, problem=problem, remedy=remedy))
    return None


def _not_read(folder: Path) -> Iterator[Mistake]:
    """Definitions that lie too deep or too high in their folder, and would silently be left out."""
    found = {
        path.relative_to(folder).as_posix()
        for pattern in _PATTERNS
        for path in folder.glob(pattern)
    }
    for (part, ending), place in _PLACES_OF.items():
        for path in sorted((folder / part).rglob(f"*{ending}")):
            name = path.relative_to(folder).as_posix()
            hidden = any(one.startswith(".") for one in PurePosixPath(name).parts)
            is_note = path.stem.upper() == "README" or hidden
            if name in found or is_note or not path.is_file():
                continue
            found.add(name)
            yield DefinitionMistake(
                where=name,
                problem="The file is not read where it lies.",
                remedy=f"Move it to {place}, or out of the folder {part}.",
            )


def _library(settings: str) -> dict[str, str]:
    """The texts of the national definitions that the settings ask for."""
    try:
        wanted = tomllib.loads(settings).get("library", [])
    except tomllib.TOMLDecodeError:
        return {}
    texts: dict[str, str] = {}
    for one in wanted if isinstance(wanted, list) else []:
        for path in _of_library(one) if one in _libraries() else ():
            name = path.name if path.name == FILE else f"measures/{path.name}"
            texts[f"library/{one}/{name}"] = path.read_text(encoding="utf-8")
    return dict(sorted(texts.items()))


def _libraries() -> list[str]:
    return sorted(one.name for one in _LIBRARY.iterdir() if any(_of_library(one.name)))


def _of_library(name: str) -> Iterator[Traversable]:
    """The files of a library: its measures, or its outcomes."""
    for part in (_LIBRARY / name / "measures", _LIBRARY / name):
        files = part.iterdir() if part.is_dir() else ()
        yield from (one for one in files if one.name.endswith(".toml"))


def _line(reason: str) -> str:
    _, _, place = reason.rpartition("(at ")
    return f", {place.rstrip(')')}" if place != reason and place else ""


def _toml_remedy(reason: str) -> str:
    said = reason.partition(" (at")[0]
    return f"Mend it there: {said[:1].lower()}{said[1:]}."


def _by_id(what: str, found: Iterator[Named], section: Section) -> dict[str, Named]:
    kept: dict[str, Named] = {}
    for one in found:
        id = one.id
        if id in kept and id:
            problem = f"The id '{id}' is given twice."
            section.wrong(f"{what} {id}", problem, "Give each its own id.")
        kept.setdefault(id, one)
    return kept


def _calendar(table: Section | None) -> Calendar:
    if table is None:
        return Calendar()
    starts = {"financial_year": 4, "academic_year": 9}
    months = {name: table.whole(name, start) for name, start in starts.items()}
    for name, month in months.items():
        if not 1 <= month <= 12:
            table.wrong(name, "This is not a month.", "Give the number of a month, 1 to 12.")
            months[name] = starts[name]
    table.close()
    return Calendar(**months)


def _disclosure_for(table: Section | None) -> dict[str, str]:
    """The preset of each audience that has one of its own."""
    if table is None:
        return {}
    said = {one: table.choice(one, DISCLOSURE, "") for one in AUDIENCES}
    table.close()
    return {audience: preset for audience, preset in said.items() if preset}


def _comparator(table: Section) -> Comparator:
    one = Comparator(
        id=table.text("id", None),
        name=table.text("name", None),
        members=table.texts("members"),
        kind=table.text("kind"),
        rule=table.choice("rule", AGGREGATES, None),
        edition=table.text("edition"),
        place=table.text("place"),
        nearest=table.whole("nearest", 0),
        weights=_weights(table.table("weights")),
        quartiles=table.choice("quartiles", QUARTILE_RULES, ""),
    )
    if bool(one.nearest) != bool(one.weights) or one.nearest and not one.kind:
        table.wrong(
            "nearest",
            "It must be clear who could be near, how many are, and by what.",
            "Give kind, nearest and weights together.",
        )
    if bool(one.members) == bool(one.kind):
        table.wrong("", "It must be clear who belongs.", "Give either members = [...] or kind.")
    table.close()
    return one


def _weights(table: Section | None) -> dict[str, float]:
    """How much each characteristic counts, by its name."""
    if table is None:
        return {}
    found = {name: table.number(name, None) for name in table.content}
    for name, weight in found.items():
        if weight <= 0:
            table.wrong(name, "A weight is above zero.", "Leave out what should not count.")
    table.close()
    return found


def _identity(table: Section) -> Identity:
    parts = []
    for part in table.tables("equals"):
        parts.append(
            (
                part.text("measure", None),
                part.whole("periods_back", 0, at_most=_FURTHEST_BACK),
                part.number("factor", 1.0),
            )
        )
        part.close()
    if not parts:
        table.wrong("equals", "The sum has no parts.", 'Add equals = [{ measure = "..." }, ...].')
    one = Identity(
        id=table.text("id", None),
        measure=table.text("measure", None),
        parts=tuple(parts),
        title=table.text("title"),
        within=table.number("within", 0.0),
    )
    table.close()
    return one


def _share(table: Section) -> Share:
    one = Share(
        table.text("id", None), table.text("measure", None), table.text("of", None),
        table.text("title"),
    )  # fmt: skip
    table.close()
    return one


def _action(table: Section) -> Action:
    due = table.day("due", required=True)
    one = Action(
        id=table.text("id", None),
        title=table.text("title", None),
        measure=table.text("measure", None),
        owner=table.text("owner", None),
        due=due or table.calendar_start().start,
        state=table.choice("state", ACTION_STATES, None),
        place=table.text("place"),
        comment=table.text("comment"),
    )
    table.close()
    return one
