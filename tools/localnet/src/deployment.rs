//! Trestle on a local network: programs, mints, price, network, service, market, pool, verifiers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use solana_keypair::{read_keypair_file, write_keypair_file, Keypair};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use trestle_migrations::{
    settings::{self, Settings},
    Plan,
};
use trestle_sdk::{deployment::Deployment, program::PROGRAMS};

use crate::{price, LocalNetwork, Remote};

/// Lamports each local key starts with: 100 SOL.
const FUNDS_LAMPORTS: u64 = 100_000_000_000;
/// Decimals of the local token.
const TOKEN_DECIMALS: u8 = 9;
/// One local token in base units.
pub const TOKEN: u64 = 1_000_000_000;
/// One local dollar in base units of the stablecoin.
pub const STABLE: u64 = 1_000_000;
/// Tokens that exist at the start.
const TOKEN_SUPPLY: u64 = 1_000_000 * TOKEN;
/// Dollars that exist at the start.
const STABLE_SUPPLY: u64 = 1_000_000 * STABLE;
/// Bond of each local verifier.
const VERIFIER_BOND: u64 = 1_000 * TOKEN;
/// What the local pool mints for an epoch, in base units.
const POOL_TOKENS_PER_EPOCH: u64 = 100 * TOKEN;
/// Seconds of a local epoch. Short enough to wait for, and the network can travel in time.
pub const EPOCH_SECONDS: u32 = 600;
/// Seconds of the local challenge window.
pub const CHALLENGE_WINDOW_SECONDS: u32 = 60;
/// Seconds until local stake comes back.
pub const UNBONDING_SECONDS: u32 = 1_200;

/// What to deploy with.
pub struct Options {
    /// Folder for key files and the address book.
    pub folder: PathBuf,
    /// Folder with `trestle_<program>.so`.
    pub artifacts: PathBuf,
    /// Where each verifier will publish; one key is made for each.
    pub verifier_urls: Vec<String>,
}

/// Trestle as it stands on a local network.
pub struct Deployed {
    /// The address book.
    pub deployment: Deployment,
    /// The address book's file.
    pub address_book: PathBuf,
    /// Folder with the key files.
    pub folder: PathBuf,
    /// The account that [`Deployed::publish_price`] writes.
    pub price_account: Pubkey,
}

impl Deployed {
    /// Deploys Trestle and writes the address book.
    ///
    /// # Errors
    /// When a program is not built, or a step fails.
    pub async fn deploy(
        network: &LocalNetwork,
        options: &Options,
        report: impl FnMut(&str, &Plan),
    ) -> Result<Self> {
        let remote = network.remote();
        let folder = &options.folder;
        fs::create_dir_all(folder)?;
        for (name, address) in PROGRAMS {
            let file = options.artifacts.join(format!("trestle_{name}.so"));
            remote.deploy(&address, &file)?;
        }
        let authority = key(folder, "authority")?;
        remote.fund_sol(&authority.pubkey(), FUNDS_LAMPORTS)?;
        let price_account = key(folder, "price")?.pubkey();
        price::publish(remote, &price_account)?;
        let verifiers = verifiers(remote, options)?;
        let settings = local_settings(network, options, price_account, verifiers)?;
        let context = trestle_migrations::Context::connect(settings).await?;
        trestle_migrations::apply(&context, report).await?;
        let mut deployment = context.deployment()?;
        for name in ["authority", "guardian"] {
            deployment
                .keys
                .insert(name.to_string(), key_path(folder, name));
        }
        let address_book = folder.join("deployment.json");
        deployment.write(&address_book)?;
        Ok(Self {
            deployment,
            address_book,
            folder: folder.clone(),
            price_account,
        })
    }

    /// Finds the network that was deployed with `folder`.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(folder: &Path) -> Result<Self> {
        let address_book = folder.join("deployment.json");
        let deployment = Deployment::read(&address_book)?;
        Ok(Self {
            price_account: deployment
                .price_account
                .context("no price account in the file")?,
            deployment,
            address_book,
            folder: folder.to_path_buf(),
        })
    }

    /// Publishes the price as of the chain's clock: sales refuse an old one.
    ///
    /// # Errors
    /// When the network does not answer.
    pub fn publish_price(&self, remote: &Remote) -> Result<()> {
        price::publish(remote, &self.price_account)
    }
}

/// Makes and funds one verifier for each address.
fn verifiers(remote: &Remote, options: &Options) -> Result<Vec<settings::Verifier>> {
    let mut verifiers = Vec::new();
    for (number, url) in options.verifier_urls.iter().enumerate() {
        let name = verifier_name(number);
        let verifier = key(&options.folder, &name)?;
        remote.fund_sol(&verifier.pubkey(), FUNDS_LAMPORTS)?;
        verifiers.push(settings::Verifier {
            keypair: key_path(&options.folder, &name),
            bond: VERIFIER_BOND,
            url: url.clone(),
        });
    }
    Ok(verifiers)
}

/// Where `trestle -u localhost` looks for the address book of a local network.
///
/// # Errors
/// When neither `XDG_CACHE_HOME` nor `HOME` is set.
pub fn default_folder() -> Result<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(cache.join("trestle/localnet"))
}

/// Name of the key file of verifier `number`, without its ending.
pub fn verifier_name(number: usize) -> String {
    format!("verifier-{number}")
}

/// Path of a key file in `folder`.
pub fn key_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.json"))
}

/// Reads the key `name` from `folder`, or makes it.
///
/// # Errors
/// When the file is there and cannot be read, or cannot be written.
pub fn key(folder: &Path, name: &str) -> Result<Keypair> {
    let path = key_path(folder, name);
    if path.exists() {
        return read_keypair_file(&path)
            .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()));
    }
    let made = Keypair::new();
    write_keypair_file(&made, &path)
        .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    Ok(made)
}

fn local_settings(
    network: &LocalNetwork,
    options: &Options,
    price_account: Pubkey,
    verifiers: Vec<settings::Verifier>,
) -> Result<Settings> {
    let folder = &options.folder;
    for name in ["token-mint", "stable-mint"] {
        key(folder, name)?;
    }
    let settings = Settings {
        rpc_url: network.rpc_url().to_string(),
        ws_url: network.ws_url().to_string(),
        programs: options.artifacts.clone(),
        authority: key_path(folder, "authority"),
        guardian: key(folder, "guardian")?.pubkey().to_string(),
        token: settings::Token {
            mint: key_path(folder, "token-mint"),
            symbol: "TRS".into(),
            decimals: TOKEN_DECIMALS,
            initial_supply: TOKEN_SUPPLY,
        },
        stable: settings::Stable::Create {
            mint: key_path(folder, "stable-mint"),
            initial_supply: STABLE_SUPPLY,
        },
        network: settings::Network {
            epoch_seconds: EPOCH_SECONDS,
            challenge_window_seconds: CHALLENGE_WINDOW_SECONDS,
            unbonding_seconds: UNBONDING_SECONDS,
            verifier_bond_min: VERIFIER_BOND,
            bond_slash_bps: 5_000,
            burn_bps: 4_000,
            insurance_bps: 3_000,
            challenger_bps: 3_000,
            displacement_margin_bps: 0,
        },
        storage: local_storage(),
        market: settings::Market {
            price_account: price_account.to_string(),
            feed_id: hex::encode(price::FEED_ID),
            max_age_seconds: 60,
            max_conf_bps: 100,
            protocol_fee_bps: 500,
            insurance_fee_bps: 100,
            biller_cap: 1_000_000_000,
            metadata_uri: "https://trestle.example/credit.json".into(),
        },
        pool: settings::Pool {
            mode: settings::PoolMode::Mint,
            tokens_per_epoch: POOL_TOKENS_PER_EPOCH,
            breaker_capacity: 1_000 * TOKEN,
            breaker_window_seconds: 86_400,
            epochs_per_month: 0,
            emission: Some(local_emission()),
            stable: Some(settings::StableBreaker {
                capacity: 1_000_000_000,
                window_seconds: 86_400,
            }),
        },
        verifiers,
    };
    settings.check().context("the local settings do not hold")?;
    Ok(settings)
}

/// Every epoch gets the same, whatever was sold: a local network has nobody to buy.
fn local_emission() -> settings::Emission {
    settings::Emission {
        base: POOL_TOKENS_PER_EPOCH,
        rho_bps: 0,
        reemit_bps: 0,
        reemit_cap: 0,
        steps: vec![settings::EmissionStep {
            first_epoch: 0,
            tokens_per_epoch: POOL_TOKENS_PER_EPOCH,
        }],
    }
}

fn local_storage() -> settings::Storage {
    settings::Storage {
        stake_per_gib: 10 * TOKEN,
        missing_bps: 1_000,
        detect_bps: 9_900,
        miss_slash_bps: 100,
        lost_slash_bps: 1_000,
        answer_deadline_ms: 5_000,
        notice_epochs: 1,
    }
}
