"""Pure rules: values and an instant in, values out. Standard library (and stdnum) only."""
