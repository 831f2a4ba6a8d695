"""Mail as a format: bytes to values and back, by the RFCs and by what real programs send. Pure."""
