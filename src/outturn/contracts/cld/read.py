"""Reads the specification of client level data from the files beside this module."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from outturn.contracts.cld.model import (
    Case,
    CldField,
    CldRule,
    CldSpecification,
    CldValue,
    Dummies,
)
from outturn.contracts.read import read_contracts

ALL = "*"  # every field


@lru_cache
def specification() -> CldSpecification:
    """The fields in the order of the submission, the values and the rules."""
    contracts, _ = read_contracts(None)
    titles = {one.name: one.title for one in contracts["cld"].fields}
    said = tomllib.loads(_text("fields.toml"))["field"]
    fields = {one["name"]: _field(one, titles) for one in said}
    values: dict[str, list[CldValue]] = {}
    for line in csv.DictReader(_text("values.csv").splitlines()):
        values.setdefault(line["field"], []).append(CldValue(**line))
    rules = tomllib.loads(_text("rules.toml"))
    thresholds: dict[str, int] = rules["thresholds"]
    return CldSpecification(
        fields=fields,
        values={name: tuple(found) for name, found in values.items()},
        rules={one["id"]: _rule(one, thresholds, tuple(fields)) for one in rules["rule"]},
        thresholds=thresholds,
        dummies=_dummies(rules["dummies"]),
    )


def _dummies(said: Mapping[str, Any]) -> Dummies:
    return Dummies(
        birth_dates=tuple(map(date.fromisoformat, said["birth_dates"])),
        nhs_numbers=tuple(said["nhs_numbers"]),
        nhs_number_beginning=said["nhs_number_beginning"],
    )


def _text(name: str) -> str:
    return (resources.files("outturn.contracts.cld") / name).read_text(encoding="utf-8")


def _field(said: Mapping[str, Any], titles: Mapping[str, str]) -> CldField:
    mandatory = said.get("mandatory", [])
    cases = mandatory if isinstance(mandatory, list) else []
    return CldField(
        name=said["name"],
        title=titles[said["name"]],
        kind=said["kind"],
        known=said.get("known", ""),
        beginning=said.get("spelled") == "beginning",
        form=said.get("form", ""),
        least=said.get("least"),
        most=said.get("most"),
        essential=said.get("essential", False),
        applies=_case(said["applies"]) if "applies" in said else None,
        always=mandatory == "always",
        where_it_applies=mandatory == "where it applies",
        mandatory=tuple(_case(one) for one in cases),
    )


def _case(said: Mapping[str, Any]) -> Case:
    ages = said.get("ages")
    return Case(
        events=tuple(said.get("events", ())),
        clients=tuple(said.get("clients", ())),
        filled=said.get("filled", ""),
        ages=(ages[0], ages[1]) if ages else None,
        one_of={name: tuple(values) for name, values in said.get("is", {}).items()},
        none_of={name: tuple(values) for name, values in said.get("is_not", {}).items()},
    )


def _rule(
    said: Mapping[str, Any], thresholds: Mapping[str, int], fields: tuple[str, ...]
) -> CldRule:
    return CldRule(
        id=said["id"],
        title=said["title"].format(**thresholds),
        severity=said["severity"],
        found=said["found"],
        fields=fields if said["fields"] == [ALL] else tuple(said["fields"]),
        remedy=said["remedy"].format(**thresholds),
        source=said["source"],
        result=said.get("result"),
        events=tuple(said.get("events", ())),
    )
