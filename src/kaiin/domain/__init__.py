"""Pure rules: values and an instant in, values out. Of packages stdnum, idna, jpholiday only."""
