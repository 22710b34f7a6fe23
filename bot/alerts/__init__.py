"""Whether an item becomes an alert, what it says, and who should have it."""
