"""The page of the extract checker's rules tells of every rule, status, result and field."""

from __future__ import annotations

import re

from outturn.contracts.cld import specification
from outturn.contracts.cld.model import RESULTS, SEVERITIES, STATUSES


def test_every_rule_and_every_field_has_an_entry_with_what_it_says(reference):
    told = "\n".join(reference.extract_rules())
    said = specification()
    entries = re.findall(r"^\| `([^`]+)` \|", told, re.MULTILINE)
    assert entries == sorted(said.rules, key=lambda id: SEVERITIES.index(said.rules[id].severity))
    for rule in said.rules.values():
        assert rule.title in told and rule.remedy in told
    for name, field in said.fields.items():
        assert f"| {field.title} | `{name}` |" in told


def test_every_status_and_result_has_an_entry(reference):
    told = "\n".join(reference.extract_rules())
    numbers = re.findall(r"^\| (-?\d) \|", told, re.MULTILINE)
    assert [int(one) for one in numbers] == [*STATUSES, *RESULTS]
