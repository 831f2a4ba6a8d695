"""How fast the gateway is beside other mail software, measured on one machine in one run.

`python -m bench` (or `make bench`) prints two tables. Absolute numbers say something about the
machine; the ratios say something about the gateway.
"""
