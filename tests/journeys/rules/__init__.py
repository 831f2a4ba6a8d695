"""Stories of rules: one desk with rules of its own."""
