"""Safe intake: what an upload must pass before anything reads it, the cage it is read in, the file store.

Order of use: ``checking.check_upload`` (what is it, is it safe to open), then a reader of ``core.office``
through ``cage.run_limited`` (a process without network, without writing, with bounded memory and time),
then ``store.FileStore`` keeps the bytes under their hash.
"""
