"""The keyword language, many rules at once, and the pack of rules."""
