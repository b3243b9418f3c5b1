"""Tables that are made of other tables, each by a named and dated method."""

from outturn.ingest.derivations import (
    admissions,
    at_home,
    between,
    cld,
    cld_people,
    delays,
    discharges,
    home_care,
    ratings,
    reablement,
    reablement_2023_24,
    reviews,
    self_directed,
    settings,
    stays,
    to_assess,
    waits,
    winters,
)
from outturn.ingest.derivations.model import Asked, Derivation, Method, Plan

DERIVATIONS: dict[str, Derivation] = {
    "assessment waits": between.assessments,
    "care home admissions still there": admissions.still_there,
    "care home admissions": admissions.admissions,
    "carer support years": self_directed.carers,
    "cld events": cld.events,
    "cld people": cld_people.people,
    "delay bed days": delays.bed_days,
    "delay census": delays.census,
    "discharges to assess": to_assess.discharges,
    "discharges": stays.discharges,
    "equipment waits": between.equipment,
    "first response waits": waits.first_responses,
    "home care weeks": home_care.weeks,
    "long-term support years by latest start": settings.support_years_by_start,
    "long-term support years": settings.support_years,
    "older discharges": discharges.older,
    "open waits": waits.still_open,
    "ratings held": ratings.held,
    "reablement after discharge": discharges.after,
    "reablement outcomes after requests": reablement_2023_24.outcomes,
    "reablement outcomes": reablement.outcomes,
    "reviews due": reviews.due,
    "reablement results": at_home.reablement,
    "self-directed support": self_directed.users,
    "stay bed days": stays.bed_days,
    "winter deaths": winters.deaths,
}

__all__ = ["DERIVATIONS", "Asked", "Derivation", "Method", "Plan"]
