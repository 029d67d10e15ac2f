"""Crashes, faults and time, by the dozen."""
