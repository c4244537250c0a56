"""The vocabulary that everything else speaks. Standard library only."""
