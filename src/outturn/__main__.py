"""`python -m outturn`: the same commands, where the word `outturn` is not on the path."""

from outturn.cli import main

if __name__ == "__main__":
    main()
