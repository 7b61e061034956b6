//! Annotate async functions, describe the service in f.yml, run it on any cloud.
