//! The chain's clock.
//!
//! Trestle counts epochs by `Clock.unix_timestamp`. A client that wants to know which epoch it is
//! must ask the chain, not its own clock.

use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::Error as ClientError;
use thiserror::Error;

/// Address of the Clock sysvar.
pub const CLOCK_ADDRESS: Pubkey =
    Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// Byte offset of `unix_timestamp`, the last of the clock's five 8-byte fields.
const UNIX_TIMESTAMP_OFFSET: usize = 32;

/// Why the clock could not be read.
#[derive(Debug, Error)]
pub enum TimeError {
    #[error("the clock could not be read: {0}")]
    Rpc(#[from] Box<ClientError>),
    #[error("the clock account does not have the layout of a Clock; is this a Solana cluster?")]
    Layout,
}

/// What a client needs of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainTime {
    pub slot: u64,
    /// Unix seconds, as the programs see them.
    pub unix_seconds: i64,
}

/// Reads the Clock account.
pub async fn chain_time(rpc: &RpcClient) -> Result<ChainTime, TimeError> {
    let data = rpc
        .get_account_data(&CLOCK_ADDRESS)
        .await
        .map_err(Box::new)?;
    parse_clock(&data).ok_or(TimeError::Layout)
}

fn parse_clock(data: &[u8]) -> Option<ChainTime> {
    let slot = data.first_chunk::<8>()?;
    let unix = data.get(UNIX_TIMESTAMP_OFFSET..)?.first_chunk::<8>()?;
    Some(ChainTime {
        slot: u64::from_le_bytes(*slot),
        unix_seconds: i64::from_le_bytes(*unix),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_layout_is_read_and_short_data_refused() {
        let mut data = [0_u8; 40];
        data[..8].copy_from_slice(&7_u64.to_le_bytes());
        data[32..].copy_from_slice(&1_700_000_000_i64.to_le_bytes());
        let time = ChainTime {
            slot: 7,
            unix_seconds: 1_700_000_000,
        };
        assert_eq!(parse_clock(&data), Some(time));
        assert_eq!(parse_clock(&data[..39]), None);
    }
}
