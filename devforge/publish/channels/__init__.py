"""Publishing the released packages on other channels, each in the form its clients expect."""
