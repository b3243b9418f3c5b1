"""What is left of each year by exponential smoothing as statsforecast chooses it.

Run by forecasting.py in a Python that has statsforecast; knows nothing of outturn.
"""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np


def forecast(given: str, answer: str) -> None:
    from statsforecast.models import AutoETS

    warnings.simplefilter("ignore")
    asked = np.load(given)
    begun = time.process_time()
    found = {}
    for at, known in enumerate(asked["known"]):
        history, ahead = asked[f"arr_{at}"], 12 - int(known)
        for key in ("AutoETS", "damped"):
            found[f"{key}_{at}"] = np.array([rest(AutoETS, key, row, ahead) for row in history])
    np.savez(answer, **found)
    print(f"{time.process_time() - begun:.0f} s")


def rest(ets: type, key: str, row: np.ndarray, ahead: int) -> float:
    """The sum of the months ahead; never below nothing."""
    if key == "AutoETS":
        months = ets(season_length=12).forecast(row, ahead)["mean"]
    else:
        model = ets(season_length=1, model="AAN", damped=True)
        months = np.exp(model.forecast(np.log(row + 10), ahead)["mean"]) - 10
    return float(np.maximum(months, 0).sum())


if __name__ == "__main__":
    forecast(sys.argv[1], sys.argv[2])
