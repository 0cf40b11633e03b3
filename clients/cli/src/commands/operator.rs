//! `trestle operator`: register, change and look at storage operators.

use std::{collections::BTreeMap, fmt, mem::offset_of};

use clap::{Args, Subcommand};
use serde::Serialize;
use solana_pubkey::Pubkey;
use trestle_core::units::{Bps, Epoch};
use trestle_sdk::{
    address,
    encoding::string,
    fetch::{self, DelegationPool, Filter, Operator},
    instruction::{
        staking::{
            commission_change, operator_register, operator_release, operator_update,
            OperatorProfile,
        },
        token::token_account_create,
    },
};

use crate::{
    commands::{
        delegation::{pool_of, terms},
        delegation_output::{CommissionOutput, PoolTerms},
        devices::{self, DevicesCommand},
        hand_over::{self, KeyCommand},
    },
    context::{Chain, Context, NetworkView},
    error::CliError,
    send::{Submitter, Transaction},
    signer::address_of,
    text::{relative, row, TokenText},
};

#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Register the signing key's operator
    #[command(after_help = "Example: trestle operator register --endpoint \
        https://node.example:8443 --node-key node.json --capacity-gib 500 --zone 12")]
    Register(RegisterArgs),
    /// Change what an operator says about itself; what is left out stays as it is
    Update(UpdateArgs),
    /// Change what the operator keeps of the pay for delegated stake
    #[command(
        after_help = "A lower commission counts at once. A higher one counts after two whole \
        epochs, and rises by 500 basis points at most."
    )]
    Commission {
        /// The new commission in basis points
        #[arg(value_name = "BPS")]
        commission_bps: u16,
    },
    /// End the operator's jail, when its time is over and its stake is enough again
    Release,
    /// Show an operator
    Show {
        /// Operator or its wallet [default: the signing key]
        operator: Option<Pubkey>,
    },
    /// Change the key that acts for an operator
    #[command(subcommand)]
    Key(KeyCommand),
    /// Name the devices that speak for an operator
    #[command(subcommand)]
    Devices(DevicesCommand),
    /// Leave the service for good: all stake unbonds, and what is due is still paid
    Exit {
        /// Operator, or the wallet that registered it [default: the signing key]
        operator: Option<Pubkey>,
    },
    /// List the operators of the service
    List,
}

#[derive(Debug, Args)]
pub struct RegisterArgs {
    /// URL of the node
    #[arg(long, value_name = "URL")]
    pub endpoint: String,
    /// Key of the node: its address or its key file
    #[arg(long, value_name = "ADDRESS_OR_FILE")]
    pub node_key: String,
    /// What the node offers, in GiB
    #[arg(long, value_name = "GIB")]
    pub capacity_gib: u64,
    /// Where the hardware stands: operators of one zone share its outages
    #[arg(long, value_name = "NUMBER")]
    pub zone: u32,
    /// Token account for rewards [default: the wallet's own, created if missing]
    #[arg(long, value_name = "ADDRESS")]
    pub payout: Option<Pubkey>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct UpdateArgs {
    /// URL of the node
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Key of the node: its address or its key file
    #[arg(long, value_name = "ADDRESS_OR_FILE")]
    pub node_key: Option<String>,
    /// What the node offers, in GiB
    #[arg(long, value_name = "GIB")]
    pub capacity_gib: Option<u64>,
    /// Where the hardware stands
    #[arg(long, value_name = "NUMBER")]
    pub zone: Option<u32>,
    /// Token account for rewards
    #[arg(long, value_name = "ADDRESS")]
    pub payout: Option<Pubkey>,
}

/// `operator register` and `operator update`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorSetOutput {
    pub operator: String,
    pub endpoint: String,
    pub node_key: String,
    #[serde(with = "string")]
    pub capacity_gib: u64,
    pub zone: u32,
    pub payout: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// One operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorOutput {
    pub operator: String,
    /// Registered it; its address follows from this.
    pub wallet: String,
    /// Acts for it.
    pub controller: String,
    /// Has left the service for good.
    pub exited: bool,
    pub endpoint: String,
    pub node_key: String,
    /// First epoch that began with this node key; 0 for the key that it registered with.
    #[serde(with = "string")]
    pub node_key_epoch: u64,
    #[serde(with = "string")]
    pub capacity_gib: u64,
    pub zone: u32,
    pub payout: String,
    pub stake: TokenText,
    #[serde(with = "string")]
    pub registered_epoch: u64,
    /// Only while it is jailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jail: Option<JailText>,
    /// Only if it accepts delegations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegation: Option<PoolTerms>,
}

/// Why an operator gets no new work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JailText {
    /// Unix seconds from which it can be released.
    #[serde(with = "string")]
    pub until: i64,
    #[serde(skip)]
    pub now: i64,
    /// Slashes that count for how long the next jail lasts.
    pub slashes: u32,
}

/// `operator release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorReleaseOutput {
    pub operator: String,
    #[serde(flatten)]
    pub transaction: Transaction,
}

/// `operator list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperatorListOutput {
    pub operators: Vec<OperatorOutput>,
}

impl fmt::Display for OperatorSetOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Operator", &self.operator)?;
        row(f, "Endpoint", &self.endpoint)?;
        row(f, "Node key", &self.node_key)?;
        row(f, "Capacity", format!("{} GiB", self.capacity_gib))?;
        row(f, "Zone", self.zone)?;
        row(f, "Payout", &self.payout)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for OperatorOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, "Operator", &self.operator)?;
        row(f, "Wallet", &self.wallet)?;
        if self.controller != self.wallet {
            row(f, "Controller", &self.controller)?;
        }
        if self.exited {
            row(f, "State", "has left the service")?;
        }
        row(f, "Endpoint", &self.endpoint)?;
        row(f, "Node key", &self.node_key)?;
        if self.node_key_epoch > 0 {
            row(f, "Key since", format!("epoch {}", self.node_key_epoch))?;
        }
        row(f, "Capacity", format!("{} GiB", self.capacity_gib))?;
        row(f, "Zone", self.zone)?;
        row(f, "Payout", &self.payout)?;
        row(f, "Stake", &self.stake)?;
        row(
            f,
            "Registered",
            format!("in epoch {}", self.registered_epoch),
        )?;
        if let Some(jail) = &self.jail {
            row(f, "Jailed", jail)?;
        }
        match &self.delegation {
            Some(terms) => terms.fmt(f),
            None => Ok(()),
        }
    }
}

impl fmt::Display for JailText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.until > self.now {
            let when = relative(self.until, self.now);
            return write!(f, "can be released {when}");
        }
        write!(f, "until `trestle operator release`")
    }
}

impl fmt::Display for OperatorReleaseOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transaction.fmt_head(f)?;
        row(f, "Released", &self.operator)?;
        self.transaction.fmt(f)
    }
}

impl fmt::Display for OperatorListOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.operators.is_empty() {
            return writeln!(f, "No operator is registered.");
        }
        for one in &self.operators {
            let mark = match (one.exited, &one.jail) {
                (true, _) => "  left",
                (false, Some(_)) => "  jailed",
                (false, None) => "",
            };
            writeln!(
                f,
                "{}  zone {}  {} GiB  {}  {}{mark}",
                one.operator, one.zone, one.capacity_gib, one.stake, one.endpoint
            )?;
        }
        Ok(())
    }
}

pub async fn run(command: &OperatorCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        OperatorCommand::Register(args) => context.print(&register(args, context).await?),
        OperatorCommand::Update(args) => context.print(&update(args, context).await?),
        OperatorCommand::Commission { commission_bps } => {
            context.print(&commission(*commission_bps, context).await?)
        }
        OperatorCommand::Release => context.print(&release(context).await?),
        OperatorCommand::Show { operator } => context.print(&show(*operator, context).await?),
        OperatorCommand::Key(command) => context.print(&hand_over::key(command, context).await?),
        OperatorCommand::Devices(command) => devices::run(command, context).await,
        OperatorCommand::Exit { operator } => {
            context.print(&hand_over::exit(*operator, context).await?)
        }
        OperatorCommand::List => context.print(&list(context).await?),
    }
}

async fn register(
    args: &RegisterArgs,
    context: &Context<'_>,
) -> Result<OperatorSetOutput, CliError> {
    let node_key = address_of(&args.node_key)?;
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let book = &chain.deployment;
    let operator = address::operator(&book.service, &wallet);
    if fetch::fetch_optional::<Operator>(&chain.rpc, &operator)
        .await?
        .is_some()
    {
        let message = format!("{wallet} has operator {operator} already");
        return Err(CliError::failed("already-registered", message)
            .hint("change it by `trestle operator update`"));
    }
    let submitter = Submitter::new(context, &chain, &signers);
    let own = address::token_account(&wallet, &book.token_mint);
    let payout = args.payout.unwrap_or(own);
    let mut instructions = Vec::new();
    if payout == own {
        let create = token_account_create(&submitter.payer(), &wallet, &book.token_mint);
        instructions.push(create);
    }
    let profile = OperatorProfile {
        node_key,
        zone: args.zone,
        capacity_gib: args.capacity_gib,
        endpoint: args.endpoint.clone(),
    };
    instructions.push(operator_register(
        &wallet,
        &book.network,
        &book.service,
        &payout,
        profile.clone(),
    ));
    let transaction = submitter.send("the registration", instructions).await?;
    Ok(set_output(operator, profile, payout, transaction))
}

async fn update(args: &UpdateArgs, context: &Context<'_>) -> Result<OperatorSetOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let (operator, current) = chain.operator(&wallet).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let profile = OperatorProfile {
        node_key: match &args.node_key {
            Some(text) => address_of(text)?,
            None => current.node_key,
        },
        zone: args.zone.unwrap_or(current.zone),
        capacity_gib: args.capacity_gib.unwrap_or(current.capacity_gib),
        endpoint: match &args.endpoint {
            Some(url) => url.clone(),
            None => current.endpoint_str().to_string(),
        },
    };
    let payout = args.payout.unwrap_or(current.payout);
    let network = &chain.deployment.network;
    let instruction = operator_update(&wallet, network, &operator, &payout, profile.clone());
    let transaction = submitter.send("the update", vec![instruction]).await?;
    Ok(set_output(operator, profile, payout, transaction))
}

fn set_output(
    operator: Pubkey,
    profile: OperatorProfile,
    payout: Pubkey,
    transaction: Transaction,
) -> OperatorSetOutput {
    OperatorSetOutput {
        operator: operator.to_string(),
        endpoint: profile.endpoint,
        node_key: profile.node_key.to_string(),
        capacity_gib: profile.capacity_gib,
        zone: profile.zone,
        payout: payout.to_string(),
        transaction,
    }
}

async fn commission(
    commission_bps: u16,
    context: &Context<'_>,
) -> Result<CommissionOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let view = chain.view().await?;
    let (operator, mut pool) = pool_of(&chain, &wallet).await?;
    let proposed = Bps::new(commission_bps).unwrap_or(Bps::ONE);
    // What is refused is refused by the program, which says why.
    let from_epoch = pool
        .change_commission(proposed, Epoch(view.epoch))
        .unwrap_or(view.epoch);
    let network = &chain.deployment.network;
    let instruction = commission_change(&wallet, network, &operator, commission_bps);
    let submitter = Submitter::new(context, &chain, &signers);
    let transaction = submitter.send("the change", vec![instruction]).await?;
    Ok(CommissionOutput {
        operator: operator.to_string(),
        pool: address::delegation_pool(&operator).to_string(),
        commission_bps,
        from_epoch,
        transaction,
    })
}

async fn release(context: &Context<'_>) -> Result<OperatorReleaseOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let (operator, state) = chain.operator(&wallet).await?;
    let instruction = operator_release(&wallet, &state.service, &operator);
    let submitter = Submitter::new(context, &chain, &signers);
    let transaction = submitter.send("the release", vec![instruction]).await?;
    Ok(OperatorReleaseOutput {
        operator: operator.to_string(),
        transaction,
    })
}

async fn show(operator: Option<Pubkey>, context: &Context<'_>) -> Result<OperatorOutput, CliError> {
    let wanted = context.wallet_or(operator)?;
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let (address, operator) = chain.operator(&wanted).await?;
    let pool = address::delegation_pool(&address);
    let pool = fetch::fetch_optional::<DelegationPool>(&chain.rpc, &pool).await?;
    Ok(output(&chain, &view, &address, &operator, pool.as_ref()))
}

async fn list(context: &Context<'_>) -> Result<OperatorListOutput, CliError> {
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let filter = Filter::address(offset_of!(Operator, service), &chain.deployment.service);
    let found = fetch::list::<Operator>(&chain.rpc, &[filter]).await?;
    let filter = Filter::address(
        offset_of!(DelegationPool, network),
        &chain.deployment.network,
    );
    let pools = fetch::list::<DelegationPool>(&chain.rpc, &[filter]).await?;
    let pools: BTreeMap<Pubkey, DelegationPool> = pools
        .into_iter()
        .map(|(_, pool)| (pool.operator, pool))
        .collect();
    let operators = found
        .iter()
        .map(|(address, one)| output(&chain, &view, address, one, pools.get(address)));
    Ok(OperatorListOutput {
        operators: operators.collect(),
    })
}

fn output(
    chain: &Chain,
    view: &NetworkView,
    address: &Pubkey,
    one: &Operator,
    pool: Option<&DelegationPool>,
) -> OperatorOutput {
    OperatorOutput {
        operator: address.to_string(),
        wallet: one.authority.to_string(),
        controller: one.controller.to_string(),
        exited: one.has_exited(),
        endpoint: one.endpoint_str().to_string(),
        node_key: one.node_key.to_string(),
        node_key_epoch: one.node_key_epoch,
        capacity_gib: one.capacity_gib,
        zone: one.zone,
        payout: one.payout.to_string(),
        stake: chain.tokens(&view.network, one.stake),
        registered_epoch: one.registered_epoch,
        jail: jail(one, view.time.unix_seconds),
        delegation: pool.map(|pool| terms(chain, view, pool)),
    }
}

/// The jail of an operator that has not been released.
pub fn jail(operator: &Operator, now: i64) -> Option<JailText> {
    (operator.jailed_until != 0).then_some(JailText {
        until: operator.jailed_until,
        now,
        slashes: operator.jail_count,
    })
}
