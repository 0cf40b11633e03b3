//! What a command works with: settings, cluster, network, keys.

use std::{mem::offset_of, str::FromStr, time::Duration};

use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use trestle_sdk::{
    address,
    amount::{format_units, Amount, STABLE_DECIMALS},
    cluster::Cluster,
    deployment::Deployment,
    fetch::{self, Filter, Market, Network, Operator},
    send::{PriorityFee, SendConfig},
    time::{chain_time, ChainTime},
};

use crate::{
    args::GlobalArgs,
    config::{is_local, Settings},
    error::CliError,
    output,
    signer::{SignerSource, Wallet},
    text::TokenText,
    ui::Ui,
};

/// A cluster that does not answer for this long counts as unreachable.
const RPC_TIMEOUT: Duration = Duration::from_secs(30);
/// Name of the stablecoin on screen.
pub const STABLE_SYMBOL: &str = "USD";

/// Everything that comes from arguments and settings. Nothing is read before it is needed.
pub struct Context<'a> {
    pub global: &'a GlobalArgs,
    pub ui: &'a Ui,
}

/// A cluster with a network on it.
pub struct Chain {
    pub rpc: RpcClient,
    pub cluster: Cluster,
    pub deployment: Deployment,
    pub send: SendConfig,
}

/// A network as it stands now.
pub struct NetworkView {
    pub network: Network,
    pub time: ChainTime,
    /// The epoch that runs.
    pub epoch: u64,
}

/// Who signs and who pays.
pub struct Signers {
    pub wallet: Wallet,
    pub fee_payer: Option<Wallet>,
    /// Whoever else has to agree to what a command does.
    pub others: Vec<Wallet>,
}

impl<'a> Context<'a> {
    pub fn new(global: &'a GlobalArgs, ui: &'a Ui) -> Self {
        Self { global, ui }
    }

    /// Prints a result.
    pub fn print<T: serde::Serialize + std::fmt::Display>(
        &self,
        value: &T,
    ) -> Result<(), CliError> {
        let text = output::render(value, self.global.output, self.global.verbose)?;
        output::write_stdout(&text)
    }

    pub fn settings(&self) -> Result<Settings, CliError> {
        Settings::read(self.global)
    }

    /// Connects to the cluster and makes sure that it is the one that the network lives on.
    pub async fn chain(&self) -> Result<Chain, CliError> {
        let settings = self.settings()?;
        let file = match self.global.network {
            Some(_) => None,
            None => settings.deployment(self.global)?,
        };
        let deployment = file.map(|file| Deployment::read(&file.value)).transpose()?;
        let from_file = deployment.as_ref().map(|one| one.rpc_url.as_str());
        let cluster = settings.cluster(self.global, from_file)?.value;
        let commitment = settings.commitment(self.global)?.value;
        let url = cluster.url().to_string();
        let commitment = CommitmentConfig {
            commitment: commitment.0,
        };
        let rpc = RpcClient::new_with_timeout_and_commitment(url.clone(), RPC_TIMEOUT, commitment);
        let deployment = match (deployment, self.global.network) {
            (Some(deployment), _) => deployment,
            (None, Some(network)) => {
                discover(&rpc, settings.ws_url(self.global, &cluster).value, network).await?
            }
            (None, None) => return Err(no_deployment(&url)),
        };
        check_genesis(&rpc, &url, &deployment).await?;
        Ok(Chain {
            send: SendConfig {
                commitment: rpc.commitment(),
                priority_fee: self
                    .global
                    .with_compute_unit_price
                    .map_or(PriorityFee::Auto, PriorityFee::MicroLamports),
                unit_limit: self.global.with_compute_unit_limit,
            },
            rpc,
            cluster,
            deployment,
        })
    }

    /// Reads the signing keys.
    pub fn signers(&self) -> Result<Signers, CliError> {
        let warn = |text: String| self.ui.warning(text);
        let source = match &self.global.keypair {
            Some(source) => source.clone(),
            None => {
                let text = self.settings()?.keypair(self.global)?.value;
                SignerSource::from_str(&text).map_err(|why| CliError::config("signer", why))?
            }
        };
        let fee_payer = self.global.fee_payer.as_ref();
        Ok(Signers {
            wallet: source.read(&warn)?,
            fee_payer: fee_payer.map(|source| source.read(&warn)).transpose()?,
            others: Vec::new(),
        })
    }

    /// Reads the signing keys, and that of another party.
    pub fn signers_with(&self, other: &SignerSource) -> Result<Signers, CliError> {
        let mut signers = self.signers()?;
        let warn = |text: String| self.ui.warning(text);
        signers.others.push(other.read(&warn)?);
        Ok(signers)
    }

    /// The address in `given`, or that of the signing key.
    pub fn wallet_or(&self, given: Option<Pubkey>) -> Result<Pubkey, CliError> {
        match given {
            Some(address) => Ok(address),
            None => Ok(self.signers()?.wallet.address()),
        }
    }
}

fn no_deployment(url: &str) -> CliError {
    let hint = if is_local(url) {
        "start a local network, or name a deployment file by --deployment"
    } else {
        "name its deployment file by --deployment, or its address by --network"
    };
    CliError::config("no-deployment", format!("no network is known on {url}")).hint(hint)
}

/// What the user typed in base units. More than there is would only be refused later.
pub fn units(amount: &Amount, decimals: u8, available: u64, holder: &str) -> Result<u64, CliError> {
    let held = format_units(available, decimals);
    let short = |wanted: &str| {
        CliError::failed(
            "insufficient",
            format!("{holder} holds {held}, not {wanted}"),
        )
        .hint("use a smaller amount, or ALL for everything")
    };
    match amount {
        Amount::All if available == 0 => Err(CliError::failed(
            "insufficient",
            format!("{holder} holds nothing"),
        )),
        Amount::All => Ok(available),
        Amount::Exact(decimal) => {
            let units = amount.to_base_units(decimals, available)?;
            if units > available {
                return Err(short(&decimal.to_string()));
            }
            Ok(units)
        }
    }
}

/// Finds everything that follows from a network's address.
async fn discover(
    rpc: &RpcClient,
    ws_url: String,
    address: Pubkey,
) -> Result<Deployment, CliError> {
    let network: Network = fetch::fetch(rpc, &address).await?;
    let service = address::service(&address, 0);
    let market_address = address::market(&address);
    let market: Option<Market> = fetch::fetch_optional(rpc, &market_address).await?;
    Ok(Deployment {
        ws_url,
        rpc_url: rpc.url(),
        genesis_hash: None,
        network: address,
        service,
        token_mint: network.token_mint,
        token_symbol: "TOKEN".to_string(),
        stable_mint: network.stable_mint,
        credit_mint: address::credit_mint(&address),
        market: market_address,
        pool: address::pool(&service),
        price_account: market.map(|market| market.price_account),
        published: Vec::new(),
        keys: Default::default(),
    })
}

/// A transaction for one cluster must not go to another that happens to know the same addresses.
async fn check_genesis(
    rpc: &RpcClient,
    url: &str,
    deployment: &Deployment,
) -> Result<(), CliError> {
    let Some(expected) = &deployment.genesis_hash else {
        return Ok(());
    };
    let found = rpc.get_genesis_hash().await?.to_string();
    if found == *expected {
        return Ok(());
    }
    let message = format!("{url} is another cluster than the one of the deployment file");
    let mut error = CliError::config("wrong-cluster", message)
        .hint("give the matching -u/--url, or another --deployment");
    error
        .causes
        .push(format!("its genesis hash is {found}, not {expected}"));
    Err(error)
}

impl Chain {
    /// The network and the chain's clock.
    pub async fn view(&self) -> Result<NetworkView, CliError> {
        let network: Network = fetch::fetch(&self.rpc, &self.deployment.network).await?;
        let time = chain_time(&self.rpc).await?;
        let epoch = network.epoch_at(time.unix_seconds).map_err(|_| {
            CliError::failed("before-genesis", "the network has not begun yet")
                .hint("wait until its genesis; `trestle network show` says when")
        })?;
        Ok(NetworkView {
            network,
            time,
            epoch: epoch.0,
        })
    }

    /// An operator by its own address, by that of the wallet that registered it, or by that of the
    /// key that acts for it, where it acts for no other.
    pub async fn operator(&self, address: &Pubkey) -> Result<(Pubkey, Operator), CliError> {
        let own = address::operator(&self.deployment.service, address);
        if let Some(operator) = fetch::fetch_optional::<Operator>(&self.rpc, &own).await? {
            return Ok((own, operator));
        }
        let account = fetch::raw(&self.rpc, address, "operator").await?;
        if let Some(account) = account.filter(|account| account.owner == address::STAKING_ID) {
            return Ok((*address, fetch::decode(address, &account)?));
        }
        let filters = [
            Filter::address(offset_of!(Operator, service), &self.deployment.service),
            Filter::address(offset_of!(Operator, controller), address),
        ];
        let controlled = fetch::list::<Operator>(&self.rpc, &filters).await?;
        if let [one] = controlled.as_slice() {
            return Ok(*one);
        }
        let message = format!("{address} is neither an operator nor the wallet of one");
        Err(CliError::failed("not-found", message)
            .hint("`trestle operator list` shows all; `trestle operator register` makes one"))
    }

    pub fn tokens(&self, network: &Network, amount: u64) -> TokenText {
        TokenText::new(
            amount,
            network.token_decimals,
            &self.deployment.token_symbol,
        )
    }

    pub fn stable(&self, amount: u64) -> TokenText {
        TokenText::new(amount, STABLE_DECIMALS, STABLE_SYMBOL)
    }
}
