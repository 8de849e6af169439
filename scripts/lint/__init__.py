"""Our own rules, for what ruff, mypy and import-linter cannot see."""
