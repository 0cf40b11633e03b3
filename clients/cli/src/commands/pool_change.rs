//! `trestle pool change`: other parameters for a pool, with notice.

use clap::{Args, Subcommand};
use trestle_core::{pool::MODE_MINT, units::Epoch};
use trestle_sdk::{
    address,
    amount::{Decimal, STABLE_DECIMALS},
    fetch::{self, Emission, Network, Pool, PoolChange},
    instruction::rewards::{
        pool_change_apply, pool_change_cancel, pool_change_propose, ChangeArgs, EmissionParams,
        EmissionStep, PoolTerms,
    },
};

use crate::{
    commands::{
        change::{parameter, ChangeAction, ChangeOutput, ChangeShowOutput, ParameterText},
        pool::{steps, StepArg},
    },
    context::{Chain, Context},
    error::CliError,
    send::Submitter,
    text::{count, duration, percent},
};

#[derive(Debug, Subcommand)]
pub enum PoolChangeCommand {
    /// Propose other parameters; what is left out stays as it is
    #[command(after_help = "Example: trestle pool change propose --breaker-capacity 50000")]
    Propose(Box<PoolTermsArgs>),
    /// Apply the pending change when it is due; anybody can
    Apply,
    /// Cancel the pending change
    Cancel,
    /// Show the pending change
    Show,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct PoolTermsArgs {
    /// Most that an epoch is allotted, in tokens; fixed for a pool that mints
    #[arg(long, value_name = "TOKENS")]
    pub tokens_per_epoch: Option<Decimal>,
    /// Most that can be paid at once, in tokens
    #[arg(long, value_name = "TOKENS")]
    pub breaker_capacity: Option<Decimal>,
    /// Seconds in which as much can be paid again
    #[arg(long, value_name = "SECONDS")]
    pub breaker_window_seconds: Option<u32>,
    /// Most stablecoin that can be paid at once, in dollars
    #[arg(long, value_name = "DOLLARS")]
    pub stable_breaker_capacity: Option<Decimal>,
    /// Seconds in which as much stablecoin can be paid again
    #[arg(long, value_name = "SECONDS")]
    pub stable_breaker_window_seconds: Option<u32>,
    /// Epochs that count as a month of an operator's age; 0 holds nothing back
    #[arg(long, value_name = "EPOCHS")]
    pub epochs_per_month: Option<u32>,
    /// Tokens that an epoch gets whatever was sold, where the pool mints
    #[arg(long, value_name = "TOKENS")]
    pub base: Option<Decimal>,
    /// Share of the revenue whose worth in tokens is emitted, in basis points
    #[arg(long, value_name = "BPS")]
    pub rho_bps: Option<u16>,
    /// Share of the burnt tokens that is emitted again, in basis points
    #[arg(long, value_name = "BPS")]
    pub reemit_bps: Option<u16>,
    /// Burnt tokens that an epoch emits again at most
    #[arg(long, value_name = "TOKENS")]
    pub reemit_cap: Option<Decimal>,
    /// The whole schedule anew, one step at a time
    #[arg(long = "step", value_name = "EPOCH:TOKENS")]
    pub steps: Vec<StepArg>,
}

/// The parameters of a pool, and of its emission where it has one.
struct Terms {
    pool: PoolTerms,
    emission: EmissionParams,
}

impl PoolTermsArgs {
    fn over(&self, network: &Network, now: &Terms) -> Result<ChangeArgs, CliError> {
        let units = |given: &Option<Decimal>, decimals, now| match given {
            Some(amount) => amount.to_base_units(decimals),
            None => Ok(now),
        };
        let decimals = network.token_decimals;
        let (pool, emission) = (&now.pool, &now.emission);
        let stable = &self.stable_breaker_capacity;
        Ok(ChangeArgs {
            terms: PoolTerms {
                tokens_per_epoch: units(&self.tokens_per_epoch, decimals, pool.tokens_per_epoch)?,
                breaker_capacity: units(&self.breaker_capacity, decimals, pool.breaker_capacity)?,
                stable_breaker_capacity: units(
                    stable,
                    STABLE_DECIMALS,
                    pool.stable_breaker_capacity,
                )?,
                breaker_window_seconds: self
                    .breaker_window_seconds
                    .unwrap_or(pool.breaker_window_seconds),
                stable_breaker_window_seconds: self
                    .stable_breaker_window_seconds
                    .unwrap_or(pool.stable_breaker_window_seconds),
                epochs_per_month: self.epochs_per_month.unwrap_or(pool.epochs_per_month),
                _pad: 0,
            },
            emission: EmissionParams {
                base: units(&self.base, decimals, emission.base)?,
                rho_bps: self.rho_bps.unwrap_or(emission.rho_bps),
                reemit_bps: self.reemit_bps.unwrap_or(emission.reemit_bps),
                reemit_cap: units(&self.reemit_cap, decimals, emission.reemit_cap)?,
                steps: if self.steps.is_empty() {
                    emission.steps.clone()
                } else {
                    steps(&self.steps, decimals)?
                },
            },
        })
    }

    /// Whether it asks for what only a pool that mints has.
    fn is_about_emission(&self) -> bool {
        let tokens = self.base.is_some() || self.reemit_cap.is_some();
        tokens || self.rho_bps.is_some() || self.reemit_bps.is_some() || !self.steps.is_empty()
    }
}

pub async fn run(command: &PoolChangeCommand, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        PoolChangeCommand::Propose(args) => context.print(&propose(args, context).await?),
        PoolChangeCommand::Apply => context.print(&finish(ChangeAction::Apply, context).await?),
        PoolChangeCommand::Cancel => context.print(&finish(ChangeAction::Cancel, context).await?),
        PoolChangeCommand::Show => context.print(&show(context).await?),
    }
}

async fn propose(args: &PoolTermsArgs, context: &Context<'_>) -> Result<ChangeOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let view = chain.view().await?;
    let pool: Pool = fetch::fetch(&chain.rpc, &chain.deployment.pool).await?;
    if args.is_about_emission() && pool.mode != MODE_MINT {
        return Err(CliError::usage("a pool that is funded has no emission")
            .hint("leave out --base, --rho-bps, --reemit-bps, --reemit-cap and --step"));
    }
    let now = terms(&chain, &pool).await?;
    let change = args.over(&view.network, &now)?;
    let after = Terms {
        pool: change.terms,
        emission: change.emission.clone(),
    };
    let due = trestle_core::change::due_epoch(Epoch(view.epoch));
    let (wallet, book) = (submitter.wallet(), &chain.deployment);
    let instruction = pool_change_propose(&wallet, &book.network, &book.service, change);
    Ok(ChangeOutput {
        action: ChangeAction::Propose,
        target: book.pool.to_string(),
        due_epoch: Some(due.0.to_string()),
        parameters: parameters(&chain, &view.network, &now, &after),
        transaction: submitter.send("the proposal", vec![instruction]).await?,
    })
}

async fn finish(action: ChangeAction, context: &Context<'_>) -> Result<ChangeOutput, CliError> {
    let chain = context.chain().await?;
    let signers = context.signers()?;
    let submitter = Submitter::new(context, &chain, &signers);
    let (now, change) = pending(&chain).await?;
    let (network, service) = (&chain.deployment.network, &chain.deployment.service);
    let instruction = match action {
        ChangeAction::Cancel => {
            pool_change_cancel(&submitter.wallet(), &change.proposer, network, service)
        }
        _ => pool_change_apply(&change.proposer, network, service),
    };
    let view = chain.view().await?;
    Ok(ChangeOutput {
        action,
        target: chain.deployment.pool.to_string(),
        due_epoch: Some(change.due_epoch.to_string()),
        parameters: parameters(&chain, &view.network, &now, &coming(&change)),
        transaction: submitter.send("the change", vec![instruction]).await?,
    })
}

async fn show(context: &Context<'_>) -> Result<ChangeShowOutput, CliError> {
    let chain = context.chain().await?;
    let view = chain.view().await?;
    let (now, change) = pending(&chain).await?;
    Ok(ChangeShowOutput {
        target: chain.deployment.pool.to_string(),
        due_epoch: change.due_epoch,
        epoch: view.epoch,
        parameters: parameters(&chain, &view.network, &now, &coming(&change)),
    })
}

async fn pending(chain: &Chain) -> Result<(Terms, PoolChange), CliError> {
    let target = &chain.deployment.pool;
    let pool: Pool = fetch::fetch(&chain.rpc, target).await?;
    let change = fetch::fetch(&chain.rpc, &address::pool_change(target)).await?;
    Ok((terms(chain, &pool).await?, change))
}

/// The parameters in force.
async fn terms(chain: &Chain, pool: &Pool) -> Result<Terms, CliError> {
    let address = address::emission(&chain.deployment.pool);
    let emission = fetch::fetch_optional::<Emission>(&chain.rpc, &address).await?;
    let nothing = EmissionParams {
        base: 0,
        rho_bps: 0,
        reemit_bps: 0,
        reemit_cap: 0,
        steps: Vec::new(),
    };
    Ok(Terms {
        pool: PoolTerms {
            tokens_per_epoch: pool.tokens_per_epoch,
            breaker_capacity: pool.breaker_capacity,
            stable_breaker_capacity: pool.stable_breaker_capacity,
            breaker_window_seconds: pool.breaker_window_seconds,
            stable_breaker_window_seconds: pool.stable_breaker_window_seconds,
            epochs_per_month: pool.epochs_per_month,
            _pad: 0,
        },
        emission: emission.map_or(nothing, |emission| EmissionParams {
            base: emission.base,
            rho_bps: emission.rho_bps,
            reemit_bps: emission.reemit_bps,
            reemit_cap: emission.reemit_cap,
            steps: emission.schedule().to_vec(),
        }),
    })
}

fn coming(change: &PoolChange) -> Terms {
    Terms {
        pool: change.terms,
        emission: change.emission(),
    }
}

/// What differs.
fn parameters(
    chain: &Chain,
    network: &Network,
    before: &Terms,
    after: &Terms,
) -> Vec<ParameterText> {
    let tokens = |amount| chain.tokens(network, amount).to_string();
    let pool = |name, text: &dyn Fn(&PoolTerms) -> String| {
        parameter((name, text(&before.pool), text(&after.pool)))
    };
    let emission = |name, text: &dyn Fn(&EmissionParams) -> String| {
        parameter((name, text(&before.emission), text(&after.emission)))
    };
    let rows = [
        pool("tokensPerEpoch", &|one| tokens(one.tokens_per_epoch)),
        pool("breaker", &|one| tokens(one.breaker_capacity)),
        pool("breakerWindow", &|one| {
            duration(one.breaker_window_seconds.into())
        }),
        pool("stableBreaker", &|one| {
            chain.stable(one.stable_breaker_capacity).to_string()
        }),
        pool("stableWindow", &|one| {
            duration(one.stable_breaker_window_seconds.into())
        }),
        pool("month", &|one| count(one.epochs_per_month.into(), "epoch")),
        emission("base", &|one| tokens(one.base)),
        emission("rho", &|one| percent(one.rho_bps.into())),
        emission("reemit", &|one| percent(one.reemit_bps.into())),
        emission("reemitCap", &|one| tokens(one.reemit_cap)),
        emission("schedule", &|one| schedule(&one.steps, &tokens)),
    ];
    rows.into_iter().flatten().collect()
}

fn schedule(steps: &[EmissionStep], tokens: &dyn Fn(u64) -> String) -> String {
    let step = |step: &EmissionStep| {
        format!(
            "{} from {}",
            tokens(step.tokens_per_epoch),
            step.first_epoch
        )
    };
    let texts: Vec<String> = steps.iter().map(step).collect();
    texts.join(", ")
}
