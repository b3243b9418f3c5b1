"""Truths of the library's measures from client level data (England), under their own names."""

from __future__ import annotations

import numpy as np

from outturn.simulation.breakdowns import ADULTS, GENDERS, SEXES, each, genders
from outturn.simulation.care import Care
from outturn.simulation.cld import SETTLED, Details
from outturn.simulation.days import NEVER, as_number
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.hospital import Stays
from outturn.simulation.known_care import (
    OLDER,
    Discharged,
    age_by_days,
    after_reablement,
    discharged_into_reablement,
    first_followed,
    long_term_users,
    newly_in_care,
    older_discharges,
    recorded_users,
    settings_on,
    supported_carers,
    who_waits,
)
from outturn.simulation.living import ADULT, Living
from outturn.simulation.living import OLDER as FROM_65
from outturn.simulation.people import People
from outturn.simulation.reablement import ALONE, UNTOLD
from outturn.simulation.truth import MONTHLY, QUARTERLY, YEARLY, By, Part, Truths
from outturn.terms.period import Period
