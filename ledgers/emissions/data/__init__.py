"""Data of the emission book: methods of air pollutants, classes of devices."""
