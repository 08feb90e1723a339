"""What can be asked of a plan that stands: measures for a late job, a date for an order, overload, idle time. Nothing here writes."""
