"""Forms of technical and QC: the fields and the shape of what people type."""
