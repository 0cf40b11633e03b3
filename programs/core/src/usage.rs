//! Receipts of metered usage: the customer signs how much was used in all, the operator is paid by
//! the newest one. What the runtime's ed25519 program verified is read here.

/// Names the purpose and version of the signed message.
pub const USAGE_DOMAIN: &[u8; 16] = b"trestle:usage:v1";
/// Bytes of a receipt: the domain, the meter's address, its number and the units.
pub const RECEIPT_BYTES: usize = 60;

/// What the customer's key signs (ed25519): on this meter, `units` were used since it was opened.
/// `number` counts the meters of the customer, so that a receipt of a closed meter is worth nothing
/// on a later one at the same address.
pub fn receipt(meter: &[u8; 32], number: u32, units: u64) -> [u8; RECEIPT_BYTES] {
    let (number, units) = (number.to_le_bytes(), units.to_le_bytes());
    let parts = USAGE_DOMAIN.iter().chain(meter).chain(&number);
    let mut bytes = [0; RECEIPT_BYTES];
    for (byte, part) in bytes.iter_mut().zip(parts.chain(&units)) {
        *byte = *part;
    }
    bytes
}

/// Bytes before the first signature in the data of the runtime's ed25519 program: the number of
/// signatures, a spare byte, and where signature, key and message are.
const HEADER_BYTES: usize = 16;
/// "In this very instruction", where the data could point to another one.
const THIS_INSTRUCTION: u16 = u16::MAX;

/// Key and message of the only signature that an instruction of the runtime's ed25519 program
/// checked. `None` if it checked none or several, or something in another instruction's data.
pub fn signed_message(data: &[u8]) -> Option<(&[u8; 32], &[u8])> {
    let (header, _) = data.split_first_chunk::<HEADER_BYTES>()?;
    let [count, _, offsets @ ..] = header;
    let mut fields = [0_u16; 7];
    for (field, pair) in fields.iter_mut().zip(offsets.chunks_exact(2)) {
        *field = u16::from_le_bytes(pair.try_into().ok()?);
    }
    let [_, in_signature, key_at, in_key, message_at, message_len, in_message] = fields;
    let is_whole = [in_signature, in_key, in_message] == [THIS_INSTRUCTION; 3];
    if *count != 1 || !is_whole {
        return None;
    }
    let key = data.get(usize::from(key_at)..)?.first_chunk::<32>()?;
    let message = data.get(usize::from(message_at)..)?;
    Some((key, message.get(..usize::from(message_len))?))
}

/// What a settlement of metered usage comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsagePayment {
    /// Units that are paid.
    pub units: u64,
    /// Credits for them.
    pub credits: u64,
}

/// Pays as many of the `units` as fit into `allowed` credits, whole units only. The others stay
/// owed.
pub fn pay_usage(units: u64, price: u64, allowed: u64) -> UsagePayment {
    let affordable = allowed.checked_div(price).unwrap_or(0);
    let units = units.min(affordable);
    UsagePayment {
        units,
        credits: units.saturating_mul(price),
    }
}
