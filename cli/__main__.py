"""``python -m cli`` is ``punte``."""

from cli import main

main()
