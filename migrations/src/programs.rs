//! Whether a cluster runs the programs as this tree builds them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use thiserror::Error;
use trestle_sdk::{
    fetch::FetchError,
    program::{code, code_hash, PROGRAMS},
};

/// Why the programs are not those of this tree.
#[derive(Debug, Error)]
pub enum ProgramError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("{file} cannot be read: {source}; build the programs by `make programs`")]
    Unbuilt { file: PathBuf, source: io::Error },
    #[error(
        "the {name} program is not deployed at {address}: \
         run `solana program deploy target/deploy/trestle_{name}.so`"
    )]
    Missing { name: &'static str, address: Pubkey },
    #[error(
        "the {name} program at {address} has sha256 {deployed}, this tree builds {built}: \
         deploy this one, or use the tree that is deployed"
    )]
    Differs {
        name: &'static str,
        address: Pubkey,
        deployed: String,
        built: String,
    },
}

/// Compares the code of every program with its file in a folder of built programs.
///
/// # Errors
/// At the first program that is missing or another one.
pub async fn verify(rpc: &RpcClient, folder: &Path) -> Result<(), ProgramError> {
    for (name, address) in PROGRAMS {
        let file = folder.join(format!("trestle_{name}.so"));
        let built = fs::read(&file).map_err(|source| ProgramError::Unbuilt { file, source })?;
        let deployed = code(rpc, &address).await?;
        let deployed = deployed.ok_or(ProgramError::Missing { name, address })?;
        let [deployed, built] = [code_hash(&deployed), code_hash(&built)].map(hex::encode);
        if deployed != built {
            return Err(ProgramError::Differs {
                name,
                address,
                deployed,
                built,
            });
        }
    }
    Ok(())
}
