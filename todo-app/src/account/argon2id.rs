//! Argon2id on memory that is kept: the 19 MiB of one hash are the next one's too.
//!
//! Allocated afresh for each, they pile up: the allocator finds no room for such large aligned pieces among those it was
//! given back, and a function of 256 MB ends after a dozen logins.

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        Error, Result,
        phc::{Output, ParamsString, PasswordHash, Salt},
        try_generate_salt,
    },
};

/// The memory of one thread.
#[derive(Default)]
pub(super) struct Hasher {
    blocks: Vec<Block>,
}

impl Hasher {
    /// What to keep of a password, with the costs that OWASP names: 19 MiB, two passes.
    pub(super) fn hash(&mut self, password: &str) -> Result<String> {
        let params = Params::default();
        let salt = Salt::new(&try_generate_salt()?)?;
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params)?,
            hash: Some(self.output(password, &salt, params)?),
            salt: Some(salt),
        }
        .to_string())
    }

    /// Whether what was kept is this password's, at the costs it was made with.
    pub(super) fn verify(&mut self, password: &str, kept: &str) -> Result<bool> {
        let kept = PasswordHash::new(kept)?;
        let ours = kept.algorithm == Algorithm::Argon2id.ident() && kept.version == Some(Version::V0x13.into());
        let (true, Some(salt), Some(expected)) = (ours, &kept.salt, &kept.hash) else { return Err(Error::Algorithm) };
        // Takes the same time wherever the first difference is.
        Ok(self.output(password, salt, Params::try_from(&kept)?)? == *expected)
    }

    /// Spends the time that `verify` takes.
    pub(super) fn waste_time(&mut self, password: &str) -> Result<()> {
        let salt = Salt::new(b"nobody's own salt")?;
        self.output(password, &salt, Params::default()).map(drop)
    }

    fn output(&mut self, password: &str, salt: &Salt, params: Params) -> Result<Output> {
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let needed = params.block_count();
        if self.blocks.len() < needed {
            self.blocks.resize(needed, Block::new());
        }
        let blocks = &mut self.blocks[..needed];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, blocks)?;
        Ok(Output::new(&output)?)
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn hashes_are_those_of_the_library() {
        let mut hasher = Hasher::default();
        let kept = hasher.hash("correct horse").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let library = Argon2::default();
        library.verify_password(b"correct horse", &PasswordHash::new(&kept).unwrap()).unwrap();
        let theirs: PasswordHash = library.hash_password(b"battery").unwrap();
        assert!(hasher.verify("battery", &theirs.to_string()).unwrap());
        assert!(!hasher.verify("correct horse", &theirs.to_string()).unwrap(), "used memory leaves no trace");
        assert_ne!(kept, hasher.hash("correct horse").unwrap(), "every password has its own salt");
    }

    #[test]
    fn costs_are_those_of_the_hash() {
        let cheap = Params::new(64, 3, 1, None).unwrap();
        let kept: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap).hash_password(b"old").unwrap();
        let mut hasher = Hasher::default();
        hasher.waste_time("x").unwrap();
        assert!(hasher.verify("old", &kept.to_string()).unwrap());
        assert!(!hasher.verify("new", &kept.to_string()).unwrap());
    }

    #[test]
    fn what_is_no_hash_is_an_error() {
        let mut hasher = Hasher::default();
        for broken in [
            "",
            "plain text",
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$argon2i$v=19$m=64,t=3,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert!(hasher.verify("x", broken).is_err(), "{broken}");
        }
    }
}
