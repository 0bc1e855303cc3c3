"""Tasks of the queue (procrastinate): each finds its rows and calls actions. Imported when the worker starts."""

from farmland.jobs import mail, passwords, reminders, statements, upkeep, uploads

__all__ = ["mail", "passwords", "reminders", "statements", "upkeep", "uploads"]
