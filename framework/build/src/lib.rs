//! Find the functions, compare them with f.yml, write entrypoints, drive cargo.
