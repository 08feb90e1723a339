"""The read side of planning: what pages, exports and mails show of plans. Nothing here writes."""
