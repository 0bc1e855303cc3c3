"""What the queue does for promises."""
