"""The demonstration: plausible people, blood and campaigns, dated relative to the day it is
loaded."""
