//! Verifiers and their bonds.

use crate::{bps, require, sum, Actor, Asset, Holder, Refusal, Rules, Told, World};

/// Places in the set.
pub const VERIFIERS: usize = 32;

/// Places that are kept for those who displace others.
const SEATS: usize = 8;

/// A verifier in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verifier {
    pub who: Actor,
    /// What it has at risk, whether it is leaving or not.
    pub bond: u64,
    /// When a leaving one can take its bond.
    pub unlock_at: Option<i64>,
    pub admitted_epoch: u64,
}

impl World {
    fn verifier(&mut self, who: Actor) -> Told<&mut Verifier> {
        self.verifiers
            .iter_mut()
            .flatten()
            .find(|verifier| verifier.who == who)
            .ok_or(Refusal("not a verifier"))
    }

    pub(crate) fn verifier_register(&mut self, by: Actor, admitted_by: Actor, bond: u64) -> Told {
        require(admitted_by == Actor::Authority, "not the authority")?;
        self.require_running(Rules::STAKING)?;
        require(bond >= self.rules.bond_min, "too small a bond")?;
        let used = self.verifiers.iter().flatten().count();
        let is_open = self.rules.displacement_margin_bps > 0;
        let is_crowded = is_open && used + SEATS >= VERIFIERS;
        require(!is_crowded, "places that are kept")?;
        self.admit(by, bond)
    }

    fn admit(&mut self, by: Actor, bond: u64) -> Told {
        require(self.verifier(by).is_err(), "a verifier already")?;
        let admitted_epoch = self.epoch();
        let free = self.verifiers.iter_mut().find(|place| place.is_none());
        *free.ok_or(Refusal("no free place"))? = Some(Verifier {
            who: by,
            bond,
            unlock_at: None,
            admitted_epoch,
        });
        self.bond_in(by, bond)
    }

    /// Takes the place of the verifier with the smallest bond, which leaves.
    pub(crate) fn verifier_displace(&mut self, by: Actor, bond: u64) -> Told {
        self.require_running(Rules::STAKING)?;
        let (margin, unlock_at) = (self.rules.displacement_margin_bps, self.unlock_at());
        require(margin > 0, "no newcomers")?;
        require(bond >= self.rules.bond_min, "too small a bond")?;
        let staying = self.verifiers.iter_mut().flatten();
        let staying = staying.filter(|verifier| verifier.unlock_at.is_none());
        let smallest = staying.min_by_key(|verifier| verifier.bond);
        let smallest = smallest.ok_or(Refusal("nobody to displace"))?;
        let more = (u128::from(smallest.bond) * u128::from(margin)).div_ceil(10_000);
        let due = u128::from(smallest.bond) + more.max(1);
        require(u128::from(bond) >= due, "a bond that is not larger")?;
        smallest.unlock_at = Some(unlock_at);
        self.admit(by, bond)
    }

    pub(crate) fn verifier_bond_add(&mut self, by: Actor, amount: u64) -> Told {
        self.require_running(Rules::STAKING)?;
        require(amount > 0, "an amount of zero")?;
        let verifier = self.verifier(by)?;
        require(verifier.unlock_at.is_none(), "a verifier that leaves")?;
        verifier.bond = sum(verifier.bond, amount)?;
        self.bond_in(by, amount)
    }

    fn bond_in(&mut self, by: Actor, amount: u64) -> Told {
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Token, purse, Holder::BondVault, amount)
    }

    pub(crate) fn verifier_exit(&mut self, by: Actor) -> Told {
        let unlock_at = self.unlock_at();
        let verifier = self.verifier(by)?;
        require(verifier.unlock_at.is_none(), "a verifier that leaves")?;
        verifier.unlock_at = Some(unlock_at);
        Ok(())
    }

    pub(crate) fn verifier_remove(&mut self, by: Actor, verifier: Actor) -> Told {
        require(by == Actor::Authority, "not the authority")?;
        self.verifier_exit(verifier)
    }

    pub(crate) fn verifier_withdraw(&mut self, by: Actor) -> Told {
        let now = self.now;
        let verifier = *self.verifier(by)?;
        let unlock_at = verifier.unlock_at.ok_or(Refusal("it does not leave"))?;
        require(unlock_at <= now, "a bond that is locked")?;
        for place in &mut self.verifiers {
            if *place == Some(verifier) {
                *place = None;
            }
        }
        let purse = Holder::Purse(by);
        self.ledger
            .transfer(Asset::Token, Holder::BondVault, purse, verifier.bond)
    }

    pub(crate) fn bond_slash(&mut self, mask: u32, voted_epoch: u64) -> Told {
        let taken = self.take_bonds(mask, voted_epoch);
        require(taken > 0, "no bond to slash")?;
        self.share_bonds(taken, Actor::Challenger)
    }

    /// Takes their share of those who voted in an epoch; returns what that was.
    pub(crate) fn take_bonds(&mut self, mask: u32, voted_epoch: u64) -> u64 {
        let share = self.rules.bond_slash_bps;
        let mut taken = 0;
        for (number, place) in self.verifiers.iter_mut().enumerate() {
            let is_named = mask & (1 << number) != 0;
            let Some(verifier) = place.as_mut().filter(|_| is_named) else {
                continue;
            };
            // It has taken over the place of somebody who has left, and not the votes.
            if verifier.admitted_epoch > voted_epoch {
                continue;
            }
            let part = bps(verifier.bond, share);
            verifier.bond -= part;
            taken += part;
        }
        taken
    }

    /// Burns, insures and pays out what was taken of bonds.
    pub(crate) fn share_bonds(&mut self, taken: u64, challenger: Actor) -> Told {
        let (burnt, insured, rewarded) = self.rules.split(taken);
        self.pay_slash(Holder::BondVault, burnt, insured)?;
        let purse = Holder::Purse(challenger);
        self.ledger
            .transfer(Asset::Token, Holder::BondVault, purse, rewarded)
    }

    /// The vault has the bonds of all verifiers, and nothing else.
    pub(crate) fn check_bonds(&self) -> Result<(), String> {
        let places = self.verifiers.iter().flatten();
        let bonds: u128 = places.map(|verifier| u128::from(verifier.bond)).sum();
        let vault = self.ledger.balance(Asset::Token, Holder::BondVault);
        if bonds == u128::from(vault) {
            return Ok(());
        }
        Err(format!("bonds {bonds}, vault {vault}"))
    }
}
