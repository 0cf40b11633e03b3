//! What every step works with: the settings, the keys and the cluster.

use std::path::Path;

use anyhow::{anyhow, bail, Context as _, Result};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::{read_keypair_file, Keypair};
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;
use spl_token_interface::state::Mint;
use trestle_sdk::{
    address,
    deployment::Deployment,
    send::{Outcome, SendConfig, Sender, TransactionRequest},
};

use crate::settings::{Settings, Stable};

/// Index of the storage service in its network: it is the first one.
pub const STORAGE_SERVICE: u16 = 0;

/// The settings with their keys read, and a connection to the cluster.
pub struct Context {
    pub settings: Settings,
    pub rpc: RpcClient,
    pub authority: Keypair,
    pub guardian: Pubkey,
    pub token_mint: Pubkey,
    pub stable_mint: Pubkey,
}

impl Context {
    /// Reads the key files and connects. Sends nothing.
    ///
    /// # Errors
    /// When a key file or an address cannot be read.
    pub async fn connect(settings: Settings) -> Result<Self> {
        settings.check()?;
        let rpc =
            RpcClient::new_with_commitment(settings.rpc_url.clone(), CommitmentConfig::confirmed());
        let stable_mint = match &settings.stable {
            Stable::Existing { mint } => parse("stable.mint", mint)?,
            Stable::Create { mint, .. } => read_key(mint)?.pubkey(),
        };
        Ok(Self {
            authority: read_key(&settings.authority)?,
            guardian: parse("guardian", &settings.guardian)?,
            token_mint: read_key(&settings.token.mint)?.pubkey(),
            stable_mint,
            rpc,
            settings,
        })
    }

    /// The network's address.
    pub fn network(&self) -> Pubkey {
        address::network(&self.token_mint)
    }

    /// The storage service's address.
    pub fn service(&self) -> Pubkey {
        address::service(&self.network(), STORAGE_SERVICE)
    }

    /// The address book of what these settings deploy.
    ///
    /// # Errors
    /// When the price account in the settings is not an address.
    pub fn deployment(&self) -> Result<Deployment> {
        let (network, service) = (self.network(), self.service());
        Ok(Deployment {
            rpc_url: self.settings.rpc_url.clone(),
            ws_url: self.settings.ws_url.clone(),
            genesis_hash: None,
            network,
            service,
            token_mint: self.token_mint,
            token_symbol: self.settings.token.symbol.clone(),
            stable_mint: self.stable_mint,
            credit_mint: address::credit_mint(&network),
            market: address::market(&network),
            pool: address::pool(&service),
            price_account: Some(parse(
                "market.price-account",
                &self.settings.market.price_account,
            )?),
            published: self
                .settings
                .verifiers
                .iter()
                .map(|one| one.url.clone())
                .collect(),
            keys: Default::default(),
        })
    }

    /// The data of an account; `None` when there is none.
    pub async fn account(&self, address: &Pubkey) -> Result<Option<Vec<u8>>> {
        let answer = self
            .rpc
            .get_account_with_commitment(address, self.rpc.commitment())
            .await
            .with_context(|| format!("cannot read {address}"))?;
        Ok(answer.value.map(|account| account.data))
    }

    /// Whether there is an account at this address.
    pub async fn exists(&self, address: &Pubkey) -> Result<bool> {
        Ok(self.account(address).await?.is_some())
    }

    /// A mint, if there is one at this address.
    pub async fn mint(&self, address: &Pubkey) -> Result<Option<Mint>> {
        let Some(data) = self.account(address).await? else {
            return Ok(None);
        };
        let mint = Mint::unpack(&data).map_err(|error| anyhow!("{address} is no mint: {error}"))?;
        Ok(Some(mint))
    }

    /// Sends instructions, paid and signed by the authority and the other signers, and waits.
    ///
    /// # Errors
    /// When the simulation or the transaction fails, or its fate is unknown.
    pub async fn send(
        &self,
        what: &str,
        instructions: Vec<Instruction>,
        others: &[&Keypair],
    ) -> Result<()> {
        let sender = Sender::new(&self.rpc, SendConfig::default());
        let request = TransactionRequest::new(self.authority.pubkey(), instructions);
        let mut signers: Vec<&dyn Signer> = vec![&self.authority];
        signers.extend(others.iter().map(|key| *key as &dyn Signer));
        let receipt = sender
            .send(&request, &signers, |_| Ok(()))
            .await
            .with_context(|| what.to_string())?;
        match receipt.outcome {
            Outcome::Landed { .. } => Ok(()),
            other => bail!("{what}: transaction {} {other:?}", receipt.signature),
        }
    }
}

/// Reads a key pair file.
///
/// # Errors
/// When it is missing or malformed; names the file.
pub fn read_key(path: &Path) -> Result<Keypair> {
    read_keypair_file(path).map_err(|error| anyhow!("{}: {error}", path.display()))
}

fn parse(setting: &str, text: &str) -> Result<Pubkey> {
    text.parse()
        .map_err(|error| anyhow!("{setting}: `{text}` is not an address: {error}"))
}
