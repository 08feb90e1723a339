"""Compiled parts of the search. Everything here works on a `State` of numpy arrays and knows no names."""
