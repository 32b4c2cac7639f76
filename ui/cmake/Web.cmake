# The static site in the build folder.
