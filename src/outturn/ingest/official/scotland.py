"""Codes of Scottish councils by the names that releases print in place of a code."""

from __future__ import annotations

import polars as pl

SCOTLAND = "S92000003"
COUNCILS: dict[str, str] = {
    "Aberdeen City": "S12000033",
    "Aberdeenshire": "S12000034",
    "Angus": "S12000041",
    "Argyll and Bute": "S12000035",
    "City of Edinburgh": "S12000036",
    "Clackmannanshire": "S12000005",
    "Dumfries and Galloway": "S12000006",
    "Dundee City": "S12000042",
    "East Ayrshire": "S12000008",
    "East Dunbartonshire": "S12000045",
    "East Lothian": "S12000010",
    "East Renfrewshire": "S12000011",
    "Falkirk": "S12000014",
    "Fife": "S12000047",
    "Glasgow City": "S12000049",
    "Highland": "S12000017",
    "Inverclyde": "S12000018",
    "Midlothian": "S12000019",
    "Moray": "S12000020",
    "Na h-Eileanan Siar": "S12000013",
    "North Ayrshire": "S12000021",
    "North Lanarkshire": "S12000050",
    "Orkney Islands": "S12000023",
    "Perth and Kinross": "S12000048",
    "Renfrewshire": "S12000038",
    "Scottish Borders": "S12000026",
    "Shetland Islands": "S12000027",
    "South Ayrshire": "S12000028",
    "South Lanarkshire": "S12000029",
    "Stirling": "S12000030",
    "West Dunbartonshire": "S12000039",
    "West Lothian": "S12000040",
}
# Other spellings in use: by the benchmarking framework, community planning outcomes and PHS.
SPELLINGS = {
    "Comhairle nan Eilean Siar": "Na h-Eileanan Siar",
    "Edinburgh City": "City of Edinburgh",
    "Edinburgh, City of": "City of Edinburgh",
    "Eilean Siar": "Na h-Eileanan Siar",
    "Shetland": "Shetland Islands",
}


def council_code(column: str) -> pl.Expr:
    """The code of a council or of Scotland by its name; a name that is not known, as printed.

    `&` and `and` are the same word. Health board and partnership names are not resolved: several
    equal or resemble council names and stand for other areas.
    """
    name = pl.col(column).str.strip_chars()
    plain = name.str.replace(" & ", " and ", literal=True).replace(SPELLINGS)
    return plain.replace(COUNCILS | {"Scotland": SCOTLAND})
