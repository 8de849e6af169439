"""Settings: the business profile, people, API keys."""
