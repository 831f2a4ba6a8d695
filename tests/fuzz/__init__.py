"""Hostile mail, led by coverage (`make fuzz`); the inputs that reach new code are in corpus/."""
