//! The programs as a cluster runs them.

use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use trestle_core::hash::{sha256, Hash};

use crate::{
    address::{CREDITS_ID, PROOFS_ID, REWARDS_ID, STAKING_ID},
    fetch::{raw, FetchError},
};

/// The programs, as their files are called: `trestle_<name>.so`.
pub const PROGRAMS: [(&str, Pubkey); 4] = [
    ("staking", STAKING_ID),
    ("proofs", PROOFS_ID),
    ("rewards", REWARDS_ID),
    ("credits", CREDITS_ID),
];
/// Owner of programs that can be replaced.
const UPGRADEABLE_LOADER: Pubkey =
    Pubkey::from_str_const("BPFLoaderUpgradeab1e11111111111111111111111");
/// Bytes before the address of the code in a program's account, and before the code in that one.
const PROGRAM_HEADER_BYTES: usize = 4;
const CODE_HEADER_BYTES: usize = 45;

/// Reads the code of a program, without the zeros behind it; `None` if there is no program.
pub async fn code(rpc: &RpcClient, address: &Pubkey) -> Result<Option<Vec<u8>>, FetchError> {
    let account = raw(rpc, address, "program").await?;
    let Some(account) = account.filter(|account| account.executable) else {
        return Ok(None);
    };
    if account.owner != UPGRADEABLE_LOADER {
        return Ok(Some(without_padding(&account.data).to_vec()));
    }
    let place = account.data.get(PROGRAM_HEADER_BYTES..);
    let Some(place) = place.and_then(|bytes| bytes.first_chunk::<32>()) else {
        return Ok(None);
    };
    let code = raw(rpc, &Pubkey::new_from_array(*place), "program's code").await?;
    Ok(code.and_then(|code| {
        let code = code.data.get(CODE_HEADER_BYTES..)?;
        Some(without_padding(code).to_vec())
    }))
}

/// The hash that a program is compared by, whether it was read from a file or from the chain.
pub fn code_hash(code: &[u8]) -> Hash {
    sha256(&[without_padding(code)])
}

/// A program's account may be longer than the program.
fn without_padding(code: &[u8]) -> &[u8] {
    let end = code.iter().rposition(|byte| *byte != 0);
    let length = end.map_or(0, |last| last.saturating_add(1));
    code.get(..length).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_behind_a_program_do_not_count() {
        assert_eq!(without_padding(&[1, 0, 2, 0, 0]), [1, 0, 2]);
        assert!(without_padding(&[0, 0]).is_empty());
        assert!(without_padding(&[]).is_empty());
        assert_eq!(code_hash(&[1, 2, 0]), code_hash(&[1, 2]));
        assert_ne!(code_hash(&[1, 2, 0]), code_hash(&[1, 0, 2]));
    }
}
