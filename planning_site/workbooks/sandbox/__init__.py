"""Reads untrusted files in a process of its own; imports nothing of Django so that the process starts at once."""
