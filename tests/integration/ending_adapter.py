"""An adapter whose package ends the program when it is imported."""

raise SystemExit(3)
