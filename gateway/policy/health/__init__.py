"""The verdicts of `gateway doctor`: what was seen becomes findings with their remedies. Pure."""
