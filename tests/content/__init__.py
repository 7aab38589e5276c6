"""Every shipped scenario, list and template loads, checks, renders and means somebody."""
