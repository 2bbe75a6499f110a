"""Haemovigilance of patients: reactions, their assessment, the report of a year."""
