"""The rating that each location held at the end of each month."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations.left_out import CLOSED, FEW_LOCATIONS
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.months import months


def held(database: Dialect, asked: Asked) -> Plan:
    """`ratings_held`: one row for each location and month end from its first rating on.

    A rating is held from the day it is given until the next. A location whose last row says
    'not yet rated' is there without a rating. From the day on which a location closed it is not
    there. Months before the first in which most of the locations of a place are there have no row:
    an extract of the ratings of today holds of earlier months only who was rated first.
    """
    row = database.quote("row")
    ordered = Sql(
        f"""select r.*, lead(r.rated_on) over (partition by r.place, r.location
            order by r.rated_on, r.source, r.{row}) as next_on,
            max(r.closed_on) over (partition by r.place, r.location) as gone_on
            from provider_ratings r"""
    )
    good = ", ".join("?" for _ in asked.words("good"))
    held = Sql(
        f"""select o.place, m.last as month_end, o.provider, o.location, o.kind, o.rating,
            case when o.rating in ({good}) then true else false end as good, o.beds,
            o.rated_on, o.source, o.{row}
            from ordered_ratings o join outturn_months m on o.rated_on <= m.last
            and (o.next_on is null or o.next_on > m.last) where m.last <= ?
            and (o.gone_on is null or o.gone_on > m.last)""",
        (*asked.words("good"), asked.as_of),
    )
    same = f"provider, location, kind, rating, beds, rated_on, source, {row}"
    out = Sql(
        f"""select o.place, m.last as month_end, {same}, ? as kept_out
            from ordered_ratings o join outturn_months m on o.rated_on <= m.last
            and (o.next_on is null or o.next_on > m.last) where m.last <= ?
            and o.gone_on <= m.last
            union all select h.place, h.month_end, {same}, ? as kept_out
            from ratings_at_month_ends h join ratings_whole w on w.place = h.place
            and w.whole_from > h.month_end""",
        (CLOSED, asked.as_of, FEW_LOCATIONS),
    )
    tables = {"outturn_months": months(asked.as_of)}
    numbers = Sql(
        """select n.*, max(n.locations) over (partition by n.place) as most from (
            select place, month_end, count(*) as locations from ratings_at_month_ends
            group by place, month_end) n"""
    )
    few, share = asked.number("few_locations"), asked.number("share_of_locations")
    whole = Sql(
        f"""select place, min(month_end) as whole_from from ratings_in_number
            where most < {few} or locations * 100 >= most * {share} group by place"""
    )
    last = Sql(
        """select h.* from ratings_at_month_ends h
            join ratings_whole w on w.place = h.place and w.whole_from <= h.month_end"""
    )
    steps = (
        Step("ordered_ratings", ordered, kept=True),
        Step("ratings_at_month_ends", held, kept=True),
        Step("ratings_in_number", numbers),
        Step("ratings_whole", whole),
    )
    return Plan(steps, last, tables, kept_out=out)
