"""What one file says of another: every reference followed, every mistake told once."""

import json

import pytest

FOLDER = "framework/measures/"
ADMISSIONS = f"{FOLDER}admissions.toml"
SHARE = f"{FOLDER}share.toml"
OUTCOMES = "framework/outcomes.toml"
LEDGER = "targets/2026.toml"
SOURCES = "data/sources.toml"
ACTIONS = "actions.toml"
PACK = "packs/december.toml"
HOSPITAL = "contracts/hospital.json"
COMMENT = "commentary/share/2026_27.md"
CONTRACTS = "contracts/hospital.json"
KINDS = "The column holds {}s, and the condition compares it with something else."
QUOTES = "Put quotes round text, and none round a number or a date."

OUTSIDE = "The measure is a share of 100, and the target lies outside 0 to 100."
CORRECT = "Correct the target, or the kind of the measure."

RESTS = "The target rests on a period that is not before its own."
PAST = "Give a past period, or correct the period of the target."

# file, words of it, what stands in their place, where, problem, remedy
MISTAKES = [
    ("outturn.toml", 'home = "HOME"', 'home = "HOMER"', "outturn.toml, home",
     "There is no place 'HOMER'.", "Did you mean 'HOME'?"),
    ("outturn.toml", 'home = "HOME"', 'home = "ZZZ"', "outturn.toml, home",
     "There is no place 'ZZZ'.", "Add it to places.csv."),
    ("outturn.toml", 'home = "HOME"', 'home = "HOME"\nhierarchy = "helth"',
     "outturn.toml, hierarchy", "There is no hierarchy 'helth'.", "Did you mean 'health'?"),
    ("outturn.toml", '"PEER"]', '"PEAR"]', "outturn.toml, comparator family",
     "There is no place 'PEAR'.", "Did you mean 'PEER'?"),
    ("outturn.toml", 'members = ["HOME", "PEER"]', 'kind = "partnerships"',
     "outturn.toml, comparator family", "There is no kind of place 'partnerships'.",
     "Did you mean 'partnership'?"),
    ("outturn.toml", "mean of members", "published", "outturn.toml, comparator family",
     "The group's figure is the published one, but not of which place.",
     'Add place = "the code whose figure is published", or change the rule.'),
    (ADMISSIONS, '"hospital"', '"hospitel"', f"{ADMISSIONS}, numerator",
     "There is no table 'hospitel'.", "Did you mean 'hospital'?"),
    (ADMISSIONS, '"hospital"', '"zzz"', f"{ADMISSIONS}, numerator",
     "There is no table 'zzz'.", "Write contracts/zzz.json, or correct the name."),
    (ADMISSIONS, 'aim = "lower"', 'aim = "lower"\nsupplied = "hospitel"',
     f"{ADMISSIONS}, supplied", "There is no table 'hospitel'.", "Did you mean 'hospital'?"),
    (SHARE, "reported = true", 'reported = true\nsupplied = "hospital"', f"{SHARE}, supplied",
     "There is no numerator, so it decides nothing.",
     "Leave it out: the figures are not counted here."),
    (ADMISSIONS, '"people"', '"peple"', f"{ADMISSIONS}, numerator",
     "There is no column 'peple'.", "Did you mean 'people'?"),
    (ADMISSIONS, 'column = "age"', 'column = "zzz"', f"{ADMISSIONS}, numerator",
     "There is no column 'zzz'.", "See the contract 'hospital'."),
    (ADMISSIONS, 'column = "sex"', 'column = "sexes"', f"{ADMISSIONS}, breakdown",
     "There is no column 'sexes'.", "Did you mean 'sex'?"),
    (ADMISSIONS, 'sum = "people"', 'sum = "month"', f"{ADMISSIONS}, numerator",
     "The column 'month' does not hold numbers.",
     "Count its rows or its distinct values instead."),
    (ADMISSIONS, 'sum = "people"', 'sum = "people"\non = "age"', f"{ADMISSIONS}, numerator",
     "The column 'age' does not hold dates.",
     "Name a column of dates: a row belongs to a period by its day."),
    (ADMISSIONS, 'sum = "people"', 'open = "people"\nfrom = "month"\nto = "left"',
     f"{ADMISSIONS}, numerator", "There is no column 'left'.", "See the contract 'hospital'."),
    (ADMISSIONS, "at_least = 65", 'at_least = "65"', f"{ADMISSIONS}, numerator, where age",
     KINDS.format("integer"), QUOTES),
    (ADMISSIONS, "at_least = 65", "is = true", f"{ADMISSIONS}, numerator, where age",
     KINDS.format("integer"), QUOTES),
    (ADMISSIONS, '"age", at_least = 65', '"sex", is = 1', f"{ADMISSIONS}, numerator, where sex",
     KINDS.format("string"), QUOTES),
    (ADMISSIONS, '"age", at_least = 65', '"month", above = "2020-04-01"',
     f"{ADMISSIONS}, numerator, where month", KINDS.format("date"), QUOTES),
    (ADMISSIONS, '"age", at_least = 65', '"urgent", is = "yes"',
     f"{ADMISSIONS}, numerator, where urgent", KINDS.format("boolean"), QUOTES),
    (SHARE, "reported = true", 'formula = { ratio = ["admissions", "shares"] }',
     f"{SHARE}, formula", "There is no measure 'shares'.", "Did you mean 'share'?"),
    (SHARE, "reported = true", 'formula = { sum = ["admissions", "share"] }',
     f"{SHARE}, formula", "The formula goes round in a circle: share > share.",
     "Take one of these measures out of the other's formula."),
    (OUTCOMES, 'parent = "home"', 'parent = "hom"', f"{OUTCOMES}, outcome care",
     "There is no outcome 'hom'.", "Did you mean 'home'?"),
    (OUTCOMES, 'parent = "home"', 'parent = "care"', f"{OUTCOMES}, outcome care",
     "The outcome stands above itself.", "Correct its parent."),
    (OUTCOMES, '"Joint Board"', '"Zzz"', f"{OUTCOMES}, outcome home",
     "There is no board 'Zzz'.", "Add it to boards in outturn.toml."),
    (OUTCOMES, '"share"]', '"sharing"]', f"{OUTCOMES}, outcome care",
     "There is no measure 'sharing'.", "Did you mean 'share'?"),
    (OUTCOMES, '"share"]', '"share"]\n[[crosswalk]]\noutcome = "care"\nanswers_to = ["zzz"]',
     f"{OUTCOMES}, crosswalk", "There is no outcome 'zzz'.", "Add it."),
    (OUTCOMES, 'id = "care"', 'id = "home"', f"{OUTCOMES}, outcome home",
     "The id 'home' is given twice.", "Give each its own id."),
    (LEDGER, 'measure = "admissions"', 'measure = "admission"',
     f"{LEDGER}, target admissions-2026", "There is no measure 'admission'.",
     "Did you mean 'admissions'?"),
    (LEDGER, 'measure = "admissions"', 'measure = "zzz"', f"{LEDGER}, target admissions-2026",
     "There is no measure 'zzz'.", "Add framework/measures/zzz.toml, or correct the name."),
    (LEDGER, 'period = "2026/27"', 'period = "2026/27"\nplace = "NORH"',
     f"{LEDGER}, target admissions-2026", "There is no place 'NORH'.", "Did you mean 'NORTH'?"),
    (LEDGER, "at_most = 700", "at_least = 700", f"{LEDGER}, target admissions-2026",
     "The measure's aim is 'lower', but the target is 'at least'.",
     "Turn the target round, or correct the aim of the measure."),
    (LEDGER, "at_most = 700", 'at_most = 700\nbreakdown = "age"\ncategory = "old"',
     f"{LEDGER}, target admissions-2026", "There is no breakdown 'age'.",
     f"Add a [[breakdown]] to {ADMISSIONS}."),
    (LEDGER, "at_most = 700", 'at_most = 700\nbreakdown = "sex"\ncategory = "femal"',
     f"{LEDGER}, target admissions-2026", "There is no category 'femal'.",
     "Did you mean 'female'?"),
    (LEDGER, "at_most = 700",
     'peer_percentile = { percentile = 75, comparator = "famly", period = "2025/26" }',
     f"{LEDGER}, target admissions-2026", "There is no comparator 'famly'.",
     "Did you mean 'family'?"),
    (LEDGER, "at_most = 700", "at_most = 700\nmilestones = [{ by = 2027-04-01, value = 1 }]",
     f"{LEDGER}, target admissions-2026, milestones",
     "A milestone falls outside the period of the target.",
     "Give days from 2026-04-01 to 2027-03-31."),
    (LEDGER, "at_most = 700", 'at_most = 700\nsupersedes = "admissions-2025"',
     f"{LEDGER}, target admissions-2026, supersedes", "There is no target 'admissions-2025'.",
     "Did you mean 'admissions-2026'?"),
    (SOURCES, 'file = "hospital.csv"', 'file = "../hospital.csv"', f"{SOURCES}, source hospital",
     "The file lies outside the folder data.", "Copy it into data."),
    (SOURCES, 'file = "hospital.csv"', 'file = "/elsewhere/hospital.csv"',
     f"{SOURCES}, source hospital", "The file lies outside the folder data.",
     "Copy it into data."),
    (COMMENT, "{target}", "{targt}", COMMENT, "There is no token 'targt'.",
     "Did you mean 'target'?"),
    (COMMENT, "{target}", "{zzz} and {zzz}", COMMENT, "There is no token 'zzz'.",
     "The tokens are {value}, {target}, {change}, {previous}, {forecast}, {status}, "
     "{status_year_end}, {milestone}, {numerator}, {denominator}, {period}, {place}."),
    (ACTIONS, '"share"', '"shar"', f"{ACTIONS}, action weekends",
     "There is no measure 'shar'.", "Did you mean 'share'?"),
    (ACTIONS, "due =", 'place = "ZZZ"\ndue =', f"{ACTIONS}, action weekends",
     "There is no place 'ZZZ'.", "Add it to places.csv."),
    (PACK, '"Plan"', '"Plam"', PACK, "There is no framework 'Plam'.", "Did you mean 'Plan'?"),
    (PACK, '"family"', '"zzz"', PACK, "There is no comparator 'zzz'.",
     "Add it to outturn.toml."),
    (PACK, 'decision = "note"', 'decision = "note"\nplace = "NORHT"', PACK,
     "There is no place 'NORHT'.", "Did you mean 'NORTH'?"),
    (PACK, 'decision = "note"', 'decision = "note"\nmeasures = ["shares"]', PACK,
     "There is no measure 'shares'.", "Did you mean 'share'?"),
    (OUTCOMES, '"share"]', '"share"]\n[[crosswalk]]\noutcome = "care"\nanswers_to = ["care"]',
     f"{OUTCOMES}, crosswalk", "The outcome 'care' is said to answer to itself.",
     "Name outcomes of another framework in answers_to."),
    (LEDGER, "at_most = 700", 'change_percent = { by = 20, from = "2025/26" }',
     f"{LEDGER}, target admissions-2026, change_percent",
     "The measure's aim is 'lower', but the target is a rise.",
     "Turn its sign round. To let the figure get worse, say how far with at_most."),
    (LEDGER, 'measure = "admissions"\n        period = "2026/27"\n        at_most = 700',
     'measure = "share"\n        period = "2026/27"\n'
     '        change_percent = { by = -20, from = "2025/26" }',
     f"{LEDGER}, target admissions-2026, change_percent",
     "The measure's aim is 'higher', but the target is a fall.",
     "Turn its sign round. To let the figure get worse, say how far with at_least."),
    (LEDGER, "at_most = 700", 'change_percent = { by = -100, from = "2025/26" }',
     f"{LEDGER}, target admissions-2026, change_percent",
     "The change takes away all there is, or more.",
     "Write by = -20 for a fifth less, or zero = true for none at all."),
    (LEDGER, 'measure = "admissions"\n        period = "2026/27"\n        at_most = 700',
     'measure = "share"\n        period = "2026/27"\n        at_least = 730',
     f"{LEDGER}, target admissions-2026", OUTSIDE, CORRECT),
    (LEDGER, 'measure = "admissions"\n        period = "2026/27"\n        at_most = 700',
     'measure = "share"\n        period = "2026/27"\n        between = [-1, 90]',
     f"{LEDGER}, target admissions-2026", OUTSIDE, CORRECT),
    (LEDGER, 'measure = "admissions"\n        period = "2026/27"\n        at_most = 700',
     'measure = "share"\n        period = "2026/27"\n        at_least = 73\n'
     "        milestones = [{ by = 2026-09-30, value = 700 }]",
     f"{LEDGER}, target admissions-2026", OUTSIDE, CORRECT),
    (LEDGER, "at_most = 700", 'change_percent = { by = -5, from = "2027/28" }',
     f"{LEDGER}, target admissions-2026, change_percent", RESTS, PAST),
    (LEDGER, "at_most = 700", 'no_worse_than = "2026/27"',
     f"{LEDGER}, target admissions-2026, no_worse_than", RESTS, PAST),
    (LEDGER, "at_most = 700",
     'peer_percentile = { percentile = 25, comparator = "family", period = "2027/28" }',
     f"{LEDGER}, target admissions-2026, peer_percentile", RESTS, PAST),
    (LEDGER, "at_most = 700", 'at_most = 700\nbaseline = { value = 800, period = "2028/29" }',
     f"{LEDGER}, target admissions-2026, baseline",
     "The period of the baseline is not before that of the target.",
     "Give the period from which the target sets out, or correct that of the target."),
    (LEDGER, "at_most = 700",
     'change_percent = { by = -5, from = "2025/26" }\n'
     'baseline = { value = -40, period = "2025/26" }',
     f"{LEDGER}, target admissions-2026, change_percent",
     "The baseline is below zero, and a percentage of it turns the change round.",
     "Say how far with at_least or at_most."),
    (LEDGER, "at_most = 700",
     'change_percent = { by = -5, from = "2025/26" }\n'
     'baseline = { value = 0, period = "2025/26" }',
     f"{LEDGER}, target admissions-2026, change_percent",
     "The baseline is 0, and a percentage of nothing is no change.",
     "Say how much with at_least or at_most."),
    (HOSPITAL, '"period": "month", ', "", f"{ADMISSIONS}, numerator",
     "The table 'hospital' does not say where or when its rows are.",
     "Name the columns for place and period in its contract."),
]  # fmt: skip


def test_the_small_partnership_is_sound(told):
    assert told() == []


@pytest.mark.parametrize(("file", "good", "bad", "where", "problem", "remedy"), MISTAKES)
def test_a_reference_to_nothing_is_told_once(told, file, good, bad, where, problem, remedy):
    assert told(file=file, replace=(good, bad)) == [f"{where}\n  {problem}\n  {remedy}"]


ADDED = [
    (LEDGER, '[[target]]\nid = "two"\nmeasure = "admissions"\nperiod = "2026/27"\nat_most = 1\n'
     'agreed = { by = "x" }', f"{LEDGER}, target two",
     "It overlaps the target admissions-2026: same measure, place and period.",
     'Add supersedes = "admissions-2026", or change the period.'),
    (LEDGER, '[[target]]\nid = "admissions-2026"\nmeasure = "share"\nperiod = "2026/27"\n'
     'at_least = 1\nagreed = { by = "x" }', f"{LEDGER}, target admissions-2026",
     "Another entry of the ledger has this id.",
     "An entry is never edited: give the new one its own id, and supersedes = the old."),
    (LEDGER, '[[override]]\nmeasure = "shares"\nperiod = "2026/27"\nwhich = "now"\n'
     'status = "close"\nbecause = "x"\nrole = "y"\non = 2026-12-01', "targets, override of shares",
     "There is no measure 'shares'.", "Did you mean 'share'?"),
    (LEDGER, '[[known_event]]\nmeasure = "shares"\nfrom = 2026-12-01\nchange_percent = 5\n'
     'because = "x"', f"{LEDGER}, known event of shares",
     "There is no measure 'shares'.", "Did you mean 'share'?"),
    (LEDGER, '[[known_event]]\nmeasure = "admissions"\nfrom = 2016-10-01\nchange_percent = 5\n'
     'because = "x"', f"{LEDGER}, known event of admissions, from",
     "The event begins on 2016-10-01, before the period of any target of the measure, so no "
     "forecast has it ahead.",
     "Correct the day, or take the event out. A level that has moved already is a [[step]] of the "
     "measure."),
    (SOURCES, '[[source]]\nid = "hospital"\nfile = "b.csv"\ncontract = "hospital"',
     f"{SOURCES}, source hospital", "Another source has this id.", "Give each source its own id."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "more", "where", "problem", "remedy"), ADDED)
def test_what_clashes_with_an_earlier_entry_is_told_once(
    told, files, file, more, where, problem, remedy
):
    text = f"{files[file]}\n{more}\n"
    assert told({file: text}) == [f"{where}\n  {problem}\n  {remedy}"]


EVENT = '[[known_event]]\nmeasure = "{}"\nfrom = {}\nchange_percent = 5\nbecause = "x"\n'


@pytest.mark.parametrize(
    ("measure", "since", "more"),
    [
        ("admissions", "2026-04-01", ""),
        ("admissions", "2028-04-01", ""),  # a target of that year may follow
        ("admissions", "2016-10-01", 'place = "NORTH"\n'),  # which has no target
        ("share", "2016-10-01", ""),
    ],
)
def test_an_event_in_or_after_the_year_of_a_target_may_act(told, files, measure, since, more):
    assert told({LEDGER: f"{files[LEDGER]}\n{EVENT.format(measure, since)}{more}"}) == []


@pytest.mark.parametrize(("since", "many"), [("2027-12", 0), ("2028-01", 1), ("2126-09", 1)])
def test_a_step_long_after_the_day_of_the_folder_is_a_mistake(told, files, since, many):
    step = f'{files[ADMISSIONS]}\n[[step]]\nsince = "{since}"\nbecause = "x"\n'
    days = f"as_of = 2026-11-30\n{files['outturn.toml']}"
    found = told({ADMISSIONS: step, "outturn.toml": days})
    assert len(found) == many
    if many:
        assert found[0].startswith(
            f"{ADMISSIONS}, step\n  The step begins on {since}-01, more than a year after the day "
            "of the folder, 2026-11-30."
        )
    assert told({ADMISSIONS: step}) == []  # without a day nothing is known of it


SUPERSEDING = """
[[target]]
id = "two"
measure = "admissions"
period = "2026/27"
at_most = 1
agreed = { by = "x" }
supersedes = "admissions-2026"
"""


def test_an_entry_may_supersede_another_of_the_same_period(told, files):
    assert told({LEDGER: files[LEDGER] + SUPERSEDING}) == []


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ('measure = "admissions"', 'measure = "share"'),
        ('period = "2026/27"', 'period = "2026/27"\nplace = "NORTH"'),
        ('period = "2026/27"', 'period = "2026/27"\nbreakdown = "sex"\ncategory = "male"'),
    ],
)
def test_an_entry_supersedes_only_one_about_the_same_figure(told, files, words, others):
    text = SUPERSEDING.replace(words, others).replace('"share"', '"other"')
    other = files[SHARE].replace('"higher"', '"lower"')
    ledger = {LEDGER: files[LEDGER] + text, f"{FOLDER}other.toml": other}
    assert told(ledger) == [
        f"{LEDGER}, target two, supersedes\n"
        "  The entry 'admissions-2026' is about another measure, place or category.\n"
        "  An entry supersedes one of the same: correct the id, or take supersedes out."
    ]


STATISTICAL = "tolerance = { statistical = true }"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ('roll_up = "last"', "admissions counts how many there are at a moment, which is no count"
         " of events"),
        ('roll_up = "mean"', "admissions counts how many there are at a moment, which is no count"
         " of events"),
        ('methods = "none"', 'admissions has methods = "none"'),
    ],
)  # fmt: skip
def test_a_statistical_tolerance_is_refused_where_no_figure_has_limits(told, files, words, why):
    ledger = files[LEDGER].replace("at_most = 700", f"at_most = 700\n        {STATISTICAL}")
    measure = files[ADMISSIONS].replace('aim = "lower"', f'aim = "lower"\n        {words}')
    assert told({LEDGER: ledger}) == []
    assert told({LEDGER: ledger, ADMISSIONS: measure}) == [
        f"{LEDGER}, target admissions-2026, tolerance\n"
        f"  A statistical tolerance asks the limits of the figure, and {why}.\n"
        "  Give the tolerance in points, percent_of_target or count, or leave it out."
    ]


def test_a_figure_that_is_reported_may_come_with_its_margin_of_error(told, files):
    target = files[LEDGER].replace('measure = "admissions"', 'measure = "share"').replace(
        "at_most = 700", f"at_least = 70\n        {STATISTICAL}"
    )  # fmt: skip
    share = files[SHARE].replace('"proportion"', '"score"')
    assert told({LEDGER: target, SHARE: share}) == []


def test_the_partnership_itself_may_be_named_as_the_place(told, files):
    text = SUPERSEDING.replace('period = "2026/27"', 'period = "2026/27"\nplace = "HOME"')
    assert told({LEDGER: files[LEDGER] + text}) == []


@pytest.mark.parametrize("period", ["2025/26", "2026/27 Q1"])
def test_targets_of_another_period_or_of_another_length_do_not_overlap(told, files, period):
    text = SUPERSEDING.replace("2026/27", period).replace('supersedes = "admissions-2026"', "")
    assert told({LEDGER: files[LEDGER] + text}) == []


def test_a_circle_of_formulas_is_told_for_each_measure_in_it(told, files):
    formula = 'formula = {{ sum = ["{}"] }}'
    changed = {
        SHARE: files[SHARE].replace("reported = true", formula.format("other")),
        f"{FOLDER}other.toml": files[SHARE].replace("reported = true", formula.format("share")),
    }
    assert told(changed) == [
        f"{FOLDER}other.toml, formula\n  The formula goes round in a circle: "
        "other > share > other.\n  Take one of these measures out of the other's formula.",
        f"{SHARE}, formula\n  The formula goes round in a circle: share > other > share.\n"
        "  Take one of these measures out of the other's formula.",
    ]


CODE = '[[code]]\nscheme = "ASCOF"\ncode = "2B"\n'


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("", "", True),
        ('until = "2013/14"', 'since = "2014/15"', False),
        ('until = "2014/15"', 'since = "2014/15"', True),
        ('since = "2014/15"', 'until = "2013/14"', False),
        ('until = "2013/14"', "", True),
    ],
)
def test_one_code_of_a_scheme_means_two_things_only_at_different_times(
    told, files, first, second, clash
):
    one, other = ADMISSIONS, SHARE
    found = told({one: files[one] + CODE + first, other: files[other] + CODE + second})
    message = (
        f"{SHARE}, code\n  The code '2B' of 'ASCOF' also means 'admissions'.\n"
        "  Give each its since and until, so that they do not overlap."
    )
    assert found == ([message] if clash else [])


def totals(files, members):
    contract = json.loads(files[HOSPITAL])
    contract["outturn"]["totals"] = members
    return {HOSPITAL: json.dumps(contract)}


@pytest.mark.parametrize(
    ("condition", "sound"),
    [
        ("", False),
        ('{ column = "group", is = "all ages" }', True),
        ('{ column = "group", is = "75+" }', True),
        ('{ column = "group", one_of = ["75+", "65-74"] }', True),
        ('{ column = "group", one_of = ["18plus"] }', True),
        ('{ column = "group", one_of = ["75+", "18plus"] }', False),
        ('{ column = "group", none_of = ["18plus", "all ages"] }', True),
        ('{ column = "group", none_of = ["18plus"] }', False),
        ('{ column = "group", is_not = "18plus" }', False),
        ('{ column = "sex", is = "18plus" }', False),
        ('{ column = "group", present = true }', False),
    ],
)
def test_a_sum_across_totals_and_their_parts_is_refused(told, files, condition, sound):
    changed = totals(files, {"group": ["18plus", "all ages"]})
    age = '{ column = "age", at_least = 65 }'
    more = f"{age}, {condition}" if condition else age
    changed[ADMISSIONS] = files[ADMISSIONS].replace(age, more)
    message = (
        f"{ADMISSIONS}, numerator\n"
        "  The column 'group' of 'hospital' mixes totals with their parts.\n"
        "  Add a condition on group: pin it to one of '18plus', 'all ages', or leave these out."
    )
    assert told(changed) == ([] if sound else [message])


def test_a_column_with_totals_may_be_a_breakdown_or_have_its_one_total_left_out(told, files):
    assert told(totals(files, {"sex": ["both"]})) == []
    changed = totals(files, {"group": ["18plus"]})
    age = '{ column = "age", at_least = 65 }'
    more = f'{age}, {{ column = "group", is_not = "18plus" }}'
    assert told(changed | {ADMISSIONS: files[ADMISSIONS].replace(age, more)}) == []


@pytest.mark.parametrize("file", [SHARE, ADMISSIONS])
def test_a_measure_file_that_cannot_be_read_does_not_make_every_mention_of_it_a_mistake(told, file):
    found = told({file: "title = ?"})
    assert len(found) == 1
    assert found[0].startswith(f"{file}, line 1, column 9\n  The file is not valid TOML.")


def test_settings_that_cannot_be_read_do_not_make_every_board_and_group_a_mistake(told):
    found = told({"outturn.toml": "name = ?"})
    assert [one.split("\n")[0] for one in found] == ["outturn.toml, line 1, column 8"]


def test_a_list_of_places_that_cannot_be_read_does_not_make_every_place_a_mistake(told):
    found = told({"places.csv": ""})
    assert [one.split("\n")[0] for one in found] == ["places.csv"]


def test_a_contract_that_cannot_be_read_does_not_make_every_use_of_it_a_mistake(told):
    assert told({CONTRACTS: "{"}) == []  # its own mistakes are told where contracts are read


TWICE = """
    [[override]]
    measure = "share"
    period = "2026/27"
    which = "now"
    status = "close"
    because = "B"
    role = "R"
    on = 2026-12-01
"""


def test_two_overrides_of_one_status_are_told(told, files):
    other_place = TWICE.replace('which = "now"', 'which = "now"\n    place = "HOME"')
    assert told({LEDGER: files[LEDGER] + TWICE + other_place}) == [
        "targets, override of share\n"
        "  Two overrides set the status 'now' of HOME in 2026/27.\n"
        "  Keep one of them."
    ]
    apart = TWICE.replace('"now"', '"year end"')
    assert told({LEDGER: files[LEDGER] + TWICE + apart}) == []


def test_two_comments_on_one_figure_are_told(told):
    assert told({"commentary/share/2026-04-01_P1Y.md": "More."}) == [
        f"{COMMENT}\n  Another file comments on 'share' in 2026/27 too.\n  Put both into one file."
    ]


def test_two_milestones_on_one_day_are_told(told, files):
    more = "milestones = [{ by = 2026-09-30, value = 1 }, { by = 2026-09-30, value = 2 }]\n"
    assert told({LEDGER: files[LEDGER] + more}) == [
        f"{LEDGER}, target admissions-2026, milestones\n"
        "  Two milestones are due on 2026-09-30.\n"
        "  Keep one of them."
    ]


DOWN = "milestones = [{ by = 2026-09-30, value = 60 }, { by = 2026-06-30, value = 80 }]\n"


def falls(later: str, less: int, more: int, earlier: str) -> str:
    return (
        f"{LEDGER}, target admissions-2026, milestones\n"
        f"  {later} is {less}, after {more} in {earlier}, and a count that adds up never falls.\n"
        "  Give all that there may be, or must be, since the start of the period. If the count is "
        'not one that adds up, write roll_up = "last" in the file of its measure.'
    )


def test_milestones_of_a_count_that_adds_up_do_not_fall(told, files):
    june, september = "the milestone for 2026-06-30", "The milestone for 2026-09-30"
    assert told({LEDGER: files[LEDGER] + DOWN}) == [falls(september, 60, 80, june)]
    assert told({LEDGER: files[LEDGER] + DOWN.replace("60", "80")}) == []  # nobody more is expected
    high = files[LEDGER] + "milestones = [{ by = 2026-06-30, value = 800 }]\n"
    assert told({LEDGER: high}) == [falls("The target", 700, 800, june)]
    at_the_end = high.replace("2026-06-30", "2027-03-31")
    assert told({LEDGER: at_the_end}) == []  # the target stands there, and the milestone is none


def test_milestones_of_a_stock_or_of_what_may_be_below_zero_may_fall(told, files):
    stock = files[ADMISSIONS].replace('aim = "lower"', 'aim = "lower"\nroll_up = "last"')
    assert stock != files[ADMISSIONS]
    assert told({LEDGER: files[LEDGER] + DOWN, ADMISSIONS: stock}) == []
    own = (files[LEDGER] + DOWN).replace('measure = "admissions"', 'measure = "balance"')
    people = BALANCE.replace('people"', 'beds"').replace(
        'formula = { difference = ["admissions", "beds"] }', "reported = true"
    )
    added = BALANCE.replace("difference", "sum")
    for one, many in ((MONEY, 0), (BALANCE, 0), (added, 1)):
        made = {"framework/measures/balance.toml": one, "framework/measures/people.toml": people}
        assert len(told({LEDGER: own, **made})) == many


CIRCLE = (
    "code,name,kind,parent,parent.health\n"
    "HOME,Northvale,partnership,PEER,\nPEER,Westshire,partnership,,HOME\n"
)


def test_a_circle_through_several_hierarchies_is_told_where_all_are_followed(told, files):
    assert told({"places.csv": CIRCLE}) == [
        f"places.csv, place {code}\n"
        "  In all hierarchies together the place stands above itself.\n"
        '  Correct a parent, or write hierarchy = "NAME" in outturn.toml for one of them.'
        for code in ("HOME", "PEER")
    ]
    one = files["outturn.toml"].replace("boards", 'hierarchy = "main"\n        boards')
    assert told({"places.csv": CIRCLE, "outturn.toml": one}) == []


def test_an_empty_paper_is_told(told):
    assert told({"packs/empty.toml": ""}) == [
        "packs/empty.toml\n  The file is empty.\n  Describe the paper, or delete the file."
    ]


SECTION = '[[section]]\nkind = "{}"\nitems = {}\n'


@pytest.mark.parametrize(
    ("kind", "what", "known", "remedy"),
    [
        ("series", "measure", "share", "Add framework/measures/zzz.toml, or correct the name."),
        (
            "funnel plots",
            "measure",
            "share",
            "Add framework/measures/zzz.toml, or correct the name.",
        ),
        (
            "spine chart",
            "measure",
            "share",
            "Add framework/measures/zzz.toml, or correct the name.",
        ),
        ("tree", "framework", "Plan", "See outcomes.toml."),
    ],
)
def test_what_a_section_shows_must_be_there(told, files, kind, what, known, remedy):
    assert told({PACK: files[PACK] + SECTION.format(kind, [known])}) == []
    assert told({PACK: files[PACK] + SECTION.format(kind, [known, "zzz"])}) == [
        f"{PACK}, section[1].items\n  There is no {what} 'zzz'.\n  {remedy}"
    ]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("series", "measures"),
        ("funnel plots", "measures"),
        ("tree", "frameworks of framework/outcomes.toml"),
    ],
)
def test_a_section_of_nothing_would_be_an_empty_heading(told, files, kind, names):
    message = (
        f"{PACK}, section[1].items\n  A section of kind '{kind}' shows nothing without items.\n"
        f"  Write items = [...] with the names of {names}."
    )
    for section in (SECTION.format(kind, "[]"), f'[[section]]\nkind = "{kind}"\n'):
        assert told({PACK: files[PACK] + section}) == [message]
    assert told({PACK: files[PACK] + '[[section]]\nkind = "text"\ntext = "Words."'}) == []


@pytest.mark.parametrize(
    ("period", "place", "told_of"),
    [
        ("2024/25", "", "2024/25"),
        ("2027-04", "", "April 2027"),
        ("April to November 2026", "", ""),
        ("12 months to November 2026", "", ""),
        ("2024/25", "NORTH", ""),  # which has no target that could say when it is judged
    ],
)
def test_an_override_is_of_a_period_that_a_target_speaks_of(told, files, period, place, told_of):
    text = TWICE.replace('"share"', '"admissions"').replace("2026/27", period)
    text = text.replace("which", f'place = "{place}"\n    which') if place else text
    message = (
        "targets, override of admissions\n"
        f"  No target of admissions speaks of {told_of}: there is no status to set aside.\n"
        "  Give the period of a figure that is judged, or take the entry out."
    )
    assert told({LEDGER: files[LEDGER] + text}) == ([message] if told_of else [])


def test_a_percentile_may_be_of_the_same_period_and_ranges_of_years_may_overlap(told, files):
    percentile = 'peer_percentile = {{ percentile = 25, comparator = "family", period = "{}" }}'
    same = files[LEDGER].replace("at_most = 700", percentile.format("2026/27"))
    assert told({LEDGER: same}) == []
    ranges = files[LEDGER].replace('"2026/27"', '"2025/26 to 2027/28"')
    ranges = ranges.replace("at_most = 700", 'no_worse_than = "2024/25 to 2026/27"')
    assert told({LEDGER: ranges}) == []


@pytest.mark.parametrize(
    ("id", "more", "why"),
    [
        ("admissions", "", "'admissions' is of kind 'count'."),
        ("share", '\nmethods = "none"', "do not happen one by one: it has no limits."),
    ],
)
def test_a_funnel_of_what_has_no_counts_of_events_is_told(told, files, id, more, why):
    measure = files[SHARE].replace("reported = true", f"reported = true{more}")
    section = SECTION.format("funnel plots", [id])
    (message,) = told({SHARE: measure, PACK: files[PACK] + section})
    where, problem, remedy = message.splitlines()
    assert where == f"{PACK}, section[1].items" and problem.endswith(why)
    assert remedy == "  Take it out, or name a measure that has counts of people."


@pytest.mark.parametrize("kind", ["funnel plots", "spine chart"])
def test_a_plot_of_a_group_asks_which_where_there_are_several_or_none(told, files, kind):
    section = SECTION.format(kind, ["share"])
    pack = files[PACK].replace('comparator = "family"', "") + section
    assert told({PACK: pack}) == []  # there is only one
    home = files["outturn.toml"]
    at = home.index("[[comparator]]")
    second = home[at:].replace('"family"', '"other"')
    (message,) = told({PACK: pack, "outturn.toml": f"{home}\n{second}"})
    assert message == (
        f"{PACK}, section[1].kind\n  A section of kind '{kind}' needs a group, and there are 2.\n"
        '  Write comparator = "..." in the pack: family, other.'
    )
    (message,) = told({PACK: pack, "outturn.toml": home[:at]})
    assert message.endswith("and there is none.\n  Add a [[comparator]] to outturn.toml.")


def test_a_kind_of_section_that_no_paper_has_is_told(told, files):
    assert told({PACK: files[PACK] + '[[section]]\nkind = "scorecrad"'}) == [
        f"{PACK}, section[1].kind\n"
        "  'scorecrad' is not one of the words allowed here.\n"
        "  Write one of 'text', 'series', 'control charts', 'funnel plots', 'spine chart', 'tree'."
    ]


@pytest.mark.parametrize(
    ("contract", "public", "told_so"),
    [
        ("hospital_stays", "true", True),
        ("cld", "true", True),
        ("long_term_support_years", "true", True),
        ("survey_responses", "true", True),
        ("survey_responses", "false", False),
        ("hospital_stays", "false", False),
        ("population", "true", False),
        ("figures", "true", False),
        ("no_such", "true", False),
    ],
)
def test_records_about_people_are_not_published(told, files, contract, public, told_so):
    source = f'[[source]]\nid = "more"\nfile = "b.csv"\ncontract = "{contract}"\npublic = {public}'
    found = told({SOURCES: f"{files[SOURCES]}\n{source}\n"})
    message = (
        f"{SOURCES}, source more\n"
        "  The source holds records about people, and is said to be public.\n"
        "  Leave out public: what is counted from records is not published yet."
    )
    assert found == ([message] if told_so else [])


def test_a_paper_that_reports_no_measure_is_a_mistake(told):
    """It would print that no figure is held, of measures that it never asked for."""
    said = (
        f"{PACK}\n  This paper reports no measure: no outcome in framework/outcomes.toml holds one."
        "\n  Write measures = [...] under an outcome, or in this file."
    )
    bare = '[[outcome]]\nid = "home"\ntitle = "At home"\nframework = "Plan"\n'
    alone = (
        'title = "T"\nmeeting = "M"\nheld_on = 2026-12-15\nperiod = "2026/27"\ndecision = "note"\n'
    )
    assert told({PACK: alone, "framework/outcomes.toml": bare}) == [said]
    assert told({PACK: alone}) == []
    named = alone + 'measures = ["share"]\n'
    assert told({PACK: named, "framework/outcomes.toml": bare}) == []
    map_only = alone + '[[section]]\nkind = "tree"\nitems = ["Plan"]\n'
    assert told({PACK: map_only, "framework/outcomes.toml": bare}) == []


MONEY = """
    title = "Balance"
    definition = "1"
    kind = "money"
    unit = "£"
    aim = "lower"
    reported = true
"""
BALANCE = """
    title = "Balance"
    definition = "1"
    kind = "count"
    unit = "people"
    aim = "lower"
    formula = { difference = ["admissions", "people"] }
"""


@pytest.mark.parametrize(
    "words",
    [
        "at_most = -5",
        "between = [-5, 5]",
        "at_most = 5\nmilestones = [{ by = 2026-09-30, value = -2 }]",
        'at_most = 5\nbaseline = { value = -2, period = "2025/26" }',
    ],
)
def test_a_count_is_never_below_zero_and_money_and_a_difference_may_be(told, files, words):
    ledger = files[LEDGER].replace("at_most = 700", words)
    assert ledger != files[LEDGER]
    assert told({LEDGER: ledger}) == [
        f"{LEDGER}, target admissions-2026\n"
        "  A count cannot be below zero, and a number of the target is.\n"
        "  Correct the target, or the kind of the measure: money, a score or an index, and a"
        " formula of a difference, may be below."
    ]
    own = ledger.replace('measure = "admissions"', 'measure = "balance"')
    people = BALANCE.replace('people"', 'beds"').replace(
        'formula = { difference = ["admissions", "beds"] }', "reported = true"
    )
    for one in (MONEY, BALANCE):
        made = {"framework/measures/balance.toml": one, "framework/measures/people.toml": people}
        assert told({LEDGER: own, **made}) == []


def test_a_sum_is_below_zero_only_where_a_part_may_be(told, files):
    ledger = files[LEDGER].replace("at_most = 700", "at_most = -5").replace(
        'measure = "admissions"', 'measure = "total"'
    )  # fmt: skip
    total = BALANCE.replace('difference = ["admissions", "people"]', 'sum = ["admissions", "part"]')
    counted = BALANCE.replace('formula = { difference = ["admissions", "people"] }',
                              "reported = true")  # fmt: skip
    parts = {"framework/measures/total.toml": total}
    part = "framework/measures/part.toml"
    assert len(told({LEDGER: ledger, **parts, part: counted})) == 1
    assert told({LEDGER: ledger, **parts, part: MONEY}) == []
