"""The admins' rule files: YAML to one frozen Organisation, every mistake with file and line."""
