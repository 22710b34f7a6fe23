"""A fake Bot API, a feed host and a story: real servers on loopback for demo, tests and benchmarks."""
