"""Pages of technical and QC."""
