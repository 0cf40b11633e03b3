//! Credits: bought, held in accounts, used up, and the stablecoin behind them.

use {
    crate::{require, rest, sum, Actor, Asset, Holder, Refusal, Rules, Told, World},
    std::collections::BTreeMap,
    trestle_core::{
        release::split_release,
        units::{Bps, StableAmount},
    },
};

/// Micro-dollars of a credit.
const CREDIT_STABLE: u64 = 10;
/// Token base units of a dollar's hundred-thousandth, times the scale of the price.
const TOKEN_SCALE: u128 = 1_000_000_000_000;
/// What the price of emission is above the one at which credits are sold: two confidences above
/// the average instead of two below. It is never below that of the last trade.
const EMISSION_SPREAD: u64 = 800_000;
const EMISSION_PRICE_MIN: u64 = 210_600_000;
/// Seconds for which a price may be used.
const PRICE_SECONDS: i64 = 60;

/// The credit market and everybody's credits in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credits {
    /// Credits ever sold.
    pub minted: u64,
    /// Used up for work.
    pub consumed: u64,
    /// Taken back, because their price went back.
    pub returned: u64,
    /// Of the consumed ones, those whose stablecoin was released.
    pub released: u64,
    /// The part of what was released that operators got.
    pub operators_stable: u64,
    pub protocol_fee_bps: u16,
    pub insurance_fee_bps: u16,
    /// Payments out of the insurance.
    pub insurance_payments: u64,
    /// Tokens that customers burnt for credits.
    pub tokens_burned: u64,
    /// Price of a token, 1e-8 dollars, and when it was published.
    pub price: (u64, i64),
    pub customers: BTreeMap<u8, Customer>,
    pub meters: BTreeMap<(u8, u8), crate::Meter>,
    pub leases: BTreeMap<(u8, u8), crate::Lease>,
    /// By customer and its number for the group.
    pub groups: BTreeMap<(u8, u8), crate::Group>,
    pub delegates: BTreeMap<(u8, Actor), crate::Delegate>,
    pub topups: BTreeMap<u8, crate::Topup>,
    pub sales: BTreeMap<u8, crate::Sale>,
    pub biller: crate::Biller,
}

/// A customer's account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// Free credits.
    pub balance: u64,
    /// Credits of chargebacks that nobody has decided.
    pub frozen: u64,
    /// Meters ever opened.
    pub meters_opened: u32,
    pub consumed: u64,
}

impl Credits {
    /// Credits in meters, leases and groups of a customer.
    pub fn escrowed(&self, customer: u8) -> u64 {
        let meters = self.meters.iter().filter(|((of, _), _)| *of == customer);
        let leases = self.leases.iter().filter(|((of, _), _)| *of == customer);
        let groups = self.groups.iter().filter(|((of, _), _)| *of == customer);
        meters.map(|(_, meter)| meter.escrow).sum::<u64>()
            + leases.map(|(_, lease)| lease.escrow).sum::<u64>()
            + groups.map(|(_, group)| group.escrow).sum::<u64>()
    }

    /// Leases and groups of a customer.
    pub fn leased(&self, customer: u8) -> usize {
        let leases = self.leases.keys().filter(|(of, _)| *of == customer);
        let groups = self.groups.keys().filter(|(of, _)| *of == customer);
        leases.count() + groups.count()
    }

    /// Credits of card sales that can still be reversed, or could.
    pub fn pending(&self) -> u64 {
        let sales = self.sales.values().filter(|sale| sale.is_pending());
        sales.map(|sale| sale.credits).sum()
    }
}

/// What credits cost in stablecoin.
pub(crate) fn par(credits: u64) -> Told<u64> {
    credits
        .checked_mul(CREDIT_STABLE)
        .ok_or(Refusal("too much"))
}

impl World {
    pub(crate) fn customer(&mut self, customer: u8) -> Told<&mut Customer> {
        self.credits
            .customers
            .get_mut(&customer)
            .ok_or(Refusal("no such customer"))
    }

    /// New credits, into a wallet.
    fn sell(&mut self, customer: u8, credits: u64) -> Told {
        self.credits.minted = sum(self.credits.minted, credits)?;
        let wallet = Holder::Purse(Actor::Customer(customer));
        self.ledger.mint(Asset::Credit, wallet, credits)
    }

    pub(crate) fn price_post(&mut self, price: u64) -> Told {
        self.credits.price = (price, self.now);
        Ok(())
    }

    /// The price at which tokens are emitted, while there is one that may be used.
    pub(crate) fn emission_price(&self) -> Option<u64> {
        let (price, published) = self.credits.price;
        let is_fresh = self.now - published <= PRICE_SECONDS;
        is_fresh.then_some((price + EMISSION_SPREAD).max(EMISSION_PRICE_MIN))
    }

    pub(crate) fn buy_burn(&mut self, customer: u8, credits: u64, most: u64) -> Told {
        self.require_running(Rules::CREDITS)?;
        require(credits > 0, "no credits")?;
        let (price, published) = self.credits.price;
        require(self.now - published <= PRICE_SECONDS, "an old price")?;
        let cost = (u128::from(credits) * TOKEN_SCALE).div_ceil(u128::from(price));
        let cost = u64::try_from(cost).map_err(|_| Refusal("too much"))?;
        require(cost <= most, "more than wanted")?;
        let purse = Holder::Purse(Actor::Customer(customer));
        self.ledger.burn(Asset::Token, purse, cost)?;
        self.credits.tokens_burned = sum(self.credits.tokens_burned, cost)?;
        self.sell(customer, credits)
    }

    pub(crate) fn buy_stable(&mut self, customer: u8, credits: u64, most: u64) -> Told {
        self.require_running(Rules::CREDITS)?;
        require(credits > 0, "no credits")?;
        let cost = par(credits)?;
        require(cost <= most, "more than wanted")?;
        let purse = Holder::Purse(Actor::Customer(customer));
        self.ledger
            .transfer(Asset::Stable, purse, Holder::RevenueVault, cost)?;
        self.sell(customer, credits)
    }

    pub(crate) fn account_deposit(&mut self, customer: u8, credits: u64) -> Told {
        self.require_running(Rules::CREDITS)?;
        require(credits > 0, "no credits")?;
        let wallet = Holder::Purse(Actor::Customer(customer));
        self.ledger.burn(Asset::Credit, wallet, credits)?;
        let account = self.customer(customer)?;
        account.balance = sum(account.balance, credits)?;
        Ok(())
    }

    pub(crate) fn account_withdraw(&mut self, customer: u8, credits: u64) -> Told {
        require(credits > 0, "no credits")?;
        let account = self.customer(customer)?;
        account.balance = rest(account.balance, credits)?;
        let wallet = Holder::Purse(Actor::Customer(customer));
        self.ledger.mint(Asset::Credit, wallet, credits)
    }

    /// Free credits leave an account for a meter or a lease.
    pub(crate) fn escrow(&mut self, customer: u8, credits: u64) -> Told {
        let account = self.customer(customer)?;
        account.balance = rest(account.balance, credits)?;
        Ok(())
    }

    /// Credits leave a meter or a lease: used up, or free again.
    pub(crate) fn settle(&mut self, customer: u8, consumed: u64, refunded: u64) -> Told {
        self.credits.consumed = sum(self.credits.consumed, consumed)?;
        let account = self.customer(customer)?;
        account.consumed = sum(account.consumed, consumed)?;
        account.balance = sum(account.balance, refunded)?;
        Ok(())
    }

    /// Credits used up have the share of the vault that they are of all those outstanding. What a
    /// card sale brought is set aside until it cannot be reversed.
    pub(crate) fn revenue_release(&mut self) -> Told {
        let credits = &self.credits;
        let pending = credits.pending();
        let outstanding = credits.minted - credits.returned - credits.released;
        let open = rest(outstanding, pending)?;
        let released = open.min(credits.consumed - credits.released);
        require(released > 0, "nothing to release")?;
        let vault = self.ledger.balance(Asset::Stable, Holder::RevenueVault);
        let backing = rest(vault, par(pending)?)?;
        let stable = u128::from(backing) * u128::from(released) / u128::from(open);
        let stable = u64::try_from(stable).map_err(|_| Refusal("too much"))?;
        let bps = |fee| Bps::new(fee).ok_or(Refusal("a fee above the whole"));
        let fees = (
            bps(credits.protocol_fee_bps)?,
            bps(credits.insurance_fee_bps)?,
        );
        let split = split_release(StableAmount(stable), fees.0, fees.1)
            .and_then(Result::ok)
            .ok_or(Refusal("fees above the whole"))?;
        self.credits.released += released;
        self.credits.operators_stable += split.operators;
        let from = Holder::RevenueVault;
        for (to, amount) in [
            (Holder::Treasury, split.protocol),
            (Holder::Insurance, split.insurance),
            (Holder::PoolVault, split.operators),
        ] {
            self.ledger.transfer(Asset::Stable, from, to, amount)?;
        }
        Ok(())
    }

    pub(crate) fn treasury_withdraw(&mut self, by: Actor, amount: u64) -> Told {
        require(by == Actor::Authority, "not the authority")?;
        let held = self.ledger.balance(Asset::Stable, Holder::Treasury);
        require((1..=held).contains(&amount), "no such amount")?;
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Stable, Holder::Treasury, purse, amount)
    }

    pub(crate) fn insurance_pay(
        &mut self,
        by: Actor,
        customer: u8,
        credits: u64,
        is_next: bool,
    ) -> Told {
        require(by == Actor::Authority, "not the authority")?;
        self.require_running(Rules::CREDITS)?;
        require(is_next, "not the next payment")?;
        require(credits > 0, "no credits")?;
        let cost = par(credits)?;
        let held = self.ledger.balance(Asset::Stable, Holder::Insurance);
        require(cost <= held, "too small an insurance")?;
        self.credits.insurance_payments += 1;
        self.credits.minted = sum(self.credits.minted, credits)?;
        let account = self.customer(customer)?;
        account.balance = sum(account.balance, credits)?;
        let vault = Holder::RevenueVault;
        self.ledger
            .transfer(Asset::Stable, Holder::Insurance, vault, cost)
    }

    /// Every credit ever sold is in a wallet, an account, a meter, a lease or a group, or used up,
    /// or taken back; and the vault covers at par what can still be reversed.
    pub(crate) fn check_credits(&self) -> Result<(), String> {
        let credits = &self.credits;
        let accounts = credits.customers.values();
        let held: u128 = accounts
            .map(|account| u128::from(account.balance) + u128::from(account.frozen))
            .sum();
        let customers = credits.customers.keys();
        let escrowed: u128 = customers
            .map(|customer| u128::from(credits.escrowed(*customer)))
            .sum();
        let placed = held
            + escrowed
            + u128::from(self.ledger.supply(Asset::Credit))
            + u128::from(credits.consumed)
            + u128::from(credits.returned);
        if placed != u128::from(credits.minted) {
            return Err(format!("credits: {} sold, {placed} placed", credits.minted));
        }
        let vault = self.ledger.balance(Asset::Stable, Holder::RevenueVault);
        let set_aside = u128::from(credits.pending()) * u128::from(CREDIT_STABLE);
        if u128::from(vault) < set_aside || credits.released > credits.consumed {
            return Err(format!("revenue: vault {vault}, set aside {set_aside}"));
        }
        Ok(())
    }
}
