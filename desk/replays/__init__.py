"""What-ifs and recalculations: asking, watching, reading the answer."""
