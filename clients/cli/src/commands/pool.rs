//! `trestle pool`: where an operator's pay comes from.

use std::{fmt, str::FromStr};

use clap::{Args, Subcommand, ValueEnum};
use solana_instruction::Instruction;
use trestle_core::{
    pool::{PoolState, MODE_FUND, MODE_MINT},
    units::{StableAmount, TokenAmount, UnixSeconds},
};
use trestle_sdk::{
    address,
    amount::{Amount, Decimal, STABLE_DECIMALS},
    event::{find, rewards::EpochAllotted},
    fetch::{self, Emission, Market, Network, Pool},
    instruction::rewards::{
        emission_open, epoch_allot, pool_fund, pool_open, pool_stable_open, EmissionParams,
        EmissionStep, PoolParams, StableParams,
    },
};

use crate::{
    commands::{
        pool_change::{self, PoolChangeCommand},
        pool_output::{
            BreakerText, EmissionText, PoolAction, PoolMode, PoolOutput, PoolWriteOutput,
            StablePoolText, StepText,
        },
    },
    context::{self, Chain, Context},
    error::CliError,
    send::Submitter,
    text::TokenText,
};

#[derive(Debug, Subcommand)]
pub enum PoolCommand {
    /// Show what the pool allots, pays and holds
    Show,
    /// Open the service's pool; only the network's authority can
    #[command(
        after_help = "Example: trestle pool open --mode fund --tokens-per-epoch 1000 \
        --breaker-capacity 20000 --breaker-window-seconds 86400"
    )]
    Open(OpenArgs),
    /// Let the pool pay stablecoin too; only the network's authority can
    OpenStable {
        /// Most stablecoin that can be paid at once, in dollars
        #[arg(long, value_name = "DOLLARS")]
        breaker_capacity: Decimal,
        /// Seconds in which as much can be paid again
        #[arg(long, value_name = "SECONDS")]
        breaker_window_seconds: u32,
    },
    /// Open the emission of a pool that mints; only the network's authority can
    #[command(
        after_help = "Example: trestle pool open-emission --base 100 --rho-bps 300 \
        --step 0:1000 --step 730:500"
    )]
    OpenEmission(EmissionArgs),
    /// Put tokens into the pool; anybody may
    Fund {
        /// Tokens, or ALL in the wallet
        amount: Amount,
    },
    /// Allot the next epoch its tokens; anybody may
    Allot {
        /// The epoch [default: the next one]
        #[arg(long, value_name = "EPOCH")]
        epoch: Option<u64>,
    },
    /// Change the pool's parameters, with notice
    #[command(subcommand)]
    Change(PoolChangeCommand),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// Pay what is funded
    Fund,
    /// Mint what is allotted
    Mint,
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    /// Where the tokens come from
    #[arg(long, value_enum)]
    pub mode: ModeArg,
    /// Most that an epoch is allotted, in tokens
    #[arg(long, value_name = "TOKENS")]
    pub tokens_per_epoch: Decimal,
    /// First epoch that is allotted anything [default: the running one]
    #[arg(long, value_name = "EPOCH")]
    pub first_epoch: Option<u64>,
    /// Most that can be paid at once, in tokens
    #[arg(long, value_name = "TOKENS")]
    pub breaker_capacity: Decimal,
    /// Seconds in which as much can be paid again
    #[arg(long, value_name = "SECONDS")]
    pub breaker_window_seconds: u32,
    /// Epochs that count as a month of an operator's age; 0 holds nothing back
    #[arg(long, value_name = "EPOCHS", default_value_t = 0)]
    pub epochs_per_month: u32,
}

#[derive(Debug, Args)]
pub struct EmissionArgs {
    /// Tokens that an epoch gets whatever was sold
    #[arg(long, value_name = "TOKENS")]
    pub base: Decimal,
    /// Share of the revenue whose worth in tokens is emitted, in basis points
    #[arg(long, value_name = "BPS", default_value_t = 0)]
    pub rho_bps: u16,
    /// Share of the burnt tokens that is emitted again, in basis points
    #[arg(long, value_name = "BPS", default_value_t = 0)]
    pub reemit_bps: u16,
    /// Burnt tokens that an epoch emits again at most
    #[arg(long, value_name = "TOKENS", default_value = "0")]
    pub reemit_cap: Decimal,
    /// From this epoch on, an epoch is granted so many tokens at most; may be given 8 times
    #[arg(long = "step", value_name = "EPOCH:TOKENS", required = true)]
    pub steps: Vec<StepArg>,
}

/// One step of a schedule as it is typed: `730:500`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepArg {
    pub first_epoch: u64,
    pub tokens: Decimal,
}

impl FromStr for StepArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':');
        let parsed = parts.and_then(|(epoch, tokens)| {
            Some(Self {
                first_epoch: epoch.parse().ok()?,
                tokens: tokens.parse().ok()?,
            })
        });
        parsed.ok_or_else(|| format!("`{text}` is not EPOCH:TOKENS, such as `730:500`"))
    }
}

impl fmt::Display for StepArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.first_epoch, self.tokens)
    }
}

/// A schedule in base units.
pub fn steps(steps: &[StepArg], decimals: u8) -> Result<Vec<EmissionStep>, CliError> {
    let step = |step: &StepArg| {
        Ok(EmissionStep {
            first_epoch: step.first_epoch,
            tokens_per_epoch: step.tokens.to_base_units(decimals)?,
        })
    };
    steps.iter().map(step).collect()
}

pub async fn run(command: &PoolCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        PoolCommand::Show => context.print(&show(context).await?),
        PoolCommand::Open(args) => context.print(&open(args, context).await?),
        PoolCommand::OpenStable {
            breaker_capacity,
            breaker_window_seconds,
        } => {
            let params = StableParams {
                breaker_capacity: breaker_capacity.to_base_units(STABLE_DECIMALS)?,
                breaker_window_seconds: *breaker_window_seconds,
            };
            context.print(&open_stable(params, context).await?)
        }
        PoolCommand::OpenEmission(args) => context.print(&open_emission(args, context).await?),
        PoolCommand::Fund { amount } => context.print(&fund(amount, context).await?),
        PoolCommand::Allot { epoch } => context.print(&allot(*epoch, context).await?),
        PoolCommand::Change(command) => pool_change::run(command, context).await,
    }
}

async fn show(context: &Context<'_>) -> Result<PoolOutput, CliError> {
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let (rpc, address) = (&chain.rpc, &chain.deployment.pool);
    let pool: Pool = fetch::fetch(rpc, address).await?;
    let emission: Option<Emission> =
        fetch::fetch_optional(rpc, &address::emission(address)).await?;
    let now = UnixSeconds(view.time.unix_seconds);
    let tokens = |amount| chain.tokens(&view.network, amount);
    let held = vault_balance(&chain, &address::pool_vault(address)).await?;
    let stable = if pool.has_stable() {
        let held = vault_balance(&chain, &address::pool_stable_vault(address)).await?;
        Some(stable_text(&chain, *pool.state(), held, now))
    } else {
        None
    };
    let mut state: PoolState = *pool.state();
    Ok(PoolOutput {
        pool: address.to_string(),
        mode: match pool.mode {
            MODE_MINT => PoolMode::Mint,
            _ => PoolMode::Fund,
        },
        per_epoch: tokens(pool.tokens_per_epoch),
        first_epoch: pool.first_epoch,
        allotted_epoch: (pool.allot_count > 0).then(|| pool.last_allotted_epoch.to_string()),
        funded: tokens(pool.funded_total),
        allotted: tokens(pool.allotted_total),
        paid: tokens(pool.paid_total),
        vault: tokens(held),
        breaker: BreakerText {
            capacity: tokens(pool.breaker_capacity),
            open: tokens(state.breaker_grant(now, TokenAmount(u64::MAX)).0),
            window_seconds: pool.breaker_window_seconds,
        },
        epochs_per_month: pool.epochs_per_month,
        params_version: pool.params_version,
        stable,
        emission: emission.map(|emission| emission_text(&emission, tokens)),
    })
}

async fn vault_balance(chain: &Chain, vault: &solana_pubkey::Pubkey) -> Result<u64, CliError> {
    let balance = fetch::token_balance(&chain.rpc, vault).await?;
    Ok(balance.map_or(0, |balance| balance.amount))
}

fn stable_text(chain: &Chain, mut state: PoolState, held: u64, now: UnixSeconds) -> StablePoolText {
    let open = state.stable_breaker_grant(now, StableAmount(u64::MAX));
    StablePoolText {
        allotted: chain.stable(state.stable_allotted_total().0),
        paid: chain.stable(state.stable_paid_total),
        vault: chain.stable(held),
        breaker: BreakerText {
            capacity: chain.stable(state.stable_breaker_capacity),
            open: chain.stable(open.0),
            window_seconds: state.stable_breaker_window_seconds,
        },
    }
}

fn emission_text(emission: &Emission, tokens: impl Fn(u64) -> TokenText) -> EmissionText {
    let step = |step: &EmissionStep| StepText {
        first_epoch: step.first_epoch,
        per_epoch: tokens(step.tokens_per_epoch),
    };
    EmissionText {
        base: tokens(emission.base),
        rho_bps: emission.rho_bps,
        reemit_bps: emission.reemit_bps,
        reemit_cap: tokens(emission.reemit_cap),
        steps: emission.schedule().iter().map(step).collect(),
    }
}

async fn open(args: &OpenArgs, context: &Context<'_>) -> Result<PoolWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let view = chain.view().await?;
    let decimals = view.network.token_decimals;
    let params = PoolParams {
        mode: match args.mode {
            ModeArg::Fund => MODE_FUND,
            ModeArg::Mint => MODE_MINT,
        },
        tokens_per_epoch: args.tokens_per_epoch.to_base_units(decimals)?,
        first_epoch: args.first_epoch.unwrap_or(view.epoch),
        breaker_capacity: args.breaker_capacity.to_base_units(decimals)?,
        breaker_window_seconds: args.breaker_window_seconds,
        epochs_per_month: args.epochs_per_month,
    };
    let submitter = Submitter::new(context, &chain, &signers);
    let (wallet, book) = (submitter.wallet(), &chain.deployment);
    let mint = &view.network.token_mint;
    let instruction = pool_open(&wallet, &book.network, &book.service, mint, params);
    let output = write(PoolAction::Open, &submitter, &chain, instruction).await?;
    Ok(PoolWriteOutput {
        epoch: Some(params.first_epoch.to_string()),
        ..output
    })
}

async fn open_stable(
    params: StableParams,
    context: &Context<'_>,
) -> Result<PoolWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let network: Network = fetch::fetch(&chain.rpc, &chain.deployment.network).await?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (wallet, book) = (submitter.wallet(), &chain.deployment);
    let mint = &network.stable_mint;
    let instruction = pool_stable_open(&wallet, &book.network, &book.service, mint, params);
    write(PoolAction::OpenStable, &submitter, &chain, instruction).await
}

async fn open_emission(
    args: &EmissionArgs,
    context: &Context<'_>,
) -> Result<PoolWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let network: Network = fetch::fetch(&chain.rpc, &chain.deployment.network).await?;
    let decimals = network.token_decimals;
    let params = EmissionParams {
        base: args.base.to_base_units(decimals)?,
        rho_bps: args.rho_bps,
        reemit_bps: args.reemit_bps,
        reemit_cap: args.reemit_cap.to_base_units(decimals)?,
        steps: steps(&args.steps, decimals)?,
    };
    let submitter = Submitter::new(context, &chain, &signers);
    let (wallet, book) = (submitter.wallet(), &chain.deployment);
    let instruction = emission_open(&wallet, &book.network, &book.service, params);
    write(PoolAction::OpenEmission, &submitter, &chain, instruction).await
}

async fn fund(amount: &Amount, context: &Context<'_>) -> Result<PoolWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let wallet = signers.wallet.address();
    let book = &chain.deployment;
    let network: Network = fetch::fetch(&chain.rpc, &book.network).await?;
    let source = address::token_account(&wallet, &network.token_mint);
    let available = vault_balance(&chain, &source).await?;
    let units = context::units(amount, network.token_decimals, available, "the wallet")?;
    let text = chain.tokens(&network, units);
    if !context.global.dry_run {
        let question = format!("Put {text} into the pool? Nobody can take it out again.");
        context.ui.confirm(&question)?;
    }
    let submitter = Submitter::new(context, &chain, &signers);
    let instruction = pool_fund(&wallet, &source, &book.network, &book.service, units);
    let output = write(PoolAction::Fund, &submitter, &chain, instruction).await?;
    Ok(PoolWriteOutput {
        amount: Some(text),
        ..output
    })
}

async fn allot(epoch: Option<u64>, context: &Context<'_>) -> Result<PoolWriteOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let book = &chain.deployment;
    let network: Network = fetch::fetch(&chain.rpc, &book.network).await?;
    let pool: Pool = fetch::fetch(&chain.rpc, &book.pool).await?;
    let market: Option<Market> = fetch::fetch_optional(&chain.rpc, &book.market).await?;
    // A pool that is funded reads no price, whatever stands in its place.
    let price = market.map_or(book.pool, |market| market.price_account);
    let epoch = epoch.unwrap_or(pool.next_epoch().unwrap_or(pool.last_allotted_epoch));
    let submitter = Submitter::new(context, &chain, &signers);
    let mint = &network.token_mint;
    let instruction = epoch_allot(&book.network, &book.service, mint, &price, epoch);
    let output = write(PoolAction::Allot, &submitter, &chain, instruction).await?;
    let logs = &output.transaction.event_logs;
    let allotted = find::<EpochAllotted>(logs, &address::REWARDS_ID);
    let allotted = allotted.first().map(|event| event.tokens);
    Ok(PoolWriteOutput {
        amount: allotted.map(|amount| chain.tokens(&network, amount)),
        epoch: Some(epoch.to_string()),
        ..output
    })
}

async fn write(
    action: PoolAction,
    submitter: &Submitter<'_>,
    chain: &Chain,
    instruction: Instruction,
) -> Result<PoolWriteOutput, CliError> {
    let what = match action {
        PoolAction::Open | PoolAction::OpenStable | PoolAction::OpenEmission => "the opening",
        PoolAction::Fund => "the funding",
        PoolAction::Allot => "the allotment",
    };
    Ok(PoolWriteOutput {
        action,
        pool: chain.deployment.pool.to_string(),
        amount: None,
        epoch: None,
        transaction: submitter.send(what, vec![instruction]).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_an_epoch_and_tokens() {
        let step: StepArg = "730:0.5".parse().unwrap();
        assert_eq!(step.to_string(), "730:0.5");
        let parsed = steps(&[step], 9).unwrap();
        assert_eq!(parsed[0].first_epoch, 730);
        assert_eq!(parsed[0].tokens_per_epoch, 500_000_000);
        for text in ["730", "730:", ":5", "730:x", "-1:5", ""] {
            assert!(text.parse::<StepArg>().is_err(), "{text}");
        }
    }
}
