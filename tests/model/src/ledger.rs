//! Who holds how much of what. Nothing appears or disappears but by a mint or a burn that is asked
//! for by name.

use {
    crate::{Refusal, Told},
    std::collections::BTreeMap,
};

/// Somebody who sends transactions. Each has a purse of every asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    Authority,
    Guardian,
    Operator(u8),
    Delegator(u8),
    Customer(u8),
    Verifier(u8),
    Biller,
    Issuer(u8),
    Challenger,
    Stranger,
}

/// What can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
    /// The network's token, base units.
    Token,
    /// The stablecoin, millionths of a dollar.
    Stable,
    /// Credits in wallets.
    Credit,
}

/// An account that holds an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// Of an actor.
    Purse(Actor),
    /// Stake of operators and delegators.
    StakeVault,
    /// Bonds of verifiers.
    BondVault,
    /// The bond of a dispute about the proposal of this epoch and proposer.
    Dispute(u64, Actor),
    /// What slashes and insurance fees brought.
    Insurance,
    /// Rewards that delegators have not claimed.
    DelegatorVault,
    /// What a service's pool pays operators from.
    PoolVault,
    /// What customers paid and has not been released.
    RevenueVault,
    /// What the protocol keeps of sales.
    Treasury,
}

/// Balances and supplies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    balances: BTreeMap<(Asset, Holder), u64>,
    supplies: BTreeMap<Asset, u64>,
}

impl Ledger {
    /// What is held; zero if nothing ever was.
    pub fn balance(&self, asset: Asset, holder: Holder) -> u64 {
        self.balances
            .get(&(asset, holder))
            .copied()
            .unwrap_or_default()
    }

    /// All there is of an asset.
    pub fn supply(&self, asset: Asset) -> u64 {
        self.supplies.get(&asset).copied().unwrap_or_default()
    }

    /// Every account that ever held something.
    pub fn accounts(&self) -> impl Iterator<Item = (Asset, Holder, u64)> + '_ {
        self.balances
            .iter()
            .map(|((asset, holder), amount)| (*asset, *holder, *amount))
    }

    pub fn mint(&mut self, asset: Asset, to: Holder, amount: u64) -> Told {
        let supply = self.supplies.entry(asset).or_default();
        *supply = supply.checked_add(amount).ok_or(Refusal("too much"))?;
        self.add(asset, to, amount)
    }

    pub fn burn(&mut self, asset: Asset, from: Holder, amount: u64) -> Told {
        self.remove(asset, from, amount)?;
        let supply = self.supplies.entry(asset).or_default();
        *supply = supply.checked_sub(amount).ok_or(Refusal("no supply"))?;
        Ok(())
    }

    pub fn transfer(&mut self, asset: Asset, from: Holder, to: Holder, amount: u64) -> Told {
        self.remove(asset, from, amount)?;
        self.add(asset, to, amount)
    }

    fn add(&mut self, asset: Asset, to: Holder, amount: u64) -> Told {
        let balance = self.balances.entry((asset, to)).or_default();
        *balance = balance.checked_add(amount).ok_or(Refusal("too much"))?;
        Ok(())
    }

    fn remove(&mut self, asset: Asset, from: Holder, amount: u64) -> Told {
        let balance = self.balances.entry((asset, from)).or_default();
        *balance = balance
            .checked_sub(amount)
            .ok_or(Refusal("not enough in the purse"))?;
        Ok(())
    }

    /// The supply of an asset is what all its holders have together.
    pub fn check(&self) -> Result<(), String> {
        for (asset, supply) in &self.supplies {
            let held: u128 = self
                .accounts()
                .filter(|(of, _, _)| of == asset)
                .map(|(_, _, amount)| u128::from(amount))
                .sum();
            if held != u128::from(*supply) {
                return Err(format!("{asset:?}: supply {supply}, held {held}"));
            }
        }
        Ok(())
    }
}
