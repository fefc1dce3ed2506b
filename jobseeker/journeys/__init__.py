"""The dialogue about vacancies, one module per thing a person can do: pure steps from a message and a memory to says, effects and a memory.

Nothing here writes: what is to be kept is an effect (usecases/vacancy_effects.py), what is to be read comes through `Toolbox`.
No wording: keys of data/responses/jobs.yml and facts.
"""
