"""What technical and QC do. Every function is one transaction and leaves its history."""

from quality.services.releases import sign_release

__all__ = ["sign_release"]
