//! Create the credit market of a network.
//!
//! Creates the market, the credits' mint and the vault of revenue. A credit is a Token-2022 token
//! that cannot be transferred: it can only be bought, deposited, withdrawn and used up. Nobody can
//! mint or burn it but the market and, as for any token, its holder.
//!
//! Specification:
//! - Only the network's authority creates the market, once.
//! - The price account belongs to Pyth and carries the named feed.
//! - Parameters are within their bounds.
//! - The credit mint cannot be transferred or frozen, and carries its own metadata.
//! - An address that somebody sent lamports to is no obstacle.

use {
    crate::{
        constants::PRICE_PROGRAM,
        credit_mint::CreditMint,
        error::CreditsError,
        event::MarketCreated,
        price,
        state::{Market, MarketAccounts, MarketParams, State},
    },
    anchor_lang::prelude::*,
    anchor_spl::token::{self, Mint, TokenAccount},
    trestle_core::seeds::{SEED_CREDIT_MINT, SEED_MARKET, SEED_REVENUE_VAULT},
    trestle_staking::state::Network,
};

#[derive(Accounts)]
pub struct MarketCreate {
    /// The network's authority: pays for the accounts.
    #[account(mut, address = network.authority @ CreditsError::NotNetworkAuthority)]
    pub authority: Signer,
    /// The network that gets a market.
    #[account(constraint = network.is_at(network.address()) @ CreditsError::WrongAddress)]
    pub network: State<Network>,
    /// The market.
    #[account(init, payer = authority, seeds = [SEED_MARKET, network], bump)]
    pub market: State<Market>,
    /// The credits' mint, created here.
    #[account(mut, seeds = [SEED_CREDIT_MINT, network], bump)]
    pub credit_mint: UncheckedAccount,
    /// The stablecoin that credits can be bought with.
    #[account(address = network.stable_mint @ CreditsError::WrongMint)]
    pub stable_mint: Account<Mint>,
    /// The account that prices will be read from, for good.
    #[account(owner = PRICE_PROGRAM @ CreditsError::NotPriceProgram)]
    pub price_account: UncheckedAccount,
    /// Collects the stablecoin of all sales; only the market can move it.
    #[account(
        init,
        payer = authority,
        seeds = [SEED_REVENUE_VAULT, network],
        bump,
        token::mint = stable_mint,
        token::authority = market,
    )]
    pub revenue_vault: Account<TokenAccount>,
    /// The token program of the stablecoin.
    pub token_program: Program<Token>,
    /// The token program of the credits.
    pub token_2022_program: Program<Token2022>,
    /// Creates the accounts.
    pub system_program: Program<System>,
}

impl MarketCreate {
    fn validate(&self, params: &MarketParams) -> Result<()> {
        params.validate()?;
        price::require_feed(self.price_account.account(), &params.feed_id)
    }

    pub fn market_create(
        &mut self,
        params: &MarketParams,
        bumps: &MarketCreateBumps,
    ) -> Result<MarketCreated> {
        self.validate(params)?;
        self.market.create(
            &MarketAccounts {
                bump: bumps.market,
                network: *self.network.address(),
                credit_mint: *self.credit_mint.address(),
                price_account: *self.price_account.address(),
                revenue_vault: *self.revenue_vault.address(),
            },
            params,
        );
        let mint = CreditMint {
            payer: self.authority.account(),
            network: self.network.address(),
            market: self.market.account(),
            market_signer: self.market.signer(),
            mint: self.credit_mint.account(),
            mint_bump: bumps.credit_mint,
            token_2022_program: self.token_2022_program.address(),
            system_program: self.system_program.address(),
        };
        mint.create(&params.uri)?;
        self.market.invariant()?;
        Ok(MarketCreated {
            market: *self.market.address(),
            network: self.market.network,
            credit_mint: self.market.credit_mint,
            price_account: self.market.price_account,
            feed_id: params.feed_id,
            biller_cap: self.market.biller_cap,
            max_age_seconds: self.market.max_age_seconds,
            max_conf_bps: self.market.max_conf_bps,
            protocol_fee_bps: self.market.protocol_fee_bps,
            insurance_fee_bps: self.market.insurance_fee_bps,
            _pad: [0; 6],
        })
    }
}
