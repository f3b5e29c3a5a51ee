"""The demo: the real service, a simulated bank, and a year of data played into them."""
