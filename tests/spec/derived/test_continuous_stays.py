"""Continuous stays in hospital, joined from episodes."""

from __future__ import annotations

from datetime import date


def test_episodes_of_one_marker_are_one_stay_whatever_their_dates(derived):
    """It has its admission from the first and its discharge from the last. The marker tells the
    stays of one person in beds of one kind apart, and says nothing of anybody else."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | continuous_stay | kind          | admission | hospital | admitted_on | discharged_on | destination    | treatment_function |
                | Ann    | a1      | 1               | acute         | emergency | Royal    | 2026-01-01  | 2026-01-04    | other hospital | 300                |
                | Ann    | a2      | 1               | acute         | transfer  | General  | 2026-01-04  | 2026-01-09    | other          | 430                |
                | Ann    | a3      | 1               | acute         | transfer  | Royal    | 2026-01-20  | 2026-01-22    | home           | 314                |
                | Ann    | a4      | 2               | acute         | emergency | Royal    | 2026-01-22  | 2026-01-23    | home           | 300                |
                | Ann    | a5      | 1               | mental health | emergency | Park     | 2026-03-01  | 2026-03-05    | home           | 710                |
                | Bob    | b1      | 1               | acute         | planned   | Royal    | 2026-01-04  | 2026-01-05    | home           | 100                |
            """
        },
        "hospital_stays",
        """
            | person | stay | kind          | admission | hospital | admitted_on | discharged_on | destination | treatment_function |
            | Ann    | a1   | acute         | emergency | Royal    | 2026-01-01  | 2026-01-22    | home        | 314                |
            | Ann    | a4   | acute         | emergency | Royal    | 2026-01-22  | 2026-01-23    | home        | 300                |
            | Ann    | a5   | mental health | emergency | Park     | 2026-03-01  | 2026-03-05    | home        | 710                |
            | Bob    | b1   | acute         | planned   | Royal    | 2026-01-04  | 2026-01-05    | home        | 100                |
        """,
    )


def test_without_a_marker_an_episode_goes_on_from_one_that_ended_on_the_day_it_begins(derived):
    """Where nothing is told of the way between them. A day later is another stay, unless the
    method says otherwise."""
    episodes = {
        "hospital_episodes": """
            | person | episode | kind  | admission | admitted_on | discharged_on |
            | Ann    | a1      | acute | emergency | 2026-01-01  | 2026-01-04    |
            | Ann    | a2      | acute | emergency | 2026-01-04  | 2026-01-09    |
            | Ann    | a3      | acute | emergency | 2026-01-10  | 2026-01-11    |
            | Ann    | a4      | acute | emergency | 2026-01-13  | 2026-01-14    |
        """
    }
    derived(
        episodes,
        "hospital_stays",
        """
            | person | stay | admitted_on | discharged_on |
            | Ann    | a1   | 2026-01-01  | 2026-01-09    |
            | Ann    | a3   | 2026-01-10  | 2026-01-11    |
            | Ann    | a4   | 2026-01-13  | 2026-01-14    |
        """,
    )
    derived(
        episodes,
        "hospital_stays",
        """
            | person | stay | admitted_on | discharged_on |
            | Ann    | a1   | 2026-01-01  | 2026-01-11    |
            | Ann    | a4   | 2026-01-13  | 2026-01-14    |
        """,
        parameters={"gap_days": 1},
    )


def test_who_went_home_and_comes_back_on_the_same_day_has_another_stay(derived):
    """So has who went to a care home. A destination of another kind tells nothing."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | kind  | admission | admitted_on | discharged_on | destination       |
                | Ann    | a1      | acute | emergency | 2026-01-01  | 2026-01-04    | home              |
                | Ann    | a2      | acute | emergency | 2026-01-04  | 2026-01-09    | home with support |
                | Ann    | a3      | acute | emergency | 2026-01-09  | 2026-01-10    | care home         |
                | Ann    | a4      | acute | emergency | 2026-01-10  | 2026-01-11    |                   |
                | Bob    | b1      | acute | emergency | 2026-01-01  | 2026-01-04    | other             |
                | Bob    | b2      | acute | planned   | 2026-01-04  | 2026-01-06    | home              |
            """
        },
        "hospital_stays",
        """
            | person | stay | admitted_on | discharged_on |
            | Ann    | a1   | 2026-01-01  | 2026-01-04    |
            | Ann    | a2   | 2026-01-04  | 2026-01-09    |
            | Ann    | a3   | 2026-01-09  | 2026-01-10    |
            | Ann    | a4   | 2026-01-10  | 2026-01-11    |
            | Bob    | b1   | 2026-01-01  | 2026-01-06    |
        """,
    )


def test_a_transfer_goes_on_within_two_days_whichever_record_tells_it(derived):
    """The admission, where the person came from, or where the last episode went. A transfer that is
    told at one end counts, even where the other says home."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | kind  | admission | admitted_from  | admitted_on | discharged_on | destination    |
                | Ann    | a1      | acute | emergency | home           | 2026-01-01  | 2026-01-04    |                |
                | Ann    | a2      | acute | transfer  |                | 2026-01-06  | 2026-01-07    |                |
                | Ann    | a3      | acute | transfer  |                | 2026-01-10  | 2026-01-11    |                |
                | Bob    | b1      | acute | emergency | home           | 2026-01-01  | 2026-01-04    | home           |
                | Bob    | b2      | acute | emergency | other hospital | 2026-01-05  | 2026-01-06    |                |
                | Cat    | c1      | acute | emergency | home           | 2026-01-01  | 2026-01-04    | other hospital |
                | Cat    | c2      | acute | emergency | home           | 2026-01-06  | 2026-01-08    | other hospital |
                | Cat    | c3      | acute | emergency | home           | 2026-01-11  | 2026-01-12    | home           |
            """
        },
        "hospital_stays",
        """
            | person | stay | admission | admitted_from | admitted_on | discharged_on |
            | Ann    | a1   | emergency | home          | 2026-01-01  | 2026-01-07    |
            | Ann    | a3   | transfer  |               | 2026-01-10  | 2026-01-11    |
            | Bob    | b1   | emergency | home          | 2026-01-01  | 2026-01-06    |
            | Cat    | c1   | emergency | home          | 2026-01-01  | 2026-01-08    |
            | Cat    | c3   | emergency | home          | 2026-01-11  | 2026-01-12    |
        """,
    )


def test_episodes_that_overlap_or_lie_inside_another_are_one_stay(derived):
    """Whatever is told of the way between them. The last that ends says where the person went, and
    what comes next goes on from its end."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | kind  | admission | admitted_on | discharged_on | destination |
                | Ann    | a1      | acute | planned   | 2026-01-01  | 2026-01-10    |             |
                | Ann    | a2      | acute | emergency | 2026-01-03  | 2026-01-04    | home        |
                | Ann    | a3      | acute | emergency | 2026-01-10  | 2026-01-12    | care home   |
                | Bob    | b1      | acute | planned   | 2026-01-01  | 2026-01-05    | home        |
                | Bob    | b2      | acute | planned   | 2026-01-04  | 2026-01-08    | died        |
            """
        },
        "hospital_stays",
        """
            | person | stay | admission | admitted_on | discharged_on | destination |
            | Ann    | a1   | planned   | 2026-01-01  | 2026-01-12    | care home   |
            | Bob    | b1   | planned   | 2026-01-01  | 2026-01-08    | died        |
        """,
    )


def test_an_episode_that_lasts_leaves_its_stay_without_a_discharge(derived):
    derived(
        {
            "hospital_episodes": """
                | person | episode | continuous_stay | kind  | admission | admitted_on | discharged_on | destination    |
                | Ann    | a1      |                 | acute | emergency | 2026-01-01  | 2026-01-04    | other hospital |
                | Ann    | a2      |                 | acute | transfer  | 2026-01-04  |               |                |
                | Bob    | b1      | 7               | acute | emergency | 2026-01-01  | 2026-01-04    | other hospital |
                | Bob    | b2      | 7               | acute | transfer  | 2026-01-04  |               |                |
                | Cat    | c1      |                 | acute | planned   | 2026-01-01  |               |                |
            """
        },
        "hospital_stays",
        """
            | person | stay | admission | admitted_on | discharged_on | destination |
            | Ann    | a1   | emergency | 2026-01-01  |               |             |
            | Bob    | b1   | emergency | 2026-01-01  |               |             |
            | Cat    | c1   | planned   | 2026-01-01  |               |             |
        """,
    )


def test_an_episode_that_was_never_closed_takes_in_what_follows_unless_the_method_closes_it(
    derived,
):
    """Then it ends where the person's next one begins. Which of the two is right the records do not
    say: a short episode elsewhere may lie inside a long one that truly lasts."""
    episodes = {
        "hospital_episodes": """
            | person | episode | continuous_stay | kind  | admission | admitted_on | discharged_on | destination |
            | Ann    | a1      |                 | acute | emergency | 2026-01-01  |               |             |
            | Ann    | a2      |                 | acute | emergency | 2026-02-01  | 2026-02-03    | home        |
            | Ann    | a3      |                 | acute | emergency | 2026-03-01  | 2026-03-02    | home        |
            | Bob    | b1      | 1               | acute | emergency | 2026-01-01  |               |             |
            | Bob    | b2      | 2               | acute | emergency | 2026-02-01  |               |             |
        """
    }
    derived(
        episodes,
        "hospital_stays",
        """
            | person | stay | admitted_on | discharged_on |
            | Ann    | a1   | 2026-01-01  |               |
            | Bob    | b1   | 2026-01-01  |               |
            | Bob    | b2   | 2026-02-01  |               |
        """,
    )
    derived(
        episodes,
        "hospital_stays",
        """
            | person | stay | admitted_on | discharged_on |
            | Ann    | a1   | 2026-01-01  | 2026-02-03    |
            | Ann    | a3   | 2026-03-01  | 2026-03-02    |
            | Bob    | b1   | 2026-01-01  | 2026-02-01    |
            | Bob    | b2   | 2026-02-01  |               |
        """,
        parameters={"open_ends_at_next": True},
    )


def test_of_several_episodes_of_a_day_the_number_says_which_is_first(derived):
    """Without a number it is the one that ends first; of those that end on one day it is, as in the
    published code, the one with the higher admission code; then the lower identifier."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | number | kind  | admission | hospital | admitted_on | discharged_on |
                | Ann    | a1      | 2      | acute | emergency | Royal    | 2026-01-01  | 2026-01-01    |
                | Ann    | a2      | 1      | acute | planned   | General  | 2026-01-01  | 2026-01-02    |
                | Ann    | a3      |        | acute | emergency | Park     | 2026-01-01  | 2026-01-01    |
                | Bob    | b1      |        | acute | emergency | Royal    | 2026-01-01  |               |
                | Bob    | b2      |        | acute | emergency | General  | 2026-01-01  | 2026-01-03    |
                | Bob    | b3      |        | acute | planned   | Park     | 2026-01-01  | 2026-01-01    |
                | Cat    | c1      |        | acute | other     | Royal    | 2026-01-01  | 2026-01-02    |
                | Cat    | c2      |        | acute | planned   | General  | 2026-01-01  | 2026-01-02    |
                | Cat    | c3      |        | acute | emergency | Park     | 2026-01-01  | 2026-01-02    |
                | Dan    | d2      |        | acute | planned   | Royal    | 2026-01-01  | 2026-01-02    |
                | Dan    | d1      |        | acute | planned   | General  | 2026-01-01  | 2026-01-02    |
            """
        },
        "hospital_stays",
        """
            | person | stay | admission | hospital | admitted_on | discharged_on |
            | Ann    | a2   | planned   | General  | 2026-01-01  | 2026-01-02    |
            | Bob    | b3   | planned   | Park     | 2026-01-01  |               |
            | Cat    | c3   | emergency | Park     | 2026-01-01  | 2026-01-02    |
            | Dan    | d1   | planned   | General  | 2026-01-01  | 2026-01-02    |
        """,
    )


def test_of_several_episodes_that_end_on_a_day_the_last_in_order_says_where_the_person_went(
    derived,
):
    """So that who came and went within a day, and came again, has two stays."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | kind  | admission | admitted_on | discharged_on | destination |
                | Ann    | a1      | acute | emergency | 2026-01-01  | 2026-01-05    | other       |
                | Ann    | a2      | acute | emergency | 2026-01-05  | 2026-01-05    | home        |
                | Ann    | a3      | acute | emergency | 2026-01-05  | 2026-01-07    | care home   |
            """
        },
        "hospital_stays",
        """
            | person | stay | admitted_on | discharged_on | destination |
            | Ann    | a1   | 2026-01-01  | 2026-01-05    | home        |
            | Ann    | a3   | 2026-01-05  | 2026-01-07    | care home   |
        """,
    )


def test_episodes_of_a_provider_spell_belong_together_and_may_go_on_in_another_spell(derived):
    """A spell ends where the person leaves the provider, and a stay where they leave hospital."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | spell | kind  | admission | admitted_on | discharged_on | destination    |
                | Ann    | a1      | S1    | acute | emergency | 2026-01-01  | 2026-01-04    | home           |
                | Ann    | a2      | S1    | acute | emergency | 2026-01-04  | 2026-01-06    | other hospital |
                | Ann    | a3      | T9    | acute | transfer  | 2026-01-07  | 2026-01-12    | home           |
                | Ann    | a4      | T10   | acute | emergency | 2026-01-12  | 2026-01-13    | home           |
            """
        },
        "hospital_stays",
        """
            | person | stay | admission | admitted_on | discharged_on | destination |
            | Ann    | a1   | emergency | 2026-01-01  | 2026-01-12    | home        |
            | Ann    | a4   | emergency | 2026-01-12  | 2026-01-13    | home        |
        """,
    )


def test_an_episode_without_a_marker_joins_the_stay_of_a_marker_and_joins_no_two_of_them(derived):
    derived(
        {
            "hospital_episodes": """
                | person | episode | continuous_stay | kind  | admission | admitted_on | discharged_on |
                | Ann    | a1      |                 | acute | emergency | 2026-01-01  | 2026-01-02    |
                | Ann    | a2      | 1               | acute | transfer  | 2026-01-02  | 2026-01-04    |
                | Ann    | a3      |                 | acute | transfer  | 2026-01-04  | 2026-01-06    |
                | Ann    | a4      | 2               | acute | transfer  | 2026-01-06  | 2026-01-08    |
                | Ann    | a5      |                 | acute | transfer  | 2026-01-08  | 2026-01-09    |
                | Ann    | a6      | 3               | acute | transfer  | 2026-01-09  | 2026-01-10    |
            """
        },
        "hospital_stays",
        """
            | person | stay | admitted_on | discharged_on |
            | Ann    | a1   | 2026-01-01  | 2026-01-06    |
            | Ann    | a4   | 2026-01-06  | 2026-01-09    |
            | Ann    | a6   | 2026-01-09  | 2026-01-10    |
        """,
    )


def test_beds_of_different_kinds_have_stays_of_their_own_unless_the_method_joins_them(derived):
    """A kind that the method does not name is not joined at all: each episode is then a stay."""
    episodes = {
        "hospital_episodes": """
            | person | episode | continuous_stay | kind          | admission | admitted_on | discharged_on | destination    |
            | Ann    | a1      |                 | acute         | emergency | 2026-01-01  | 2026-01-04    | other hospital |
            | Ann    | a2      |                 | mental health | transfer  | 2026-01-04  | 2026-01-06    | other hospital |
            | Ann    | a3      |                 | acute         | transfer  | 2026-01-06  | 2026-01-08    | home           |
            | Bob    | b1      | 5               | mental health | emergency | 2026-01-01  | 2026-01-04    |                |
            | Bob    | b2      | 5               | mental health | emergency | 2026-01-04  | 2026-01-06    | home           |
        """
    }
    derived(
        episodes,
        "hospital_stays",
        """
            | person | stay | kind          | admission | admitted_on | discharged_on |
            | Ann    | a1   | acute         | emergency | 2026-01-01  | 2026-01-08    |
            | Ann    | a2   | mental health | transfer  | 2026-01-04  | 2026-01-06    |
            | Bob    | b1   | mental health | emergency | 2026-01-01  | 2026-01-06    |
        """,
    )
    derived(
        episodes,
        "hospital_stays",
        """
            | person | stay | kind          | admission | admitted_on | discharged_on |
            | Ann    | a1   | acute         | emergency | 2026-01-01  | 2026-01-08    |
            | Bob    | b1   | mental health | emergency | 2026-01-01  | 2026-01-06    |
        """,
        parameters={"joined_with": {"acute": "acute", "mental health": "acute"}},
    )
    derived(
        episodes,
        "hospital_stays",
        """
            | person | stay | kind          | admission | admitted_on | discharged_on |
            | Ann    | a1   | acute         | emergency | 2026-01-01  | 2026-01-08    |
            | Ann    | a2   | mental health | transfer  | 2026-01-04  | 2026-01-06    |
            | Bob    | b1   | mental health | emergency | 2026-01-01  | 2026-01-04    |
            | Bob    | b2   | mental health | emergency | 2026-01-04  | 2026-01-06    |
        """,
        parameters={"joined_with": {"acute": "acute"}},
    )


def test_an_episode_that_ends_before_it_begins_or_never_began_is_in_no_stay(derived):
    """Nor does it join others."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | kind  | admission | admitted_on | discharged_on |
                | Ann    | a1      | acute | emergency | 2026-01-01  | 2026-01-04    |
                | Ann    | a2      | acute | emergency | 2026-01-05  | 2026-01-04    |
                | Ann    | a3      | acute | emergency |             | 2026-01-09    |
                | Ann    | a4      | acute | emergency | 2026-01-05  | 2026-01-05    |
                | Bob    | b1      | acute | emergency |             |               |
            """
        },
        "hospital_stays",
        """
            | person | stay | admitted_on | discharged_on |
            | Ann    | a1   | 2026-01-01  | 2026-01-04    |
            | Ann    | a4   | 2026-01-05  | 2026-01-05    |
        """,
    )


def test_what_the_first_episode_does_not_tell_of_the_person_is_taken_from_the_others(derived):
    """And a fall from any of them; whether the bed was out of the area is told by the first."""
    derived(
        {
            "hospital_episodes": """
                | person | episode | kind  | admission | admitted_on | discharged_on | sex    | born_on    | died_on    | fall | out_of_area |
                | Ann    | a1      | acute | emergency | 2026-01-01  | 2026-01-04    |        | 1950-01-01 |            | no   | no          |
                | Ann    | a2      | acute | emergency | 2026-01-04  | 2026-01-06    | female | 1950-01-02 | 2026-02-01 | yes  | yes         |
                | Bob    | b1      | acute | emergency | 2026-01-01  | 2026-01-04    |        |            |            |      |             |
                | Bob    | b2      | acute | emergency | 2026-01-04  | 2026-01-06    |        |            |            | no   | yes         |
                | Cat    | c1      | acute | emergency | 2026-01-01  | 2026-01-04    | female |            |            |      |             |
            """
        },
        "hospital_stays",
        """
            | person | sex    | born_on    | died_on    | fall | out_of_area |
            | Ann    | female | 1950-01-01 | 2026-02-01 | yes  | no          |
            | Bob    |        |            |            | no   |             |
            | Cat    | female |            |            |      |             |
        """,
    )


def test_a_person_is_one_within_a_place(derived):
    """Two places may number their people alike, and then these are two people."""
    derived(
        {
            "hospital_episodes": """
                | place | person | episode | continuous_stay | kind  | admission | admitted_on | discharged_on |
                | North | 1      | a1      | 1               | acute | emergency | 2026-01-01  | 2026-01-04    |
                | South | 1      | a2      | 1               | acute | emergency | 2026-01-04  | 2026-01-06    |
            """
        },
        "hospital_stays",
        """
            | place | person | stay | admitted_on | discharged_on |
            | North | 1      | a1   | 2026-01-01  | 2026-01-04    |
            | South | 1      | a2   | 2026-01-04  | 2026-01-06    |
        """,
    )


def test_bed_days_and_readmissions_are_those_of_the_stays_that_are_made_of_episodes(derived):
    """The day of a transfer counts once, and a transfer is no readmission."""
    episodes = {
        "hospital_episodes": """
            | person | episode | kind  | admission | admitted_on | discharged_on | destination    |
            | Ann    | a1      | acute | emergency | 2026-01-01  | 2026-01-04    | other hospital |
            | Ann    | a2      | acute | emergency | 2026-01-04  | 2026-01-09    | home           |
            | Ann    | a3      | acute | emergency | 2026-01-20  | 2026-01-22    | home           |
        """
    }
    derived(
        episodes,
        "stay_bed_days",
        """
            | stay | month      | bed_days |
            | a1   | 2026-01-01 | 8        |
            | a3   | 2026-01-01 | 2        |
        """,
    )
    derived(
        episodes,
        "discharges",
        """
            | stay | discharged_on | days | readmitted |
            | a1   | 2026-01-09    | 8    | yes        |
            | a3   | 2026-01-22    | 2    | no         |
        """,
        as_of=date(2026, 5, 5),
    )
