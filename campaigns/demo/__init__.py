"""The demonstration: plausible people, blood and a true story, dated from the day it is loaded."""
