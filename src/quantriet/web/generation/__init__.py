"""A believable organisation of any size, up to the whole country: real names of provinces and communes, invented
people, one campaign with everything recorded. Made through the commands; where these would take days, through
their list forms, which write the same rows. Resumable: what is done is in the database, with the work itself.
"""
