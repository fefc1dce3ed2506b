"""Files of vacancies and courses into the store: formats, columns, values, report. What a vacancy is stands in jobseeker/vacancies.py."""
