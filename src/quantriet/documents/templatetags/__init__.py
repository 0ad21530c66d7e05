"""Small filters of the pages of documents."""
