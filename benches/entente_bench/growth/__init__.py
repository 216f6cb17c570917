"""Fills databases with years of data, and lists the requests that are measured on them."""
