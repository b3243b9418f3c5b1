"""`outturn build` and `outturn recreate`: make everything, keep it, make it again to the digit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

import outturn
from outturn.commands.aside import write_aside
from outturn.commands.audience import told_to
from outturn.commands.audit import editions_of, unprotected
from outturn.commands.deriving import with_derived
from outturn.commands.figures import Figures, figures
from outturn.commands.folder import STORE, Folder, sound_folder
from outturn.commands.slices import ROWS_AT_ONCE
from outturn.commands.spilling import Room
from outturn.commands.standing import standing
from outturn.commands.unfilled import costs, sentences
from outturn.contracts import read_contracts
from outturn.framework import read_texts
from outturn.ingest import Ingested, ingest
from outturn.ingest.doubtful import doubtful
from outturn.judgement.disclosure import PROVED, besides
from outturn.judgement.words import singular
from outturn.judgement.year_end_moments import SEED
from outturn.terms.errors import (
    DefinitionMistake,
    Mistake,
    VintageMistake,
    raise_all,
)
from outturn.terms.period import Calendar
from outturn.terms.records import Status
from outturn.vintages import Vintage, keep, names, open_, resolve, software, sweep
from outturn.vintages.on_disk import Frame

LARGEST_SEED = 2**63 - 1  # as of `outturn simulate`


@dataclass(frozen=True)
class Built:
    """What a build came to, for a person and for a script."""

    name: str
    seal: str
    as_of: date
    rows: Mapping[str, int]
    statuses: Mapping[str, int]
    mistakes: tuple[Mistake, ...]  # rows kept aside, told again
    already_kept: bool = False  # by an earlier build of the same inputs and definitions
    not_taken: tuple[str, ...] = ()  # options whose words an earlier build did not keep
    unknown_words: tuple[str, ...] = ()  # sentences about words of closed lists that nobody knows
    doubtful: tuple[str, ...] = ()  # sentences about rows that a contract warns of
    unfilled: tuple[str, ...] = ()  # sentences about columns that measures need and nothing fills
    passed_over: tuple[str, ...] = ()  # sentences about what disclosure control did not look at
    published_seal: str = ""  # of what is published, which papers and exports print
    unprotected: int = 0  # small counts that it could not protect
    earlier: tuple[str, ...] = ()  # builds that it took into account
    proved: bool = True  # whether it looked at all relations together

    @property
    def summary(self) -> dict[str, Any]:
        return {
            "vintage": self.name,
            "seal": self.seal,
            "published_seal": self.published_seal,
            "as_of": self.as_of.isoformat(),
            "already_kept": self.already_kept,
            "not_taken": list(self.not_taken),
            "rows": dict(self.rows),
            "statuses_at_year_end": dict(self.statuses),
            "kept_aside": [str(one) for one in self.mistakes],
            "unknown_words": list(self.unknown_words),
            "doubtful": list(self.doubtful),
            "unfilled": list(self.unfilled),
            "passed_over": list(self.passed_over),
            "unprotected": self.unprotected,
        }

    @property
    def sentences(self) -> list[str]:
        rows = ", ".join(
            f"{number:,} {singular(name) if number == 1 else name}"
            for name, number in self.rows.items()
            if number
        )
        kept = "Already kept" if self.already_kept else "Kept"
        lines = [f"{kept} as vintage {self.name}, as at {self.as_of}."]
        if self.not_taken:
            lines.append(
                f"Not taken: {', '.join(self.not_taken)}. Nothing has changed since this vintage"
                " was kept, and what is kept never changes. To keep another, change data, a"
                " definition, --as-of or --seed."
            )
        lines.append(f"It holds {rows}.")
        if self.statuses:
            told = ", ".join(f"{number} {status}" for status, number in self.statuses.items())
            lines.append(f"At year end: {told}.")
        for one in self.mistakes:
            lines += ["Kept aside:", *(f"  {line}" for line in str(one).splitlines())]
        held = [*self.passed_over, *unprotected(self.unprotected, self.earlier, proved=self.proved)]
        return [*lines, *self.unfilled, *self.unknown_words, *self.doubtful, *held]


@dataclass(frozen=True)
class Recreated:
    name: str
    seal: str
    published_seal: str

    @property
    def summary(self) -> dict[str, Any]:
        return {
            "vintage": self.name,
            "seal": self.seal,
            "published_seal": self.published_seal,
            "same": True,
        }

    @property
    def sentences(self) -> list[str]:
        return [
            f"Vintage {self.name} was made again, and its seal is the same: {self.seal}.",
            f"Its published seal, which papers and exports print: {self.published_seal}.",
        ]


def build(
    path: Path,
    *,
    as_of: date | None = None,
    label: str = "",
    replaces: str = "",
    because: str = "",
    audience: str = "",
    earlier: Sequence[str] = (),
    seed: int = SEED,
    progress: Callable[..., None] = lambda *_: None,
) -> Built:
    """Make every figure of a folder and keep the result as a vintage.

    The position date is `as_of`, else the folder's own, else today. Definitions must be without
    mistake; a data file that cannot be read, or of which every row breaks its contract, stops the
    build, and single rows that break theirs are kept aside and told. The `audience` decides which
    preset of disclosure control holds; what the `earlier` builds told is known to it, and withheld
    with that in mind. Only a build for a board or the public withholds, besides small counts, what
    these could be worked out from. What is drawn by chance, such as the distribution of a forecast,
    follows from the `seed`.
    """
    _check_seed(seed)
    folder = sound_folder(path)
    folder = replace(folder, partnership=told_to(folder.partnership, audience))
    before = [resolve(folder.store, name) for name in earlier]
    replaces = resolve(folder.store, replaces) if replaces else ""
    as_of = as_of or folder.partnership.as_of or date.today()
    progress("Reading the data")
    ingested = ingest(path, folder.partnership, folder.contracts, folder.cache, progress)
    raise_all(ingested.stops)
    ingested = with_derived(
        ingested, folder.partnership, folder.contracts, as_of, folder.cache, progress
    )
    with Room(folder.store) as room:
        made = figures(
            folder.partnership,
            folder.contracts,
            ingested,
            as_of,
            progress,
            folder.cache,
            editions_of(path, before),
            seed,
            room=room,
            besides=besides(audience, before),
        )
        asked = _asked(as_of, audience, before, seed)
        vintage = _described(_vintage(folder, ingested, made, asked), label, replaces, because)
        progress("Keeping")
        sweep(folder.store)  # what builders left that were stopped
        already = vintage.name in names(folder.store)
        keep(folder.store, vintage)
        told = _standing(made.verdicts, folder.partnership.calendar, as_of)
    write_aside(path, vintage.name, ingested.rejected)
    return Built(
        name=vintage.name,
        seal=vintage.seal,
        published_seal=vintage.published_seal,
        as_of=as_of,
        rows={name: vintage.frames[name].height for name in vintage.frames},
        statuses=_statuses(told),
        mistakes=tuple(ingested.mistakes),
        already_kept=already,
        passed_over=tuple(str(one) for one in made.passed_over),
        unprotected=made.unprotected,
        proved=besides(audience, before) == PROVED,
        earlier=tuple(before),
        not_taken=_not_taken(folder.store, vintage) if already else (),
        unknown_words=ingested.unknown_words,
        doubtful=tuple(doubtful(ingested.every, folder.contracts, folder.partnership.files)),
        unfilled=tuple(
            sentences(
                costs(folder.partnership.measures.values(), ingested.unfilled, folder.contracts)
            )
        ),
    )


def recreate(path: Path, name: str, progress: Callable[..., None] = lambda *_: None) -> Recreated:
    """Build a vintage again from the definitions it kept; its seal must come out the same.

    Every data file is read again and everything is counted again: nothing that an earlier run
    remembers is believed.
    """
    store = path / STORE
    kept = open_(store, name)
    partnership, mistakes = read_texts(dict(kept.definitions))
    contracts, found = read_contracts(dict(kept.definitions))
    raise_all([*mistakes, *found])
    asked = dict(kept.arguments)
    partnership = told_to(partnership, asked.get("audience", ""))
    ingested = ingest(path, partnership, contracts, None, progress)
    raise_all(ingested.stops)
    _same_inputs(kept.inputs, ingested)
    as_of = date.fromisoformat(asked["as_of"])
    before = editions_of(path, asked["earlier"].split() if "earlier" in asked else ())
    ingested = with_derived(ingested, partnership, contracts, as_of, None, progress)
    seed = int(asked.get("seed", SEED))
    withheld = besides(asked.get("audience", ""), before)
    with Room(store) as room:
        made = figures(
            partnership, contracts, ingested, as_of, progress, None, before, seed,
            room=room, besides=withheld,
        )  # fmt: skip
        again = _vintage(Folder(path, partnership, contracts, ()), ingested, made, kept.arguments)
        seal = again.seal
    if seal != kept.seal:
        raise VintageMistake(
            where=f"vintages, {kept.name}",
            problem=f"Made again, its seal is {seal}, not {kept.seal}.",
            remedy=_why_another_seal(kept.software, again.software),
        )
    return Recreated(kept.name, kept.seal, kept.published_seal)


def _check_seed(seed: int) -> None:
    if not 0 <= seed <= LARGEST_SEED:
        raise DefinitionMistake(
            where="the command, --seed",
            problem=f"{seed} is not between 0 and {LARGEST_SEED:,}.",
            remedy=f"Give a whole number from 0 to {LARGEST_SEED:,}.",
        )


def _asked(
    as_of: date, audience: str, earlier: Sequence[str], seed: int
) -> tuple[tuple[str, str], ...]:
    """What was asked, by which a vintage is named: nothing of what was left out."""
    said = {
        "as_of": as_of.isoformat(),
        "seed": str(seed),
        "audience": audience,
        "earlier": " ".join(earlier),
    }
    return tuple((name, value) for name, value in said.items() if value)


def _vintage(
    folder: Folder, ingested: Ingested, made: Figures, asked: tuple[tuple[str, str], ...]
) -> Vintage:
    return Vintage(
        inputs=ingested.fingerprints,
        definitions=tuple(folder.partnership.files.items()),
        arguments=asked,
        software=software(outturn.__version__),
        found=made.found,
        counts=made.counts,
        superseded=made.superseded,
        values=made.values,
        verdicts=made.verdicts,
        benchmarks=made.benchmarks,
        findings=made.findings,
        rejected=ingested.rejected,
    )


def _described(vintage: Vintage, label: str, replaces: str, because: str) -> Vintage:
    built_at = datetime.now(UTC).isoformat(timespec="microseconds")
    return replace(vintage, label=label, replaces=replaces, because=because, built_at=built_at)


def _not_taken(store: Path, vintage: Vintage) -> tuple[str, ...]:
    """The options whose words are not those that the vintage was kept with."""
    kept = open_(store, vintage.name).manifest
    asked = {
        "--label": (vintage.label, kept.label),
        "--replaces": (vintage.replaces, kept.replaces),
        "--because": (vintage.because, kept.because),
    }
    return tuple(option for option, (said, stands) in asked.items() if said and said != stands)


def _same_inputs(kept: tuple[Any, ...], ingested: Ingested) -> None:
    now = {one.name: one.sha256 for one in ingested.fingerprints}
    changed = [one.name for one in kept if now.get(one.name) != one.sha256]
    if changed:
        raise VintageMistake(
            where=", ".join(changed),
            problem="The data are not those that the vintage was made from.",
            remedy="Bring back the files of that day from version control, then try again.",
        )


def _why_another_seal(then: str, now: str) -> str:
    if then != now:
        return f"It was made by {then}; this is {now}. Install that version."
    return "The same software should give the same seal: please report this."


def _standing(verdicts: Frame, calendar: Calendar, as_of: date) -> pl.DataFrame:
    """The status of each line of the scorecard, a few measures at a time."""
    parts = [verdicts] if isinstance(verdicts, pl.DataFrame) else verdicts.parts(ROWS_AT_ONCE)
    found = [standing(part.lazy(), calendar, as_of).select("status_year_end") for part in parts]
    return pl.concat(found) if found else pl.DataFrame(schema={"status_year_end": pl.String})


def _statuses(verdicts: pl.DataFrame) -> dict[str, int]:
    """How many rows of the scorecard have each status, the most first, then the better status."""
    counted = dict(verdicts.group_by("status_year_end").len().iter_rows())
    order = [str(status) for status in Status if str(status) in counted]
    return {status: counted[status] for status in sorted(order, key=lambda one: -counted[one])}
