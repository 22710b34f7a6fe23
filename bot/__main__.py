"""python -m bot is the nabat command."""

from bot.cli import main

main()
