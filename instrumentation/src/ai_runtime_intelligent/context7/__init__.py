"""Source code and documentation as the optimiser reads them: Context7 above what is installed, and a source index."""
