"""The tables of the synthetic city: scales, words, layouts, kinds of mistakes; read by `tables`."""
