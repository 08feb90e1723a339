"""What a refused request looks like to a test."""

import pytest

from planning_site.core.errors import DomainError


def raises_refusal(code: str) -> pytest.RaisesExc[DomainError]:
    """The block must end in the domain error of this code."""
    return pytest.raises(DomainError, check=lambda error: error.code == code)
