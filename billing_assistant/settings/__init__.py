"""Settings: `dev` for one machine, `test` for the suite, `prod` for production; all stand on `base`."""
