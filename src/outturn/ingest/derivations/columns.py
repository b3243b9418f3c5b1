"""Which columns each derivation reads, and what of its table hangs on each.

A column that a record may leave empty may be lacking in an extract as a whole. Then what is made of
it is not known: rows that would not be there or would be others (ROWS), or the cells of some
columns. `commands.unfilled` asks here which figures that costs.

For each derivation stands a mapping for each table that its method reads, in their order. What must
be filled in every record is always there, and is not named. Nor are columns without which the rule
of the method still holds: those of a release or a system that not everybody has, and codes in whose
place the method takes our words. WITHOUT says which, and why. Where several columns tell the same,
so that one is enough, they are named together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from outturn.ingest.derivations.model import Method

ROWS = "*"  # which rows there are, or what stands in most of their columns
Columns = Mapping[str | tuple[str, ...], tuple[str, ...]]


def itself(*names: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """Columns that are handed on as they are."""
    return {name: (name,) for name in names}


def rows(*names: str | tuple[str, ...]) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """Columns on which rows hang."""
    return dict.fromkeys(names, (ROWS,))


_AGE = ("age", "age_group")
_AGES = ("age", "age_group", "age_true", "left_out")  # who is too young is left out
_AGED: Columns = {"born_on": _AGE, **itself("sex")}
_OF_PERSON: Columns = {"born_on": _AGES, **itself("gender")}
_CARED_FOR = ("adult_1_person_id", "adult_2_person_id", "adult_3_person_id")
_SEQUEL = ("person_id", "sequel", "sequel_from", "independent", "step", "left_out")
_OF_STAY: Columns = {**rows("discharged_on"), **_AGED, **itself("hospital", "out_of_area")}
_OF_DELAY: Columns = {
    **rows("discharged_on", "reason", "secondary_reason", ("age_when_ready", "born_on")),
    **itself("kind"),
}  # fmt: skip
_OF_TOLD_DELAY: Columns = itself("reason", "reason_group", "kind")
# Requests are told apart by their route, and what a carer or client was given by its outcome.
_OF_WAIT: tuple[Columns, ...] = (
    rows("outcome", "assessment_type", "route_of_access"),
    {**rows("born_on"), **itself("gender")},
)
_TIMES = (
    ("actual_minutes", "actual_start", "planned_minutes", "planned_start"),
    ("actual_minutes", "actual_end", "planned_minutes", "planned_end"),
)
_PARTS = ("referral to assessment", "assessment to completion", "completion to service",
          "referral to service")  # fmt: skip


def of_part(*numbers: int) -> tuple[str, ...]:
    """The rows of which the column `part` says one of these parts of the way."""
    return tuple(f"part={_PARTS[number]}" for number in numbers)


READ: dict[str, tuple[Columns, ...]] = {
    "assessment waits": (
        {
            "assessment_began_on": of_part(0, 1),
            "assessment_completed_on": of_part(1, 2),
            "first_service_on": of_part(2, 3),
            "priority": ("priority", "in_time"),
            **itself("client_group"),
            **_AGED,
        },
    ),
    "balance of care": (
        rows("age_group"),
        rows("born_on", "discharged_on"),
        {**rows("born_on"), "left_on": ("care_home", "unsupported", "intensive_needs")},
        {**rows("age_group"), "intensive": ("intensive_at_home", "intensive_needs")},
        {},
    ),
    "care home admissions still there": ({}, _OF_PERSON),
    "care home admissions": ({}, {**_OF_PERSON, "born_on": (*_AGES, "new")}),
    "carer support years": (
        {**rows("outcome"), "delivery_mechanism": ("kind", "left_out")},
        _OF_PERSON,
    ),
    "cld events": (
        {
            **rows("date_of_death", "client_type", "event_type", "event_start_date"),
            **rows("event_end_date", "service_type", "service_component"),
            "event_outcome": ("outcome", "outcome_rank"),
            **itself("nhs_number", "route_of_access", "assessment_type", "delivery_mechanism"),
            **itself("review_reason"),
        },
    ),
    "cld people": (
        {
            "date_of_birth": ("born_on",),
            "date_of_death": ("died_on",),
            "accommodation_status": ("accommodation_status", "accommodation_from", "settled"),
            **dict.fromkeys(_CARED_FOR, ("has_unpaid_carer",)),
            **itself("gender", "ethnicity", "primary_support_reason", "employment_status"),
            **itself("has_unpaid_carer"),
        },
        {},
    ),
    "continuous stays": (
        {
            **rows("discharged_on", ("destination", "admitted_from")),  # one tells of a transfer
            **itself("destination", "admitted_from"),
            **itself("hospital", "admission_method", "management_type", "discharge_method"),
            **itself("discharge_destination", "treatment_function", "response_minutes"),
            **itself("out_of_area", "fall", "sex", "born_on", "died_on"),
        },
    ),
    "delay bed days": (_OF_DELAY,),
    "delay bed days by reason": ({**_OF_TOLD_DELAY, **rows("reason_group")},),
    "delay census": ({**_OF_DELAY, **itself("setting")},),
    "delays by setting": ({**_OF_TOLD_DELAY, **rows("setting")},),
    "discharges to assess": (
        {**rows("discharged_on", "destination"), **_AGED, **itself("hospital")},
        rows("assessment_began_on", "assessment_completed_on"),
    ),
    "discharges": (
        {
            **_OF_STAY,
            ("destination", "died_on"): ("died", "readmitted"),  # one tells of a death
            **itself("destination", "admitted_from", "response_minutes", "fall"),
        },
    ),
    "equipment waits": ({**rows("delivered_on"), **_AGED},),
    "first response waits": _OF_WAIT,
    "home care from visits": (
        {
            **rows("outcome"),
            **dict.fromkeys(_TIMES, ("hours",)),  # one time is enough; minutes alone are
            **itself("provider", "client_group", "sex", "born_on"),
        },
    ),
    "home care weeks": (
        {
            **rows(("hours", "visits")),
            "hours": ("hundredths", "intensive"),
            **itself("visits", "client_group"),
            **_AGED,
        },
    ),
    "last six months": (_AGED, rows("discharged_on")),
    "long-term support years by latest start": (
        {},
        {"gender": ("gender", "left_out"), "born_on": _AGES, **itself("primary_support_reason")},
        {
            "accommodation_status": ("accommodation_status", "settled"),
            "primary_support_reason": ("learning_disability",),
        },
    ),
    "long-term support years": (
        {},
        {
            **_OF_PERSON,
            "primary_support_reason": ("primary_support_reason", "learning_disability", "left_out"),
            **itself("accommodation_status", "settled"),
        },
    ),
    "mental health bed days": (_OF_STAY,),
    "mental health delay bed days": ({**_OF_TOLD_DELAY, **rows("kind")},),
    "mental health delays at census": ({**_OF_TOLD_DELAY, **rows("kind")},),
    "older discharges": (
        {
            **rows("discharged_on", "born_on"),
            ("destination", "discharge_method"): ("left_out",),
            ("destination", "discharge_destination"): ("left_out",),
            "sex": ("gender",),
        },
        {"nhs_number": ("community_support", "left_out")},
    ),
    "open waits": _OF_WAIT,
    "ratings held": ({**rows("closed_on"), "rating": ("rating", "good"), **itself("beds")},),
    "reablement after discharge": (
        {**rows("discharged_on"), "died_on": ("died", "at_home")},
        rows("nhs_number"),
        itself("gender"),
        {**rows("left_out"), **itself("gender", "community_support")},
    ),
    "reablement outcomes after requests": (
        {**rows("route_of_access"), "outcome": _SEQUEL},
        {"born_on": ("age", "age_band", "age_true", "independent", "left_out"), **itself("gender")},
    ),
    "reablement outcomes": (
        {"outcome": _SEQUEL, "outcome_rank": _SEQUEL},
        {
            "born_on": ("age", "age_band", "age_true"),
            "died_on": _SEQUEL,
            **itself("gender"),
        },
    ),
    "reablement results": (
        {
            **rows("started_on", "ended_on"),
            "outcome": ("outcome", "at_home"),
            "died_on": ("at_home",),
            "hours_before": ("fewer_hours",),
            "hours_after": ("fewer_hours",),
            **itself("from_hospital"),
            **_AGED,
        },
        {"discharged_on": ("at_home",)},
    ),
    "repeat admissions": (
        {**rows("age"), **itself("sex")},
        {"assessment_completed_on": ("assessed",)},
    ),
    "reviews due": (
        {
            **rows("review_due_on"),
            "reviewed_on": ("reviewed_on", "in_time"),
            **itself("client_group"),
            **_AGED,
        },
    ),
    "self-directed support": (
        {"delivery_mechanism": ("mechanism", "setting", "setting_rank", "left_out")},
        _OF_PERSON,
    ),
    "stay bed days": (_OF_STAY,),
    "winter deaths": ({},),
}  # fmt: skip

# Columns that a derivation reads and can do without, by table, and why.
WITHOUT: dict[str, dict[str, str]] = {
    "cld": {
        "conversation": "Release 1 alone has it, of councils that work by conversations.",
        "imported_on": "Whoever keeps one running extract has no such day.",
        "nhs_number": "Without it a person is known by the council's own identifier.",
    },
    "hospital_stays": {
        "admission_method": "Without the code the kind of admission tells.",
        "management_type": "Without the code the kind of admission tells.",
        "treatment_function": "A missing specialty leaves nothing out, as the method says.",
    },
    "home_care": {
        "in_part": "Without it every week is taken for whole, as a source of weeks tells it.",
    },
    "home_care_visits": {
        "carer": "Without it a row is of a whole visit.",
        "carers": "Without it a visit is of one carer, or each carer has a row.",
    },
    "hospital_episodes": {
        "continuous_stay": "Without markers the days between episodes tell.",
        "spell": "Without markers the days between episodes tell.",
        "number": "Without it the dates tell the order.",
    },
}


@dataclass(frozen=True, slots=True)
class Read:
    """A column, or several that tell the same, and what of the derived table hangs on it."""

    columns: tuple[str, ...]
    made: tuple[str, ...]


def read_by(method: Method) -> Iterator[tuple[str, Read]]:
    """The columns that a method reads, each with its table; its parameters may ask for fewer."""
    for table, columns in zip(method.reads, READ[method.derivation], strict=True):
        for names, made in columns.items():
            listed = (names,) if isinstance(names, str) else names
            listed = tuple(one for one in listed if _is_counted(method, one))
            if listed and (asked := _asked(method, listed, made)):
                yield table, Read(listed, asked)


def _is_counted(method: Method, column: str) -> bool:
    """Whether a method counts the kind of time, actual or planned, that a column is of."""
    kind = column.split("_")[0]
    return bool(method.parameters.get(f"{kind}_counts", True))


def _asked(method: Method, columns: tuple[str, ...], made: tuple[str, ...]) -> tuple[str, ...]:
    known = method.parameters
    if method.derivation == "cld events" and columns == ("event_outcome",):
        # A text that no list has takes the whole record out, where the method asks for that.
        return (ROWS,) if "outcome" in known["known_values_only"] else made
    if method.derivation in ("delay bed days", "delay census"):
        if columns == ("secondary_reason",) and known["complex"] == known["without_codes"]:
            return ()  # no primary code asks for it
        if columns[0].endswith("reason") and not (
            known["left_out_groups"] or known.get("left_out_codes")
        ):
            return ("reason", "reason_group")  # nobody is left out by it
    return made
