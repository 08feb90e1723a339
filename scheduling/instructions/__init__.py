"""What an instruction order says (E3): its contents from the facts of all departments, what is missing, and what changed."""

from scheduling.instructions.contents import Contents, Material, Proof
from scheduling.instructions.differences import Difference, differences
from scheduling.instructions.missing import missing_in
from scheduling.instructions.reading import contents_of

__all__ = ["Contents", "Difference", "Material", "Proof", "contents_of", "differences", "missing_in"]
