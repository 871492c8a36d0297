"""The text of mapping files: paths, rules, targets, tests, each in its place; names are not looked up yet."""
