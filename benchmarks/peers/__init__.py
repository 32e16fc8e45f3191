"""The same register in two other panels, each as a careful developer would write it."""
