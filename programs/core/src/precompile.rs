//! Signatures of devices, as the precompiles verify them in the same transaction.
//!
//! A precompile checks signatures and returns nothing: its instruction stands in the transaction or
//! the transaction fails. A program therefore reads from the instructions sysvar what was checked.
//! The pitfalls are in the offsets of that instruction, which may point anywhere, also into other
//! instructions, so that the bytes beside a signature need not be the ones it is over. Only one
//! shape is accepted here: one signature, whose key and message lie in the same instruction at the
//! places where everybody puts them, with nothing behind.
//!
//! This shows that a signature is good. That one is bad cannot be shown this way: a precompile that
//! finds it so fails the whole transaction. For ed25519 [`crate::ed25519`] shows it by the curve
//! syscalls. For secp256r1, whose curve has no syscall, nothing on chain can: a loss that such a
//! key signed would be for a dispute. Storage nodes sign with ed25519.

/// `Ed25519SigVerify111111111111111111111111111`.
pub const ED25519_ID: [u8; 32] = [
    0x03, 0x7d, 0x46, 0xd6, 0x7c, 0x93, 0xfb, 0xbe, 0x12, 0xf9, 0x42, 0x8f, 0x83, 0x8d, 0x40, 0xff,
    0x05, 0x70, 0x74, 0x49, 0x27, 0xf4, 0x8a, 0x64, 0xfc, 0xca, 0x70, 0x44, 0x80, 0x00, 0x00, 0x00,
];

/// `Secp256r1SigVerify1111111111111111111111111`.
pub const SECP256R1_ID: [u8; 32] = [
    0x06, 0x92, 0x0d, 0xec, 0x2f, 0xea, 0x71, 0xb5, 0xb7, 0x23, 0x81, 0x4d, 0x74, 0x2d, 0xa9, 0x03,
    0x1c, 0x83, 0xe7, 0x5f, 0xdb, 0x79, 0x5d, 0x56, 0x8e, 0x75, 0x47, 0x80, 0x20, 0x00, 0x00, 0x00,
];

/// Bytes before the key: the number of signatures, padding, and seven fields of two bytes.
const HEADER_BYTES: usize = 16;
/// Bytes of a signature of either scheme.
pub const SIGNATURE_BYTES: usize = 64;
/// An offset that points into the precompile's own instruction.
const THIS_INSTRUCTION: u16 = u16::MAX;
/// Bytes of an account in the instructions sysvar: flags and address.
const META_BYTES: usize = 33;

/// Signature schemes that a precompile verifies and devices use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Keys of 32 bytes.
    Ed25519,
    /// Compressed keys of 33 bytes, as secure elements and phones have them.
    Secp256r1,
}

/// What a precompile instruction verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The key that signed.
    pub key: &'a [u8],
    /// What it signed.
    pub message: &'a [u8],
}

impl Scheme {
    /// The program that verifies it.
    pub const fn program_id(self) -> &'static [u8; 32] {
        match self {
            Self::Ed25519 => &ED25519_ID,
            Self::Secp256r1 => &SECP256R1_ID,
        }
    }

    /// Bytes of a key.
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::Secp256r1 => 33,
        }
    }

    /// The header of an instruction with one signature over a message of this length: offsets of
    /// signature, key and message, each with the instruction that it points into. `None` if the
    /// instruction would be too long for them.
    fn header(self, message_len: usize) -> Option<[u8; HEADER_BYTES]> {
        let signature = HEADER_BYTES.checked_add(self.key_bytes())?;
        let message = signature.checked_add(SIGNATURE_BYTES)?;
        let fields = [
            u16::try_from(signature).ok()?,
            THIS_INSTRUCTION,
            u16::try_from(HEADER_BYTES).ok()?,
            THIS_INSTRUCTION,
            u16::try_from(message).ok()?,
            u16::try_from(message_len).ok()?,
            THIS_INSTRUCTION,
        ];
        let mut header = [0; HEADER_BYTES];
        let (count, places) = header.split_first_mut()?;
        *count = 1;
        // The second byte is padding.
        let (_, places) = places.split_first_mut()?;
        for (place, field) in places.chunks_exact_mut(2).zip(fields) {
            place.copy_from_slice(&field.to_le_bytes());
        }
        Some(header)
    }

    /// What the precompile of this scheme verified, given the data of its instruction; `None` if
    /// the data have any other shape than the one accepted.
    pub fn read(self, data: &[u8]) -> Option<Verified<'_>> {
        let (header, rest) = data.split_first_chunk::<HEADER_BYTES>()?;
        let (key, rest) = rest.split_at_checked(self.key_bytes())?;
        let (_, message) = rest.split_first_chunk::<SIGNATURE_BYTES>()?;
        (self.header(message.len())? == *header).then_some(Verified { key, message })
    }

    /// Whether an instruction of the transaction verified a signature of this key over this
    /// message. `sysvar` are the data of the instructions sysvar, whose address the caller has
    /// checked.
    pub fn is_verified(self, sysvar: &[u8], key: &[u8], message: &[u8]) -> bool {
        let wanted = Verified { key, message };
        let count = read_u16(sysvar, 0).unwrap_or(0);
        (0..count)
            .filter_map(|index| instruction_at(sysvar, index))
            .filter(|(program, _)| *program == self.program_id())
            .any(|(_, data)| self.read(data) == Some(wanted))
    }

    /// The data of the instruction that verifies a signature.
    #[cfg(feature = "host")]
    pub fn data(
        self,
        key: &[u8],
        signature: &[u8; SIGNATURE_BYTES],
        message: &[u8],
    ) -> Option<std::vec::Vec<u8>> {
        let header = self.header(message.len())?;
        let fits = key.len() == self.key_bytes();
        fits.then(|| [&header, key, signature, message].concat())
    }
}

/// Program and data of an instruction of the transaction, out of the instructions sysvar.
pub fn instruction_at(sysvar: &[u8], index: u16) -> Option<(&[u8; 32], &[u8])> {
    if index >= read_u16(sysvar, 0)? {
        return None;
    }
    let entry = usize::from(index).checked_mul(2)?.checked_add(2)?;
    let start = usize::from(read_u16(sysvar, entry)?);
    let metas = usize::from(read_u16(sysvar, start)?).checked_mul(META_BYTES)?;
    let program_at = start.checked_add(2)?.checked_add(metas)?;
    let (program, rest) = sysvar.get(program_at..)?.split_first_chunk::<32>()?;
    let (len, data) = rest.split_first_chunk::<2>()?;
    Some((program, data.get(..usize::from(u16::from_le_bytes(*len)))?))
}

fn read_u16(bytes: &[u8], at: usize) -> Option<u16> {
    let (number, _) = bytes.get(at..)?.split_first_chunk::<2>()?;
    Some(u16::from_le_bytes(*number))
}
