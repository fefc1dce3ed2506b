"""One file for each group of commands of `jobseeker`; app/cli.py adds them. Reading arguments and printing only."""
