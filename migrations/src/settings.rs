//! What a deployment is made from: one TOML file, checked before anything is sent.

use std::path::PathBuf;

use anyhow::{ensure, Context as _, Result};
use serde::Deserialize;

/// Basis points in a whole.
const BPS_WHOLE: u16 = 10_000;

/// The settings of a deployment. Amounts are in base units of the token they name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// JSON-RPC address of the cluster.
    pub rpc_url: String,
    /// Web socket address, copied into the address book.
    pub ws_url: String,
    /// Folder with the built programs `trestle_<name>.so`, which the cluster must run.
    pub programs: PathBuf,
    /// Key pair file of the network's authority. It pays for what the steps create.
    pub authority: PathBuf,
    /// Address that can pause the network, and nothing else.
    pub guardian: String,
    pub token: Token,
    pub stable: Stable,
    pub network: Network,
    pub storage: Storage,
    pub market: Market,
    pub pool: Pool,
    /// Verifiers whose keys are at hand. Others are admitted later, by co-signing.
    #[serde(default)]
    pub verifiers: Vec<Verifier>,
}

/// The network's token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Token {
    /// Key pair file of the mint; created when it does not exist on chain.
    pub mint: PathBuf,
    /// What the token is called on screen.
    pub symbol: String,
    pub decimals: u8,
    /// Minted to the authority when the mint is created.
    pub initial_supply: u64,
}

/// The stablecoin, with six decimals.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub enum Stable {
    /// A mint that exists.
    Existing { mint: String },
    /// A mint of our own, for networks without value.
    Create { mint: PathBuf, initial_supply: u64 },
}

/// Parameters of the network; see `trestle_staking::state::NetworkParams`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Network {
    pub epoch_seconds: u32,
    pub challenge_window_seconds: u32,
    pub unbonding_seconds: u32,
    pub verifier_bond_min: u64,
    pub bond_slash_bps: u16,
    pub burn_bps: u16,
    pub insurance_bps: u16,
    pub challenger_bps: u16,
    /// By how much a bond must exceed the smallest to displace it; 0, the default: it cannot.
    #[serde(default)]
    pub displacement_margin_bps: u16,
}

/// Parameters of the storage service; see `trestle_staking::state::ServiceParams`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Storage {
    pub stake_per_gib: u64,
    pub missing_bps: u16,
    pub detect_bps: u16,
    pub miss_slash_bps: u16,
    pub lost_slash_bps: u16,
    pub answer_deadline_ms: u32,
    pub notice_epochs: u16,
}

/// The credit market.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Market {
    /// Address of the Pyth price account of the token in USD.
    pub price_account: String,
    /// Feed id, 64 hex digits.
    pub feed_id: String,
    pub max_age_seconds: u32,
    pub max_conf_bps: u16,
    /// Share of released revenue that goes to the treasury.
    pub protocol_fee_bps: u16,
    /// Share of released revenue that goes to the insurance.
    pub insurance_fee_bps: u16,
    /// Most credits that a biller may ever be allowed to sell a day by card.
    pub biller_cap: u64,
    /// Where wallets find the credit's description.
    pub metadata_uri: String,
}

/// The emission pool of the storage service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pool {
    /// `fund`: paid from what was put in. `mint`: the network's minter becomes
    /// the token's mint authority.
    pub mode: PoolMode,
    pub tokens_per_epoch: u64,
    pub breaker_capacity: u64,
    pub breaker_window_seconds: u32,
    /// Epochs that count as a month of an operator's age; 0 holds no rewards back.
    #[serde(default)]
    pub epochs_per_month: u32,
    /// How a pool that mints emits; a pool that is funded has none.
    #[serde(default)]
    pub emission: Option<Emission>,
    /// The breaker of the pool's stablecoin; without it the pool pays none.
    #[serde(default)]
    pub stable: Option<StableBreaker>,
}

/// How a pool that mints emits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Emission {
    pub base: u64,
    pub rho_bps: u16,
    pub reemit_bps: u16,
    pub reemit_cap: u64,
    /// By ascending first epoch.
    pub steps: Vec<EmissionStep>,
}

/// What an epoch is granted at most, until the next step.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EmissionStep {
    pub first_epoch: u64,
    pub tokens_per_epoch: u64,
}

/// The breaker of a pool's stablecoin, in 1e-6 USD.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StableBreaker {
    pub capacity: u64,
    pub window_seconds: u32,
}

/// Where a pool's tokens come from.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum PoolMode {
    Fund,
    Mint,
}

/// A verifier to admit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Verifier {
    /// Key pair file.
    pub keypair: PathBuf,
    pub bond: u64,
    /// Where it publishes its epochs; goes into the address book.
    pub url: String,
}

impl Settings {
    /// Reads and checks a settings file.
    ///
    /// # Errors
    /// When the file cannot be read, has an unknown key, or a value out of bounds.
    pub fn load(path: &std::path::Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let settings: Self =
            toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        settings.check()?;
        Ok(settings)
    }

    /// What can be refused before asking the chain.
    ///
    /// # Errors
    /// Names the setting and the bound.
    pub fn check(&self) -> Result<()> {
        let network = &self.network;
        let shares = [
            network.burn_bps,
            network.insurance_bps,
            network.challenger_bps,
        ];
        let whole: u32 = shares.into_iter().map(u32::from).sum();
        ensure!(
            whole == u32::from(BPS_WHOLE),
            "burn-bps, insurance-bps and challenger-bps must add up to {BPS_WHOLE}, not {whole}"
        );
        ensure!(
            self.market.feed_id.len() == 64,
            "market.feed-id must have 64 hex digits"
        );
        for verifier in &self.verifiers {
            ensure!(
                verifier.bond >= network.verifier_bond_min,
                "the bond of {} is below network.verifier-bond-min",
                verifier.keypair.display()
            );
        }
        Ok(())
    }
}
