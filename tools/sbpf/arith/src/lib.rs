//! Both on chain and off: integer arithmetic on operands that the compiler cannot know, so that a
//! test can compare what a built program computes with what the host computes.

/// One operation on two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Op {
    MulU64,
    DivU64,
    RemU64,
    MulDivU64,
    AddU128,
    SubU128,
    MulU128,
    WrappingMulU128,
    DivU128,
    RemU128,
    ShlU128,
    ShrU128,
    MulI128,
    DivI128,
    RemI128,
    ShrI128,
}

impl Op {
    pub const ALL: [Op; 16] = [
        Op::MulU64,
        Op::DivU64,
        Op::RemU64,
        Op::MulDivU64,
        Op::AddU128,
        Op::SubU128,
        Op::MulU128,
        Op::WrappingMulU128,
        Op::DivU128,
        Op::RemU128,
        Op::ShlU128,
        Op::ShrU128,
        Op::MulI128,
        Op::DivI128,
        Op::RemI128,
        Op::ShrI128,
    ];

    /// The checked result of the operation, as bits; narrow operations use the low halves.
    pub fn apply(self, a: u128, b: u128) -> Option<u128> {
        let (a64, b64, c64) = (a as u64, b as u64, (b >> 64) as u64);
        let (signed_a, signed_b) = (a as i128, b as i128);
        match self {
            Op::MulU64 => a64.checked_mul(b64).map(u128::from),
            Op::DivU64 => a64.checked_div(b64).map(u128::from),
            Op::RemU64 => a64.checked_rem(b64).map(u128::from),
            Op::MulDivU64 => (u128::from(a64) * u128::from(b64)).checked_div(u128::from(c64)),
            Op::AddU128 => a.checked_add(b),
            Op::SubU128 => a.checked_sub(b),
            Op::MulU128 => a.checked_mul(b),
            Op::WrappingMulU128 => Some(a.wrapping_mul(b)),
            Op::DivU128 => a.checked_div(b),
            Op::RemU128 => a.checked_rem(b),
            Op::ShlU128 => a.checked_shl(b as u32),
            Op::ShrU128 => a.checked_shr(b as u32),
            Op::MulI128 => signed_a.checked_mul(signed_b).map(|bits| bits as u128),
            Op::DivI128 => signed_a.checked_div(signed_b).map(|bits| bits as u128),
            Op::RemI128 => signed_a.checked_rem(signed_b).map(|bits| bits as u128),
            Op::ShrI128 => signed_a.checked_shr(b as u32).map(|bits| bits as u128),
        }
    }
}

/// One question to the program: the operation and its operands, little-endian.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub op: Op,
    pub a: u128,
    pub b: u128,
}

impl Case {
    /// Bytes of one encoded case: operation, two operands.
    pub const LEN: usize = 33;
    /// Bytes of one encoded result: 1 and the value, or 0 and zeros.
    pub const RESULT_LEN: usize = 17;

    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[0] = self.op as u8;
        bytes[1..17].copy_from_slice(&self.a.to_le_bytes());
        bytes[17..].copy_from_slice(&self.b.to_le_bytes());
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (op, operands) = bytes.split_first()?;
        let (a, b) = operands.split_at_checked(16)?;
        Some(Self {
            op: *Op::ALL.get(usize::from(*op))?,
            a: u128::from_le_bytes(a.try_into().ok()?),
            b: u128::from_le_bytes(b.try_into().ok()?),
        })
    }

    pub fn result(&self) -> [u8; Self::RESULT_LEN] {
        let mut bytes = [0; Self::RESULT_LEN];
        if let Some(value) = self.op.apply(self.a, self.b) {
            bytes[0] = 1;
            bytes[1..].copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }
}

#[cfg(target_os = "solana")]
mod program {
    use super::Case;
    use pinocchio::{cpi, entrypoint, error::ProgramError, AccountView, Address, ProgramResult};

    entrypoint!(process_instruction);

    /// Answers each case of the instruction data, in order, as return data.
    fn process_instruction(_: &Address, _: &mut [AccountView], data: &[u8]) -> ProgramResult {
        let mut results = Vec::with_capacity(cpi::MAX_RETURN_DATA);
        for bytes in data.chunks(Case::LEN) {
            let case = Case::decode(bytes).ok_or(ProgramError::InvalidInstructionData)?;
            results.extend_from_slice(&case.result());
        }
        cpi::set_return_data(&results);
        Ok(())
    }
}
