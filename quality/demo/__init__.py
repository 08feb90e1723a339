"""The demo's technical department: ten new styles on their way to mass production, and the tooling register.

Told through the services that people use, each fact on its day in the past; the workbooks know nothing of it.
"""

from quality.demo.stories import load_pre_production
from quality.demo.tooling import load_tooling

__all__ = ["load_pre_production", "load_tooling"]
