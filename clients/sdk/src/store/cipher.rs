//! Encryption of segments: XChaCha20-Poly1305 in the STREAM construction.
//!
//! The nonce of a segment is the file's random prefix, the segment's number and a flag on the last
//! one, so segments can be neither swapped nor cut off. Being a function of the number, segments
//! are encrypted and decrypted in parallel.

use std::fmt;

use chacha20poly1305::{
    aead::stream::{NewStream, StreamBE32, StreamPrimitive},
    KeyInit, XChaCha20Poly1305,
};
use rand::RngCore;
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of a file's key.
pub const KEY_BYTES: usize = 32;
/// Bytes of the nonce that are the same for all segments of a file: 24 less 5 of STREAM's own.
pub const NONCE_PREFIX_BYTES: usize = 19;

/// Why a segment could not be encrypted or decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CipherError {
    #[error("segment {0} does not decrypt: wrong key, or the data was changed")]
    Tampered(u32),
    #[error("segment {0} could not be encrypted")]
    Encrypt(u32),
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] RandomError),
}

/// The operating system's source of randomness failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the random device failed")]
pub struct RandomError;

/// A file's key. Never printed; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey(Zeroizing<[u8; KEY_BYTES]>);

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(…)")
    }
}

impl FileKey {
    pub fn generate() -> Result<Self, RandomError> {
        random_bytes().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).ok()?;
        Some(Self(bytes))
    }

    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }
}

/// Random bytes of the operating system's.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0_u8; N];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| RandomError)?;
    Ok(bytes)
}

/// Encrypts and decrypts the segments of one file.
pub struct SegmentCipher {
    stream: StreamBE32<XChaCha20Poly1305>,
    last: u32,
}

impl SegmentCipher {
    /// `segments` is the number of segments of the file, at least one.
    pub fn new(key: &FileKey, prefix: &[u8; NONCE_PREFIX_BYTES], segments: u32) -> Self {
        let aead = XChaCha20Poly1305::new(key.0.as_slice().into());
        Self {
            stream: StreamBE32::from_aead(aead, prefix.into()),
            last: segments.saturating_sub(1),
        }
    }

    /// Replaces a segment by its chunk, which is [`super::TAG_BYTES`] longer.
    pub fn encrypt(&self, number: u32, segment: &mut Vec<u8>) -> Result<(), CipherError> {
        self.stream
            .encrypt_in_place(number, number == self.last, b"", segment)
            .map_err(|_| CipherError::Encrypt(number))
    }

    /// Replaces a chunk by its segment, if not a bit of it was changed.
    pub fn decrypt(&self, number: u32, chunk: &mut Vec<u8>) -> Result<(), CipherError> {
        self.stream
            .decrypt_in_place(number, number == self.last, b"", chunk)
            .map_err(|_| CipherError::Tampered(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::TAG_BYTES;
    use chacha20poly1305::aead::stream::EncryptorBE32;
    use proptest::prelude::*;

    fn cipher(key: u8, segments: u32) -> SegmentCipher {
        let key = FileKey(Zeroizing::new([key; KEY_BYTES]));
        SegmentCipher::new(&key, &[7; NONCE_PREFIX_BYTES], segments)
    }

    #[test]
    fn segments_are_those_of_the_streaming_construction() {
        let key = [3_u8; KEY_BYTES];
        let prefix = [7_u8; NONCE_PREFIX_BYTES];
        let aead = XChaCha20Poly1305::new(&key.into());
        let mut reference = EncryptorBE32::from_aead(aead, &prefix.into());
        let own = cipher(3, 2);
        for (number, text) in [(0, "first"), (1, "last")] {
            let mut segment = text.as_bytes().to_vec();
            own.encrypt(number, &mut segment).unwrap();
            let expected = if number == 0 {
                reference.encrypt_next(text.as_bytes()).unwrap()
            } else {
                reference.clone_last(text)
            };
            assert_eq!(segment, expected);
        }
    }

    /// `encrypt_last` consumes the encryptor; this keeps the loop above readable.
    trait CloneLast {
        fn clone_last(&self, text: &str) -> Vec<u8>;
    }

    impl CloneLast for EncryptorBE32<XChaCha20Poly1305> {
        fn clone_last(&self, text: &str) -> Vec<u8> {
            let aead = XChaCha20Poly1305::new(&[3_u8; KEY_BYTES].into());
            let mut again = EncryptorBE32::from_aead(aead, &[7_u8; NONCE_PREFIX_BYTES].into());
            again.encrypt_next(b"first".as_slice()).unwrap();
            again.encrypt_last(text.as_bytes()).unwrap()
        }
    }

    #[test]
    fn other_key_number_or_length_does_not_decrypt() {
        let own = cipher(1, 3);
        let mut chunk = b"segment".to_vec();
        own.encrypt(1, &mut chunk).unwrap();
        assert_eq!(chunk.len(), b"segment".len() + TAG_BYTES);
        for (other, number) in [(cipher(2, 3), 1), (cipher(1, 3), 0), (cipher(1, 2), 1)] {
            let tampered = CipherError::Tampered(number);
            assert_eq!(other.decrypt(number, &mut chunk.clone()), Err(tampered));
        }
        own.decrypt(1, &mut chunk).unwrap();
        assert_eq!(chunk, b"segment");
    }

    #[test]
    fn keys_survive_hex_and_are_not_printed() {
        let key = FileKey::generate().unwrap();
        assert_eq!(FileKey::from_hex(&key.to_hex()), Some(key.clone()));
        assert_eq!(FileKey::from_hex("00"), None);
        assert!(!format!("{key:?}").contains(&key.to_hex()[..8]));
    }

    proptest! {
        #[test]
        fn any_changed_bit_is_noticed(
            text in proptest::collection::vec(any::<u8>(), 0..300),
            position: prop::sample::Index,
            bit in 0_u8..8,
        ) {
            let own = cipher(1, 1);
            let mut chunk = text.clone();
            own.encrypt(0, &mut chunk).unwrap();
            let mut spoiled = chunk.clone();
            let place = position.index(spoiled.len());
            spoiled[place] ^= 1 << bit;
            prop_assert_eq!(own.decrypt(0, &mut spoiled), Err(CipherError::Tampered(0)));
            own.decrypt(0, &mut chunk).unwrap();
            prop_assert_eq!(chunk, text);
        }
    }
}
