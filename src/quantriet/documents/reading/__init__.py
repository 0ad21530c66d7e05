"""Reading a paper: from its paragraphs to number, date, issuer, abstract and clauses.

Pure: values in, values out. ``lines`` cleans what a file gave, ``head`` reads the part above the text,
``clauses`` splits the text, ``paper`` puts them together. Nothing here decides: what was recognised is shown
beside the text and an officer corrects it.
"""
