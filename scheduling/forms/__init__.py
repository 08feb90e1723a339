"""Forms of planning: fields and the shape of what is typed, one subject a file."""
