"""The pictograms of the posters, one SVG each, in black, white and the one colour of the poster."""
