"""The built-in reward specs, as YAML files."""
