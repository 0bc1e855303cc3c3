"""Tasks of the queue (procrastinate): each finds its rows and calls actions. Imported when the worker starts."""
