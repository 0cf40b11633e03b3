//! What must hold at the end of every epoch, to the last base unit.

use crate::{
    books::{Books, Service},
    parameters::{CREDITS_PER_USD, SUPPLY},
};
use anyhow::{ensure, Result};

/// Micro-dollars of a dollar.
const MICRO: u64 = 1_000_000;
/// Every release rounds down, and what it leaves belongs to the others: this many micro-dollars of
/// dust at most in ten years of three services.
const RELEASE_DUST: u64 = 3 * crate::parameters::EPOCHS;

/// Checks all of them.
pub(crate) fn check(books: &Books, epoch: u64) -> Result<()> {
    tokens(books)?;
    stable(books)?;
    credits(books)?;
    emission(books)?;
    payouts(books, epoch)
}

fn sum(books: &Books, of: impl Fn(&Service) -> u64) -> u64 {
    books.services.iter().map(of).sum()
}

fn tokens(books: &Books) -> Result<()> {
    let tokens = &books.tokens;
    let staked: u64 = books.accounts.iter().map(|account| account.stake).sum();
    let unbonding: u64 = tokens.unbonding.iter().map(|(_, stake)| stake).sum();
    let held = tokens.circulating + staked + unbonding + tokens.vaults + tokens.insurance;
    ensure!(
        SUPPLY + tokens.minted == held + tokens.burned,
        "tokens are not conserved: {} minted, {} burnt, {held} exist",
        tokens.minted,
        tokens.burned,
    );
    let owed = sum(books, |service| service.tokens)
        + books
            .accounts
            .iter()
            .map(|account| account.due + account.held)
            .sum::<u64>();
    ensure!(
        tokens.vaults == owed,
        "the vaults hold {} for operators who are owed {owed}",
        tokens.vaults,
    );
    Ok(())
}

fn stable(books: &Books) -> Result<()> {
    let stable = &books.stable;
    let found = stable.treasury + stable.vault + stable.pools + stable.paid_out;
    ensure!(
        stable.paid_in == found,
        "stablecoin is not conserved: {} came in, {found} is there or was paid",
        stable.paid_in,
    );
    let pools = sum(books, |service| service.stable);
    ensure!(
        stable.pools == pools,
        "the pools' stablecoin does not add up"
    );
    // Whoever uses a credit up gets at most par less the fee.
    let unreleased = sum(books, |service| service.sold - service.released);
    let par = unreleased * (MICRO / CREDITS_PER_USD);
    let most = books.parameters.protocol_fee.complement().apply_ceil(par) + RELEASE_DUST;
    ensure!(
        stable.vault <= most,
        "credits are backed by {} and may be by {most}",
        stable.vault,
    );
    Ok(())
}

fn credits(books: &Books) -> Result<()> {
    for service in &books.services {
        ensure!(
            service.sold == service.consumed + service.stock,
            "credits are not conserved"
        );
        ensure!(
            service.counted <= service.consumed && service.released <= service.consumed,
            "a credit was counted twice"
        );
    }
    Ok(())
}

fn emission(books: &Books) -> Result<()> {
    let granted = sum(books, |service| service.granted_total);
    ensure!(
        books.tokens.minted == granted,
        "tokens were minted beyond what was granted"
    );
    for service in &books.services {
        ensure!(
            service.granted_total <= service.scheduled_total + service.reemitted_total,
            "an emission passed its schedule"
        );
    }
    let reemitted = sum(books, |service| service.reemitted_total);
    let most = books.parameters.reemit_share.apply_ceil(books.credit_burns);
    ensure!(
        reemitted <= most,
        "{reemitted} were emitted again of {most} that could be"
    );
    Ok(())
}

fn payouts(books: &Books, epoch: u64) -> Result<()> {
    for service in &books.services {
        ensure!(
            service.tokens_paid <= service.granted_total,
            "more was paid than granted"
        );
        ensure!(
            service.tokens_paid <= books.breaker_bound(epoch),
            "the breaker let too much through"
        );
    }
    for account in &books.accounts {
        ensure!(
            account.held <= account.held_base,
            "more is held back than was earned"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parameters;

    fn books() -> Books {
        let mut books = Books::new(&Parameters::sound(), false);
        books.join(0, 0, 1_000).unwrap();
        books.buy_stable(0, 1_000_000).unwrap();
        books.settle(0, 500_000, 1, 1);
        books.allot(0, 0, None).unwrap();
        books.release(0);
        check(&books, 0).unwrap();
        books
    }

    #[test]
    fn each_broken_law_is_noticed() {
        let breaks: [fn(&mut Books); 12] = [
            |books| books.tokens.circulating += 1,
            |books| books.tokens.burned += 1,
            |books| books.accounts[0].stake -= 1,
            |books| books.accounts[0].due += 1,
            |books| books.stable.treasury -= 1,
            |books| books.services[0].stable -= 1,
            |books| books.services[0].stock -= 1,
            |books| books.services[0].released = 500_001,
            |books| books.services[0].scheduled_total = 1,
            |books| books.services[0].reemitted_total = 1,
            |books| books.services[0].tokens_paid = books.breaker_bound(0) + 1,
            |books| {
                books.stable.vault += 1_000_000;
                books.stable.paid_in += 1_000_000;
            },
        ];
        for (index, damage) in breaks.into_iter().enumerate() {
            let mut books = books();
            damage(&mut books);
            assert!(check(&books, 0).is_err(), "damage {index}");
        }
    }
}
