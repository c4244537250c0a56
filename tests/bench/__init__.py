"""``make bench``: figures as ratios to a floor of the same run, so that another machine or day changes little.

Nothing here passes or fails; goals stand beside the figures.
"""
