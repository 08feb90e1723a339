"""What happened in the demo factory around its first plans, told through the services that people use.

supply   before the first plans: purchasing ordered and received what a first look at the order book needs
trouble  after them: a sole supplier slips by six days, a job runs by exception, instruction orders are issued
"""

from scheduling.demo.supply import supply
from scheduling.demo.trouble import trouble

__all__ = ["supply", "trouble"]
