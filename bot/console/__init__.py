"""The console: what the service does and how its feeds are, as web pages without a script."""
