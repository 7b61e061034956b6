//! How Serverless Devs writes a value of `~/.s/access.yaml`: as CryptoJS enciphers it under a passphrase that everybody knows. That is
//! no secrecy, and the file is to be guarded as one of plain keys.

use aes::Aes256;
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::{
    Decryptor,
    cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7},
};
use md5::{Digest, Md5};

/// Base64 of the marker that OpenSSL's salted format begins with.
const SALTED: &str = "U2FsdGVkX1";
const PASSPHRASE: &[u8] = b"SecretKey123";

/// The value itself; one that is not enciphered is taken as it stands. `None`: it is enciphered in another way.
pub(super) fn plain(text: &str) -> Option<String> {
    if !text.starts_with(SALTED) {
        return Some(text.to_owned());
    }
    let mut bytes = STANDARD.decode(text).ok()?;
    let (salt, cipher) = bytes.get_mut(8..)?.split_at_mut_checked(8)?;
    let derived = derive(salt);
    let (key, iv) = derived.split_at(32);
    let decryptor = Decryptor::<Aes256>::new_from_slices(key, iv).ok()?;
    let plain = decryptor.decrypt_padded::<Pkcs7>(cipher).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

/// OpenSSL's EVP_BytesToKey, MD5 and one round: 32 bytes of key, 16 of the first block.
fn derive(salt: &[u8]) -> Vec<u8> {
    let (mut derived, mut last) = (Vec::new(), Vec::new());
    while derived.len() < 48 {
        let mut hash = Md5::new();
        hash.update(&last);
        hash.update(PASSPHRASE);
        hash.update(salt);
        last = hash.finalize().to_vec();
        derived.extend_from_slice(&last);
    }
    derived
}

#[cfg(test)]
mod tests {
    use super::plain;

    // Made with `openssl enc -aes-256-cbc -md md5 -salt -a -A -pass pass:SecretKey123`; the other with another passphrase.
    const ENCIPHERED: &str = "U2FsdGVkX19JkecSV5t1HZphVV9sLEfzTErcv/fqfKikt7RknNhwtNH1RhMQ16XR";
    const UNDER_ANOTHER: &str = "U2FsdGVkX18QH4/8uQHompehKWRuTFRNiPS8Ron0N1E=";

    #[test]
    fn reads_what_openssl_writes() {
        assert_eq!(plain(ENCIPHERED).as_deref(), Some("LTAIexampleKeyId"));
    }

    #[test]
    fn a_plain_value_stays_as_it_is_and_a_broken_one_is_none() {
        assert_eq!(plain("LTAIexampleKeyId").as_deref(), Some("LTAIexampleKeyId"));
        for broken in [UNDER_ANOTHER, "U2FsdGVkX1", "U2FsdGVkX18=", "U2FsdGVkX1!!"] {
            assert_eq!(plain(broken), None, "{broken}");
        }
    }
}
