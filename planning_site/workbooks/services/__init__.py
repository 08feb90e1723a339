"""Imports workbooks: runs files against the database, keeps jobs of uploaded files, remembers what people taught."""
