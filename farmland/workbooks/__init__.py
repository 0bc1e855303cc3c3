"""Spreadsheets in and out: tables of pages, official forms, and what people filled into them. Nothing here writes rows."""
