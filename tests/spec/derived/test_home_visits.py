"""Weeks of care at home, added up from single visits."""

from __future__ import annotations


def test_visits_of_a_week_are_added_up_by_person_and_provider(derived):
    """A week goes from Monday to Sunday. The minutes are taken as they are: 601 of them are more than
    ten hours, and 600 are not, whichever providers they are of."""
    visits = {
        "home_care_visits": """
            | visit | person | visit_on   | actual_minutes | outcome   | provider | born_on    |
            | a1    | Ann    | 2026-03-02 | 199            | delivered | Elms     | 1940-01-01 |
            | a2    | Ann    | 2026-03-08 | 199            | delivered | Oaks     |            |
            | a3    | Ann    | 2026-03-08 | 202            | delivered | Yews     |            |
            | a4    | Ann    | 2026-03-09 | 45             | delivered | Elms     | 1940-01-01 |
            | b1    | Bob    | 2026-03-04 | 300            | delivered | Elms     |            |
            | b2    | Bob    | 2026-03-05 | 301            | delivered | Elms     |            |
        """
    }
    derived(
        visits,
        "home_care",
        """
            | person | week       | hours              | visits | provider | born_on    | row |
            | Ann    | 2026-03-02 | 3.316666666666667  | 1      | Elms     | 1940-01-01 | 1   |
            | Ann    | 2026-03-02 | 3.316666666666667  | 1      | Oaks     |            | 2   |
            | Ann    | 2026-03-02 | 3.3666666666666667 | 1      | Yews     |            | 3   |
            | Ann    | 2026-03-09 | 0.75               | 1      | Elms     | 1940-01-01 | 4   |
            | Bob    | 2026-03-02 | 10.016666666666667 | 2      | Elms     |            | 5   |
        """,
    )
    derived(
        visits,
        "home_care_weeks",
        """
            | person | week       | hundredths | visits | intensive | age_group | row |
            | Ann    | 2026-03-02 | 1000       | 3      | no        | 85plus    | 1   |
            | Ann    | 2026-03-09 | 75         | 1      | no        | 85plus    | 4   |
            | Bob    | 2026-03-02 | 1002       | 2      | yes       |           | 5   |
        """,
    )


def test_a_night_over_midnight_of_sunday_is_of_the_week_in_which_it_begins(derived):
    """With its whole time. An end before its start is of the next day."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | actual_start | actual_end | outcome   |
                | a1    | Ann    | 2026-03-08 | 22:00        | 07:00      | delivered |
                | a2    | Ann    | 2026-03-09 | 00:00        | 01:30      | delivered |
                | b1    | Bob    | 2026-03-09 | 23:30        | 00:00      | delivered |
            """
        },
        "home_care",
        """
            | person | week       | hours | visits |
            | Ann    | 2026-03-02 | 9.0   | 1      |
            | Bob    | 2026-03-09 | 0.5   | 1      |
        """,
        kept_out="""
            | person | week       | row | kept_out                                                        |
            | Ann    | 2026-03-09 | 2   | its whole time is told by other visits as well, and counts once |
        """,
    )


def test_the_actual_time_counts_and_the_planned_one_where_no_actual_time_is_told(derived):
    """Minutes come before a start and an end, and of these both are needed. A visit of which no time
    is told is a visit, without hours."""
    visits = {
        "home_care_visits": """
            | visit | person | visit_on   | planned_start | planned_end | planned_minutes | actual_start | actual_end | actual_minutes | outcome   |
            | a1    | Ann    | 2026-03-02 | 08:00         | 08:30       |                 | 08:05        | 08:50      |                | delivered |
            | b1    | Bob    | 2026-03-02 | 08:00         | 08:30       |                 | 08:05        |            |                | delivered |
            | c1    | Cat    | 2026-03-02 | 08:00         | 08:30       | 60              | 08:05        | 08:50      | 15             | delivered |
            | d1    | Dan    | 2026-03-02 | 08:00         | 08:30       | 60              |              |            |                | delivered |
            | e1    | Eve    | 2026-03-02 |               |             |                 | 08:05        |            |                | delivered |
        """
    }
    for parameters, ann, bob, cat, dan in (
        ({}, "0.75", "0.5", "0.25", "1.0"),
        ({"planned_counts": False}, "0.75", "", "0.25", ""),
        ({"actual_counts": False}, "0.5", "0.5", "1.0", "1.0"),
        ({"actual_counts": False, "planned_counts": False}, "", "", "", ""),
    ):
        derived(
            visits,
            "home_care",
            f"""
                | person | hours | visits |
                | Ann    | {ann} | 1      |
                | Bob    | {bob} | 1      |
                | Cat    | {cat} | 1      |
                | Dan    | {dan} | 1      |
                | Eve    |       | 1      |
            """,
            parameters=parameters,
        )
    derived(
        visits,
        "home_care_weeks",
        """
            | person | hundredths | visits | intensive |
            | Ann    | 75         | 1      | no        |
            | Bob    | 50         | 1      | no        |
            | Cat    | 25         | 1      | no        |
            | Dan    | 100        | 1      | no        |
            | Eve    | 0          | 1      | no        |
        """,
    )


def test_a_time_may_stand_behind_its_day_and_have_seconds(derived):
    """Of two that have a day before them, these tell on which day the visit ended, with zeros before
    their numbers or without. A day without a time is its midnight where the end has a time; where
    nothing but days is told, nobody knows when the visit began."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | actual_start        | actual_end          | actual_minutes | outcome   |
                | a1    | Ann    | 2026-03-02 | 2026-03-02T08:00:00 | 2026-03-02T08:30:36 |                | delivered |
                | b1    | Bob    | 2026-03-02 | 02/03/2026 8:00     | 02/03/2026 10:15    |                | delivered |
                | c1    | Cat    | 2026-03-02 | 2026-03-02          | 2026-03-02T00:45:00 |                | delivered |
                | d1    | Dan    | 2026-03-02 | 02/03/2026 08:00    | 2/3/2026 08:30      |                | delivered |
                | e1    | Eve    | 2026-03-02 | 02/03/2026 23:00    | 3/3/2026 23:30      |                | delivered |
                | f1    | Fay    | 2026-03-02 | Monday 23:00        | Monday 07:00        |                | delivered |
                | g1    | Guy    | 2026-03-02 | 2026-03-02          |                     | 30             | delivered |
                | g2    | Guy    | 2026-03-02 | 2026-03-02          | 2026-03-02          | 30             | delivered |
                | g3    | Guy    | 2026-03-02 | 2026-03-02          |                     | 30             | delivered |
                | h1    | Hal    | 2026-03-02 | 26-03-02 23:00      | 26-03-03 07:00      |                | delivered |
            """
        },
        "home_care",
        """
            | person | hours |
            | Ann    | 0.51  |
            | Bob    | 2.25  |
            | Cat    | 0.75  |
            | Dan    | 0.5   |
            | Fay    | 8.0   |
            | Guy    | 1.5   |
            | Hal    | 8.0   |
        """,
        kept_out="""
            | person | row | kept_out                                                                      |
            | Eve    | 5   | longer than 960 minutes: perhaps an end that was not recorded, or a wrong one |
        """,
    )


def test_two_carers_count_twice_and_are_one_visit(derived):
    """Told by their number, or by a row for each; where each has a row, the number is not taken as
    well. A method may count the time of the person alone."""
    visits = {
        "home_care_visits": """
            | visit | carer | person | visit_on   | actual_start | actual_end | carers | outcome   |
            | a1    |       | Ann    | 2026-03-02 | 08:00        | 08:30      | 2      | delivered |
            | b1    | x     | Bob    | 2026-03-02 | 08:00        | 08:30      | 2      | delivered |
            | b1    | y     | Bob    | 2026-03-02 | 08:00        | 08:45      | 2      | delivered |
            | c1    |       | Cat    | 2026-03-02 | 08:00        | 08:30      | 0      | delivered |
        """
    }
    derived(
        visits,
        "home_care",
        """
            | person | hours | visits |
            | Ann    | 1.0   | 1      |
            | Bob    | 1.25  | 1      |
            | Cat    | 0.5   | 1      |
        """,
    )
    derived(
        visits,
        "home_care",
        """
            | person | hours | visits |
            | Ann    | 0.5   | 1      |
            | Bob    | 0.75  | 1      |
            | Cat    | 0.5   | 1      |
        """,
        parameters={"each_carer_counts": False},
        kept_out="""
            | person | row | kept_out                                                        |
            | Bob    | 2   | its whole time is told by other visits as well, and counts once |
        """,
    )


def test_of_visits_that_begin_together_that_of_most_carers_comes_first(derived):
    """And then the longest: so the time of the second carer is not lost."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | actual_start | actual_end | carers | outcome   |
                | a1    | Ann    | 2026-03-02 | 08:00        | 08:45      |        | delivered |
                | a2    | Ann    | 2026-03-02 | 08:00        | 08:30      | 2      | delivered |
            """
        },
        "home_care",
        """
            | person | hours | visits |
            | Ann    | 1.25  | 2      |
        """,
    )


def test_time_that_is_told_twice_counts_once(derived):
    """The later of two visits counts from where the earlier ends. Only those of one provider and
    carer are compared, and of those that count: what was cancelled takes no time from others."""
    derived(
        {
            "home_care_visits": """
                | visit | carer | person | visit_on   | actual_start | actual_end | actual_minutes | outcome   | provider |
                | a1    |       | Ann    | 2026-03-02 | 08:00        | 08:30      |                | delivered | Elms     |
                | a2    |       | Ann    | 2026-03-02 | 08:00        | 08:30      |                | delivered | Elms     |
                | a3    |       | Ann    | 2026-03-02 | 08:15        | 09:00      |                | delivered | Elms     |
                | a4    |       | Ann    | 2026-03-02 | 09:00        | 09:30      |                | delivered | Elms     |
                | a5    |       | Ann    | 2026-03-02 | 08:00        | 08:30      |                | delivered | Oaks     |
                | a6    |       | Ann    | 2026-03-02 |              |            | 30             | delivered | Oaks     |
                | b1    |       | Bob    | 2026-03-02 | 08:00        | 09:00      |                | cancelled |          |
                | b2    | x     | Bob    | 2026-03-02 | 08:00        | 09:00      |                | delivered |          |
                | b3    | y     | Bob    | 2026-03-02 | 08:30        | 09:00      |                | delivered |          |
                | b4    | y     | Bob    | 2026-03-02 | 08:00        | 09:00      |                | delivered |          |
            """
        },
        "home_care",
        """
            | person | hours | visits | provider | row |
            | Ann    | 1.5   | 3      | Elms     | 1   |
            | Ann    | 1.0   | 2      | Oaks     | 5   |
            | Bob    | 2.0   | 2      |          | 8   |
        """,
        kept_out="""
            | person | row | kept_out                                                        |
            | Ann    | 2   | its whole time is told by other visits as well, and counts once |
            | Bob    | 7   | the outcome is one that the method does not count: cancelled    |
            | Bob    | 9   | its whole time is told by other visits as well, and counts once |
        """,
    )


def test_only_the_outcomes_that_the_method_names_count(derived):
    """The others are told with their outcome, in the tables that are made of weeks as well."""
    visits = {
        "home_care_visits": """
            | visit | person | visit_on   | planned_minutes | outcome   |
            | a1    | Ann    | 2026-03-02 | 30              | delivered |
            | a2    | Ann    | 2026-03-03 | 30              | missed    |
            | a3    | Ann    | 2026-03-04 | 30              | no access |
            | b1    | Bob    | 2026-03-02 | 30              | cancelled |
            | c1    | Cat    | 2026-03-02 | 30              |           |
            | d1    | Dan    | 2026-03-02 | 30              | planned   |
        """
    }
    out = """
        | person | week       | row | kept_out                                                     |
        | Ann    | 2026-03-02 | 2   | the outcome is one that the method does not count: missed    |
        | Ann    | 2026-03-02 | 3   | the outcome is one that the method does not count: no access |
        | Bob    | 2026-03-02 | 4   | the outcome is one that the method does not count: cancelled |
        | Cat    | 2026-03-02 | 5   | the records do not tell what became of the visit             |
        | Dan    | 2026-03-02 | 6   | the outcome is one that the method does not count: planned   |
    """
    derived(
        visits,
        "home_care",
        """
            | person | hours | visits |
            | Ann    | 0.5   | 1      |
        """,
        kept_out=out,
    )
    derived(
        visits,
        "home_care_weeks",
        """
            | person | hundredths | visits |
            | Ann    | 50         | 1      |
        """,
        kept_out=out,
    )
    derived(
        visits,
        "home_care",
        """
            | person | hours | visits |
            | Ann    | 1.0   | 2      |
            | Dan    | 0.5   | 1      |
        """,
        parameters={"outcomes_counted": ["delivered", "no access", "planned"]},
    )


def test_a_visit_that_is_too_long_is_kept_out(derived):
    """So is one whose end is before its start, where their days or its length tell that it is not of
    the next day."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | actual_start | actual_end | actual_minutes | outcome   |
                | a1    | Ann    | 2026-03-02 | 20:00        | 12:00      |                | delivered |
                | b1    | Bob    | 2026-03-02 | 09:30        | 09:00      |                | delivered |
                | c1    | Cat    | 2026-03-02 |              |            | 961            | delivered |
                | d1    | Dan    | 2026-03-02 | 08:00        | 08:00      |                | delivered |
                | e1    | Eve    | 2026-03-02 | 2/3/26 22:00 | 2/3/26 7:00 |               | delivered |
                | f1    | Fay    | 2026-03-02 | 2/3/26 22:00 | 3/3/26 7:00 |               | delivered |
                | g1    | Guy    | 2026-03-02 | 2/3/26 7:00  | 3/3/26 7:30 |               | delivered |
                | h1    | Hal    | 2026-03-05 | 5/3/26 20:00 | 1/3/26 7:00 |               | delivered |
                | i1    | Ivy    | 2026-03-02 | 2/3/26 22:00 | 5/3/26 7:00 |               | delivered |
                | j1    | Jon    | 2026-03-31 | 31-Mar-26 22:00 | 1-Apr-26 7:00 |         | delivered |
            """
        },
        "home_care",
        """
            | person | hours | visits |
            | Ann    | 16.0  | 1      |
            | Dan    | 0.0   | 1      |
            | Fay    | 9.0   | 1      |
            | Jon    | 9.0   | 1      |
        """,
        kept_out="""
            | person | row | kept_out                                                                         |
            | Bob    | 2   | longer than 960 minutes: perhaps an end that was not recorded, or a wrong one    |
            | Cat    | 3   | longer than 960 minutes: perhaps an end that was not recorded, or a wrong one    |
            | Eve    | 5   | it ends before it begins                                                         |
            | Guy    | 7   | longer than 960 minutes: perhaps an end that was not recorded, or a wrong one    |
            | Hal    | 8   | it ends before it begins                                                         |
            | Ivy    | 9   | longer than 960 minutes: perhaps an end that was not recorded, or a wrong one    |
        """,
    )


def test_minutes_are_rounded_where_the_method_says_so(derived):
    """Each visit by itself, a half upwards."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | actual_minutes | carers | outcome   |
                | a1    | Ann    | 2026-03-02 | 7              |        | delivered |
                | a2    | Ann    | 2026-03-03 | 7.5            | 2      | delivered |
                | b1    | Bob    | 2026-03-03 | 38             |        | delivered |
            """
        },
        "home_care",
        """
            | person | hours | visits |
            | Ann    | 0.5   | 2      |
            | Bob    | 0.75  | 1      |
        """,
        parameters={"rounded_to_minutes": 15},
    )


def test_a_week_that_the_records_hold_in_part_does_not_count(derived):
    """They begin on a Wednesday and end on a Wednesday, where weeks go from Monday to Sunday. In a
    place with few visits nothing can be told of that."""
    visits = {
        "home_care_visits": """
            | visit | place | person | visit_on   | actual_minutes | outcome   | source |
            | a1    |       | Ann    | 2026-03-04 | 30             | delivered | elms   |
            | a2    |       | Ann    | 2026-03-08 | 30             | delivered | elms   |
            | a3    |       | Ann    | 2026-03-09 | 30             | delivered | elms   |
            | a4    |       | Ann    | 2026-03-11 | 30             | delivered | elms   |
            | a5    |       | Ann    | 2026-03-15 | 30             | delivered | elms   |
            | a6    |       | Ann    | 2026-03-16 | 30             | delivered | elms   |
            | a7    |       | Ann    | 2026-03-18 | 30             | delivered | elms   |
            | b1    | South | Bob    | 2026-03-04 | 30             | delivered | oaks   |
            | b2    | South | Bob    | 2026-03-22 | 30             | delivered | oaks   |
            | c1    | South | Cat    | 2026-03-02 | 30             | delivered | yews   |
        """
    }
    derived(
        visits,
        "home_care",
        """
            | place | person | week       | hours |
            | North | Ann    | 2026-03-09 | 1.5   |
            | South | Bob    | 2026-03-02 | 0.5   |
            | South | Bob    | 2026-03-16 | 0.5   |
            | South | Cat    | 2026-03-02 | 0.5   |
        """,
        parameters={"few_visits": 7},
        kept_out="""
            | person | week       | row | kept_out                                                         |
            | Ann    | 2026-03-02 | 1   | before the first whole week of the provider's records of the place |
            | Ann    | 2026-03-02 | 2   | before the first whole week of the provider's records of the place |
            | Ann    | 2026-03-16 | 6   | after the last whole week of the provider's records of the place   |
            | Ann    | 2026-03-16 | 7   | after the last whole week of the provider's records of the place   |
        """,
    )
    derived(
        visits,
        "home_care",
        """
            | person | week       | hours |
            | Ann    | 2026-03-02 | 1.0   |
            | Ann    | 2026-03-09 | 1.5   |
            | Ann    | 2026-03-16 | 1.0   |
            | Bob    | 2026-03-02 | 0.5   |
            | Bob    | 2026-03-16 | 0.5   |
            | Cat    | 2026-03-02 | 0.5   |
        """,
    )


def test_the_days_on_which_a_provider_works_make_its_weeks_whole(derived):
    """Who works from Monday to Friday has whole weeks without a weekend. A first week without its
    Monday is left out: whether that was a holiday, or the extract began on Tuesday, nobody can tell."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | actual_minutes | outcome   | provider | source |
                | a1    | Ann    | 2026-03-02 | 60             | delivered | Elms     | elms   |
                | a2    | Ann    | 2026-03-06 | 60             | delivered | Elms     | elms   |
                | a3    | Ann    | 2026-03-09 | 60             | delivered | Elms     | elms   |
                | a4    | Ann    | 2026-03-13 | 60             | delivered | Elms     | elms   |
                | b1    | Bob    | 2026-03-06 | 60             | delivered | Oaks     | oaks   |
                | b2    | Bob    | 2026-03-09 | 60             | delivered | Oaks     | oaks   |
                | b3    | Bob    | 2026-03-13 | 60             | delivered | Oaks     | oaks   |
                | b4    | Bob    | 2026-03-16 | 60             | delivered | Oaks     | oaks   |
                | b5    | Bob    | 2026-03-20 | 60             | delivered | Oaks     | oaks   |
            """
        },
        "home_care",
        """
            | person | week       | hours |
            | Ann    | 2026-03-02 | 2.0   |
            | Ann    | 2026-03-09 | 2.0   |
            | Bob    | 2026-03-09 | 2.0   |
            | Bob    | 2026-03-16 | 2.0   |
        """,
        parameters={"few_visits": 4},
        kept_out="""
            | person | week       | row | kept_out                                                           |
            | Bob    | 2026-03-02 | 5   | before the first whole week of the provider's records of the place |
        """,
    )


def test_neither_a_rota_of_the_days_ahead_nor_a_mistyped_day_makes_half_a_week_whole(derived):
    """A week is whole only where it has visits on each day on which the weeks next to it have them:
    a single one on a Sunday after records that end on a Wednesday is no Sunday of theirs."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | actual_minutes | outcome   |
                | a0    | Ann    | 2025-03-04 | 60             | delivered |
                | a1    | Ann    | 2026-03-02 | 60             | delivered |
                | a2    | Ann    | 2026-03-03 | 60             | delivered |
                | a3    | Ann    | 2026-03-04 | 60             | delivered |
                | a4    | Ann    | 2026-03-05 | 60             | delivered |
                | a5    | Ann    | 2026-03-07 | 60             | delivered |
                | a6    | Ann    | 2026-03-08 | 60             | delivered |
                | a7    | Ann    | 2026-03-09 | 60             | delivered |
                | a8    | Ann    | 2026-03-11 | 60             | delivered |
                | a9    | Ann    | 2026-03-14 | 60             | planned   |
                | aa    | Ann    | 2026-03-15 | 60             | delivered |
                | b0    | Ann    | 2027-03-10 | 60             | delivered |
            """
        },
        "home_care",
        """
            | person | week       | hours |
            | Ann    | 2026-03-02 | 6.0   |
        """,
        parameters={"few_visits": 5},
        kept_out="""
            | week       | row | kept_out                                                           |
            | 2025-03-03 | 1   | before the first whole week of the provider's records of the place |
            | 2026-03-09 | 8   | after the last whole week of the provider's records of the place   |
            | 2026-03-09 | 9   | after the last whole week of the provider's records of the place   |
            | 2026-03-09 | 10  | the outcome is one that the method does not count: planned         |
            | 2026-03-09 | 11  | after the last whole week of the provider's records of the place   |
            | 2027-03-08 | 12  | after the last whole week of the provider's records of the place   |
        """,
    )


def test_records_of_one_provider_end_by_themselves(derived):
    """Another may send a week more of the same place: the rows of that week say that they are a part of
    what the place had. An extract of all providers ends for all of them at once. A source of few
    visits moves no end."""
    derived(
        {
            "home_care_visits": """
                | visit | place | person | visit_on   | actual_minutes | outcome   | provider | source |
                | a1    |       | Ann    | 2026-03-02 | 60             | delivered | Elms     | elms   |
                | a2    |       | Ann    | 2026-03-08 | 60             | delivered | Elms     | elms   |
                | a3    |       | Ann    | 2026-03-09 | 60             | delivered | Elms     | elms   |
                | a4    |       | Ann    | 2026-03-15 | 60             | delivered | Elms     | elms   |
                | b1    |       | Bob    | 2026-03-02 | 60             | delivered | Oaks     | oaks   |
                | b2    |       | Bob    | 2026-03-08 | 60             | delivered | Oaks     | oaks   |
                | b3    |       | Bob    | 2026-03-09 | 60             | delivered | Oaks     | oaks   |
                | b4    |       | Bob    | 2026-03-15 | 60             | delivered | Oaks     | more   |
                | c1    | South | Cat    | 2026-03-02 | 60             | delivered | Elms     | all    |
                | c2    | South | Cat    | 2026-03-09 | 60             | delivered | Elms     | all    |
                | d1    | South | Dan    | 2026-03-08 | 60             | delivered | Oaks     | all    |
                | d2    | South | Dan    | 2026-03-15 | 60             | delivered | Oaks     | all    |
            """
        },
        "home_care",
        """
            | person | week       | hours | in_part |
            | Ann    | 2026-03-02 | 2.0   |         |
            | Ann    | 2026-03-09 | 2.0   | yes     |
            | Bob    | 2026-03-02 | 2.0   |         |
            | Cat    | 2026-03-02 | 1.0   |         |
            | Cat    | 2026-03-09 | 1.0   |         |
            | Dan    | 2026-03-02 | 1.0   |         |
            | Dan    | 2026-03-09 | 1.0   |         |
        """,
        parameters={"few_visits": 2},
        kept_out="""
            | person | week       | row | kept_out                                                         |
            | Bob    | 2026-03-09 | 7   | after the last whole week of the provider's records of the place |
            | Bob    | 2026-03-09 | 8   | after the last whole week of the provider's records of the place |
        """,
    )


def test_a_week_in_which_a_provider_changes_its_system_is_whole_where_both_have_it_together(
    derived,
):
    """Elms has a new system from Tuesday on, after a last Monday in the old one. Between the two of Oaks
    there is a day: whether nobody works on it, or nobody recorded it, cannot be known. So the rows of
    all in the place say of this week that they are a part, also in the table that is made of them."""
    visits = {
        "home_care_visits": """
            | visit | place | person | visit_on   | actual_minutes | outcome   | provider | source |
            | a1    | East  | Ann    | 2026-02-23 | 60             | delivered | Elms     | elms   |
            | a2    | East  | Ann    | 2026-02-24 | 60             | delivered | Elms     | elms   |
            | a3    | East  | Ann    | 2026-03-02 | 60             | delivered | Elms     | elms   |
            | a4    | East  | Ann    | 2026-03-03 | 60             | delivered | Elms     | elms   |
            | a5    | East  | Ann    | 2026-03-09 | 60             | delivered | Elms     | elms   |
            | a6    | East  | Ann    | 2026-03-10 | 60             | delivered | Elms     | new    |
            | a7    | East  | Ann    | 2026-03-16 | 60             | delivered | Elms     | new    |
            | a8    | East  | Ann    | 2026-03-17 | 60             | delivered | Elms     | new    |
            | a9    | East  | Ann    | 2026-03-23 | 60             | delivered | Elms     | new    |
            | a10   | East  | Ann    | 2026-03-24 | 60             | delivered | Elms     | new    |
            | b1    | West  | Bob    | 2026-02-23 | 60             | delivered | Oaks     | oaks   |
            | b2    | West  | Bob    | 2026-02-25 | 60             | delivered | Oaks     | oaks   |
            | b3    | West  | Bob    | 2026-03-02 | 60             | delivered | Oaks     | oaks   |
            | b4    | West  | Bob    | 2026-03-04 | 60             | delivered | Oaks     | oaks   |
            | b5    | West  | Bob    | 2026-03-09 | 60             | delivered | Oaks     | oaks   |
            | b6    | West  | Bob    | 2026-03-11 | 60             | delivered | Oaks     | later  |
            | b7    | West  | Bob    | 2026-03-16 | 60             | delivered | Oaks     | later  |
            | b8    | West  | Bob    | 2026-03-18 | 60             | delivered | Oaks     | later  |
            | b9    | West  | Bob    | 2026-03-23 | 60             | delivered | Oaks     | later  |
            | b10   | West  | Bob    | 2026-03-25 | 60             | delivered | Oaks     | later  |
            | c1    | West  | Cat    | 2026-03-09 | 60             | delivered | Yews     | yews   |
        """
    }
    derived(
        visits,
        "home_care",
        """
            | person | week       | hours | in_part |
            | Ann    | 2026-02-23 | 2.0   |         |
            | Ann    | 2026-03-02 | 2.0   |         |
            | Ann    | 2026-03-09 | 2.0   |         |
            | Ann    | 2026-03-16 | 2.0   |         |
            | Ann    | 2026-03-23 | 2.0   |         |
            | Bob    | 2026-02-23 | 2.0   |         |
            | Bob    | 2026-03-02 | 2.0   |         |
            | Bob    | 2026-03-09 | 2.0   | yes     |
            | Bob    | 2026-03-16 | 2.0   |         |
            | Bob    | 2026-03-23 | 2.0   |         |
            | Cat    | 2026-03-09 | 1.0   | yes     |
        """,
        parameters={"few_visits": 3},
    )
    derived(
        visits,
        "home_care_weeks",
        """
            | person | week       | hundredths | in_part |
            | Ann    | 2026-02-23 | 200        |         |
            | Ann    | 2026-03-02 | 200        |         |
            | Ann    | 2026-03-09 | 200        |         |
            | Ann    | 2026-03-16 | 200        |         |
            | Ann    | 2026-03-23 | 200        |         |
            | Bob    | 2026-02-23 | 200        |         |
            | Bob    | 2026-03-02 | 200        |         |
            | Bob    | 2026-03-09 | 200        | yes     |
            | Bob    | 2026-03-16 | 200        |         |
            | Bob    | 2026-03-23 | 200        |         |
            | Cat    | 2026-03-09 | 100        | yes     |
        """,
        parameters={"few_visits": 3},
    )
    derived(
        visits,
        "home_care_weeks",
        """
            | person | week       | hundredths | in_part |
            | Ann    | 2026-02-23 | 200        |         |
            | Ann    | 2026-03-02 | 200        |         |
            | Ann    | 2026-03-09 | 200        |         |
            | Ann    | 2026-03-16 | 200        |         |
            | Ann    | 2026-03-23 | 200        |         |
            | Bob    | 2026-02-23 | 200        |         |
            | Bob    | 2026-03-02 | 200        |         |
            | Bob    | 2026-03-09 | 200        |         |
            | Bob    | 2026-03-16 | 200        |         |
            | Bob    | 2026-03-23 | 200        |         |
            | Cat    | 2026-03-09 | 100        |         |
        """,
        parameters={"few_visits": 3, "every_provider_whole": False},
    )


def test_a_visit_that_slips_over_midnight_is_compared_on_the_day_on_which_it_began(derived):
    """By the day that stands before its start, in numbers or with the name of its month, where that is
    the day of the visit or the next to it. Where none stands there, by the clock: an actual start more
    than twelve hours from the planned one is of another day. Its week stays that of its day."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | planned_start    | actual_start     | actual_end       | outcome   |
                | a1    | Ann    | 2026-03-04 | 23:50            | 23:55            | 00:25            | delivered |
                | a2    | Ann    | 2026-03-05 | 23:50            | 00:05            | 00:35            | delivered |
                | b1    | Bob    | 2026-03-04 | 04/03/2026 23:50 | 04/03/2026 23:55 | 05/03/2026 00:30 | delivered |
                | b2    | Bob    | 2026-03-05 | 05/03/2026 23:50 | 6/3/2026 0:00    | 6/3/2026 0:30    | delivered |
                | c1    | Cat    | 2026-03-08 | 23:30            | 00:10            | 00:40            | delivered |
                | c2    | Cat    | 2026-03-09 | 00:30            | 00:20            | 00:50            | delivered |
                | d1    | Dan    | 2026-03-04 | 23:00            | 23:00            | 23:40            | delivered |
                | d2    | Dan    | 2026-03-05 | 00:10            | 23:30            | 00:10            | delivered |
                | e1    | Eve    | 2026-03-04 | 08:00            | 20:00            | 20:30            | delivered |
                | e2    | Eve    | 2026-03-04 |                  | 20:00            | 20:30            | delivered |
                | f1    | Fay    | 2026-03-03 |                  | 20:00            | 20:30            | delivered |
                | f2    | Fay    | 2026-03-04 | 04-Mar-2026 07:00 | 04-Mar-2026 20:00 | 04-Mar-2026 20:30 | delivered |
                | f3    | Fay    | 2026-03-04 | Wed 07:00        | Wed 20:00        | Wed 20:15        | delivered |
            """
        },
        "home_care",
        """
            | person | week       | hours              | visits |
            | Ann    | 2026-03-02 | 1.0                | 2      |
            | Bob    | 2026-03-02 | 1.0833333333333333 | 2      |
            | Cat    | 2026-03-02 | 0.5                | 1      |
            | Cat    | 2026-03-09 | 0.16666666666666666 | 1     |
            | Dan    | 2026-03-02 | 1.1666666666666667 | 2      |
            | Eve    | 2026-03-02 | 0.5                | 1      |
            | Fay    | 2026-03-02 | 1.0                | 2      |
        """,
        kept_out="""
            | person | row | kept_out                                                        |
            | Eve    | 10  | its whole time is told by other visits as well, and counts once |
            | Fay    | 13  | its whole time is told by other visits as well, and counts once |
        """,
    )


def test_a_week_of_more_than_there_can_be_is_kept_out(derived):
    """No more than a week of the table of weeks holds: 336 hours of one provider, and 672 visits. It
    is the whole week that cannot be believed."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | actual_minutes | carers | outcome   | provider |
                | a1    | Ann    | 2026-03-02 | 900            | 9      | delivered |          |
                | a2    | Ann    | 2026-03-03 | 900            | 9      | delivered |          |
                | a3    | Ann    | 2026-03-04 | 900            | 9      | delivered |          |
                | a4    | Ann    | 2026-03-05 | 900            | 9      | missed    |          |
                | a5    | Ann    | 2026-03-05 | 900            | 1      | delivered | Elms     |
                | b1    | Bob    | 2026-03-02 | 900            | 8      | delivered |          |
                | b2    | Bob    | 2026-03-03 | 900            | 8      | delivered |          |
                | b3    | Bob    | 2026-03-04 | 720            | 8      | delivered |          |
            """
        },
        "home_care",
        """
            | person | hours | visits | provider |
            | Ann    | 15.0  | 1      | Elms     |
            | Bob    | 336.0 | 3      |          |
        """,
        kept_out="""
            | person | row | kept_out                                                                          |
            | Ann    | 1   | more than 336 hours or 672 visits of a provider in a week: perhaps a wrong number |
            | Ann    | 2   | more than 336 hours or 672 visits of a provider in a week: perhaps a wrong number |
            | Ann    | 3   | more than 336 hours or 672 visits of a provider in a week: perhaps a wrong number |
            | Ann    | 4   | the outcome is one that the method does not count: missed                         |
        """,
    )


def test_what_visits_tell_of_a_person_is_told_of_the_week(derived):
    """By those that count, and by the first of several texts."""
    derived(
        {
            "home_care_visits": """
                | visit | person | visit_on   | outcome   | client_group | sex    | born_on    |
                | a1    | Ann    | 2026-03-02 | missed    | dementia     |        |            |
                | a2    | Ann    | 2026-03-03 | delivered |              | female | 1951-03-02 |
                | a3    | Ann    | 2026-03-04 | delivered | frailty      |        |            |
                | a4    | Ann    | 2026-03-04 | delivered | mobility     |        |            |
            """
        },
        "home_care_weeks",
        """
            | person | week       | visits | hundredths | client_group | sex    | age | age_group | row |
            | Ann    | 2026-03-02 | 3      | 0          | frailty      | female | 75  | 75-84     | 2   |
        """,
    )
