"""The backend of AI Runtime Intelligence."""
