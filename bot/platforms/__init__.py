"""The platforms: each translates between its wire and the vocabulary, and decides nothing."""
