"""Words, names and places in five languages; plain text out of markup."""
