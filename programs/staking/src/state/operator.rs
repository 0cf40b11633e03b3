//! An operator of a service: who it is, where it answers, what it has at stake.

use {
    super::DelegationPool,
    crate::{
        constants::{
            CAPACITY_GIB_MAX, ENDPOINT_BYTES_MAX, JAIL_COUNT_MAX, JAIL_SECONDS, TICKETS_MAX,
            VERSION,
        },
        error::StakingError,
        versioned::Layout,
        ID,
    },
    anchor_lang::{address_eq, prelude::*},
    bytemuck::{Pod, Zeroable},
    core::mem::{offset_of, size_of},
    trestle_core::{device::is_device_tree, seeds::SEED_OPERATOR, slash, units::TokenAmount},
};

/// PDA `["operator", service, authority]`.
#[account]
pub struct Operator {
    /// Layout version.
    pub version: u8,
    /// Bump of this account's own address.
    pub bump: u8,
    /// 1 once it has left its service for good; see [`Operator::leave`].
    pub exited: u8,
    /// Zero.
    pub _pad: u8,
    /// Where the hardware stands: operators of one zone share its outages.
    pub zone: u32,
    /// The service it works for.
    pub service: Address,
    /// The network of that service.
    pub network: Address,
    /// The wallet that registered it, which its address follows from.
    pub authority: Address,
    /// Token account that rewards go to.
    pub payout: Address,
    /// Key of the node: it signs answers and agreements with customers.
    pub node_key: Address,
    /// What it offers, in GiB.
    pub capacity_gib: u64,
    /// What it has at stake without the unbonding tickets, in base units of the token.
    pub stake: u64,
    /// What has been taken so far of the `slashed` counter of its leaf, in base units.
    pub slashed_applied: u64,
    /// Epoch in which it registered: its leaf is in every root from this epoch on.
    pub registered_epoch: u64,
    /// Stake on its way out; it can still be slashed.
    pub tickets: [UnbondTicket; TICKETS_MAX],
    /// Bytes of `endpoint` that are in use.
    pub endpoint_len: u8,
    /// URL of the node in ASCII.
    pub endpoint: [u8; ENDPOINT_BYTES_MAX],
    /// Who acts for the operator: unbonds, withdraws, updates. The registering wallet until it
    /// hands over.
    pub controller: Address,
    /// Who may take over as controller; zero when nobody is proposed.
    pub pending_controller: Address,
    /// Root of the tree of its devices' keys; zero while it has none.
    pub device_root: [u8; 32],
    /// Devices in that tree.
    pub device_count: u32,
    /// Times it was jailed; it stops counting where jails stop getting longer.
    pub jail_count: u32,
    /// Unix seconds until which it is jailed; zero if it is not.
    pub jailed_until: i64,
    /// Bump of its delegation pool's address; zero while it has none.
    pub delegation_bump: u8,
    /// Zero.
    pub _pad_jail: [u8; 7],
    /// The `slashed` counter of its leaf that it was last jailed for, in base units.
    pub jailed_slashed: u64,
    /// First epoch that began with this node key; zero for the key that it registered with.
    pub node_key_epoch: u64,
    /// Zero; room for what is to come.
    pub _reserved: [u8; 40],
}

impl Layout for Operator {
    const VERSION: u8 = VERSION;
}

/// Stake on its way out. Free when the amount is zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable, IdlType)]
pub struct UnbondTicket {
    /// Base units of the token.
    pub amount: u64,
    /// Unix seconds from which it can be withdrawn.
    pub unlock_at: i64,
}

const _: () = assert!(size_of::<UnbondTicket>() == 16);
const _: () = assert!(size_of::<Operator>() == 536);
const _: () = assert!(offset_of!(Operator, service) == 8);
const _: () = assert!(offset_of!(Operator, node_key) == 136);
const _: () = assert!(offset_of!(Operator, stake) == 176);
const _: () = assert!(offset_of!(Operator, tickets) == 200);
const _: () = assert!(offset_of!(Operator, endpoint_len) == 264);
const _: () = assert!(offset_of!(Operator, controller) == 360);
const _: () = assert!(offset_of!(Operator, jailed_until) == 464);
const _: () = assert!(offset_of!(Operator, delegation_bump) == 472);
const _: () = assert!(offset_of!(Operator, jailed_slashed) == 480);
const _: () = assert!(offset_of!(Operator, node_key_epoch) == 488);

/// What an operator says about itself, at registration and in each update.
#[derive(Clone, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize, IdlType)]
pub struct OperatorProfile {
    /// Key of the node.
    pub node_key: Address,
    /// Where the hardware stands.
    pub zone: u32,
    /// What it offers, in GiB: 1 to 1,048,576.
    pub capacity_gib: u64,
    /// URL of the node: ASCII, `http://` or `https://`, at most 95 bytes.
    pub endpoint: String,
}

impl OperatorProfile {
    pub fn validate(&self) -> Result<()> {
        require!(
            self.node_key != Address::default(),
            StakingError::BadNodeKey
        );
        require!(
            (1..=CAPACITY_GIB_MAX).contains(&self.capacity_gib),
            StakingError::BadCapacity
        );
        let url = self.endpoint.as_str();
        let host = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        let is_url = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
        // No blanks and control characters: the URL is printed and put into requests as it is.
        let is_clean = url.bytes().all(|byte| byte.is_ascii_graphic());
        require!(
            is_url && is_clean && url.len() <= ENDPOINT_BYTES_MAX,
            StakingError::BadEndpoint
        );
        Ok(())
    }
}

/// Who registers: the addresses that an operator keeps for good.
pub struct OperatorIdentity {
    pub bump: u8,
    pub service: Address,
    pub network: Address,
    pub authority: Address,
    pub registered_epoch: u64,
}

/// What a slash took of whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlashTaken {
    /// Of the operator's own stake and tickets.
    pub own: TokenAmount,
    /// Of what others delegated to it.
    pub delegated: TokenAmount,
    /// Sum of both.
    pub total: TokenAmount,
}

impl Operator {
    /// Writes a fresh operator, without stake.
    pub fn register(&mut self, identity: &OperatorIdentity) {
        self.version = VERSION;
        self.bump = identity.bump;
        self.service = identity.service;
        self.network = identity.network;
        self.authority = identity.authority;
        self.controller = identity.authority;
        self.registered_epoch = identity.registered_epoch;
    }

    /// Whether `address` is the one that service and authority give.
    #[inline(never)]
    pub fn is_at(&self, address: &Address) -> bool {
        let seeds = [
            SEED_OPERATOR,
            self.service.as_ref(),
            self.authority.as_ref(),
        ];
        address_eq(
            address,
            &Address::derive_address(&seeds, Some(self.bump), &ID),
        )
    }

    /// Takes over what the operator says about itself.
    pub fn describe(&mut self, profile: &OperatorProfile, payout: Address) -> Result<()> {
        let url = profile.endpoint.as_bytes();
        let mut endpoint = [0; ENDPOINT_BYTES_MAX];
        endpoint
            .get_mut(..url.len())
            .ok_or(StakingError::BadEndpoint)?
            .copy_from_slice(url);
        self.endpoint = endpoint;
        self.endpoint_len = u8::try_from(url.len()).map_err(|_| StakingError::BadEndpoint)?;
        self.payout = payout;
        self.node_key = profile.node_key;
        self.zone = profile.zone;
        self.capacity_gib = profile.capacity_gib;
        Ok(())
    }

    /// Takes over what the operator says about itself in epoch `now_epoch`, and from when on its
    /// node has another key: what the former one signed says nothing about the new one.
    pub fn update(
        &mut self,
        profile: &OperatorProfile,
        payout: Address,
        now_epoch: u64,
    ) -> Result<()> {
        if self.node_key != profile.node_key {
            let next = now_epoch.checked_add(1);
            self.node_key_epoch = next.ok_or(StakingError::MathOverflow)?;
        }
        self.describe(profile, payout)
    }

    /// The URL of the node; empty if the account is broken.
    pub fn endpoint_str(&self) -> &str {
        self.endpoint
            .get(..usize::from(self.endpoint_len))
            .and_then(|url| core::str::from_utf8(url).ok())
            .unwrap_or_default()
    }

    /// Whether it has left its service: it takes no new stake and no new work.
    #[inline(always)]
    pub const fn has_exited(&self) -> bool {
        self.exited != 0
    }

    /// Names who may take over as controller. The zero address withdraws an earlier proposal.
    pub fn propose_controller(&mut self, candidate: Address) {
        self.pending_controller = candidate;
    }

    /// Hands over to the proposed controller and returns the former one.
    pub fn accept_controller(&mut self) -> Address {
        let former = self.controller;
        self.controller = self.pending_controller;
        self.pending_controller = Address::default();
        former
    }

    /// Names the tree of the operator's devices. No devices have the zero root.
    pub fn set_devices(&mut self, root: &[u8; 32], count: u32) -> Result<()> {
        require!(is_device_tree(root, count), StakingError::BadDevices);
        self.device_root = *root;
        self.device_count = count;
        Ok(())
    }

    /// Leaves the service for good: all stake starts to unbond, and returns what that is. An
    /// operator without stake needs no ticket.
    pub fn leave(&mut self, unlock_at: i64) -> Result<TokenAmount> {
        require!(!self.has_exited(), StakingError::OperatorExited);
        let stake = TokenAmount(self.stake);
        if stake.0 > 0 {
            self.unbond(stake, unlock_at)?;
        }
        self.exited = 1;
        Ok(stake)
    }

    /// Adds to the stake.
    #[inline(always)]
    pub fn deposit(&mut self, amount: TokenAmount) -> Result<()> {
        require!(!self.has_exited(), StakingError::OperatorExited);
        require!(amount.0 > 0, StakingError::ZeroAmount);
        self.stake = self
            .stake
            .checked_add(amount.0)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    /// Moves stake into a free ticket.
    pub fn unbond(&mut self, amount: TokenAmount, unlock_at: i64) -> Result<()> {
        require!(amount.0 > 0, StakingError::ZeroAmount);
        let left = self
            .stake
            .checked_sub(amount.0)
            .ok_or(StakingError::InsufficientStake)?;
        let ticket = self
            .tickets
            .iter_mut()
            .find(|ticket| ticket.amount == 0)
            .ok_or(StakingError::NoFreeTicket)?;
        *ticket = UnbondTicket {
            amount: amount.0,
            unlock_at,
        };
        self.stake = left;
        Ok(())
    }

    /// Empties the tickets that have matured at `now` and returns their sum.
    pub fn withdraw(&mut self, now: i64) -> Result<TokenAmount> {
        let mut sum: u64 = 0;
        for ticket in &mut self.tickets {
            if ticket.unlock_at <= now {
                sum = sum
                    .checked_add(ticket.amount)
                    .ok_or(StakingError::MathOverflow)?;
                *ticket = UnbondTicket::default();
            }
        }
        require!(sum > 0, StakingError::NothingMatured);
        Ok(TokenAmount(sum))
    }

    /// Takes what the cumulative `slashed` counter of a leaf says and has not been taken yet,
    /// as far as stake, tickets and then delegated stake reach, and returns what was taken. What
    /// they do not cover stays owed: `slashed_applied` advances only by what was really taken.
    pub fn slash(
        &mut self,
        slashed_total: u64,
        pool: Option<&mut DelegationPool>,
    ) -> Result<SlashTaken> {
        let wanted = slashed_total.saturating_sub(self.slashed_applied);
        require!(wanted > 0, StakingError::NothingToSlash);
        let taken = slash::take(
            self.stake,
            &self.tickets.map(|ticket| ticket.amount),
            wanted,
        );
        let uncovered = wanted.saturating_sub(taken.total);
        let delegated = match pool {
            Some(pool) if uncovered > 0 => pool.slash(uncovered)?,
            _ => TokenAmount::ZERO,
        };
        let total = TokenAmount(taken.total)
            .checked_add(delegated)
            .map_err(|_| StakingError::MathOverflow)?;
        require!(total > TokenAmount::ZERO, StakingError::NothingToTake);
        let less = |held: u64, part: u64| {
            held.checked_sub(part)
                .ok_or(StakingError::InvariantViolated)
        };
        self.stake = less(self.stake, taken.from_stake)?;
        for (ticket, part) in self.tickets.iter_mut().zip(taken.from_tickets) {
            ticket.amount = less(ticket.amount, part)?;
            if ticket.amount == 0 {
                ticket.unlock_at = 0;
            }
        }
        self.slashed_applied = self
            .slashed_applied
            .checked_add(total.0)
            .ok_or(StakingError::MathOverflow)?;
        Ok(SlashTaken {
            own: TokenAmount(taken.total),
            delegated,
            total,
        })
    }

    /// Counts what was taken of its held pay for the cumulative `slashed` counter of a leaf.
    pub fn record_slash(&mut self, slashed_total: u64, amount: TokenAmount) -> Result<()> {
        let owed = slashed_total.saturating_sub(self.slashed_applied);
        require!(amount.0 > 0, StakingError::ZeroAmount);
        require!(amount.0 <= owed, StakingError::NothingToSlash);
        self.slashed_applied = self
            .slashed_applied
            .checked_add(amount.0)
            .ok_or(StakingError::MathOverflow)?;
        Ok(())
    }

    /// Jails it for the `slashed` counter of a leaf, once: what one counter costs can be taken in
    /// several parts. Each jail lasts twice as long as the one before, up to a limit.
    pub fn jail(&mut self, slashed_total: u64, now: i64) -> Result<()> {
        if slashed_total <= self.jailed_slashed {
            return Ok(());
        }
        self.jailed_slashed = slashed_total;
        let seconds = JAIL_SECONDS
            .checked_shl(self.jail_count)
            .ok_or(StakingError::MathOverflow)?;
        let until = now.checked_add(seconds).ok_or(StakingError::MathOverflow)?;
        self.jailed_until = self.jailed_until.max(until);
        self.jail_count = self.jail_count.saturating_add(1).min(JAIL_COUNT_MAX);
        Ok(())
    }

    /// Whether it may take no new work at `now`.
    pub fn is_jailed(&self, now: i64) -> bool {
        now < self.jailed_until
    }

    /// Ends a jail whose time has passed, if the operator has the stake that its service asks.
    pub fn release(&mut self, now: i64, min_stake: u64) -> Result<()> {
        require!(self.jailed_until != 0, StakingError::NotJailed);
        require!(!self.is_jailed(now), StakingError::JailNotOver);
        require!(self.stake >= min_stake, StakingError::OperatorUnderstaked);
        self.jailed_until = 0;
        Ok(())
    }

    /// Stake and tickets together: all that a fault can cost the operator itself.
    pub fn slashable(&self) -> Result<u64> {
        self.tickets
            .iter()
            .try_fold(self.stake, |sum, ticket| sum.checked_add(ticket.amount))
            .ok_or_else(|| StakingError::MathOverflow.into())
    }

    /// What holds after every instruction that changes an operator.
    ///
    /// - It has this layout, a node key and a capacity.
    /// - Its endpoint fits.
    /// - A free ticket has no unlock time.
    /// - It has not been jailed more often than is counted.
    /// - Somebody acts for it.
    /// - Whoever has left has no stake but what unbonds.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let holds = self.version == VERSION
            && (1..=CAPACITY_GIB_MAX).contains(&self.capacity_gib)
            && usize::from(self.endpoint_len) <= ENDPOINT_BYTES_MAX
            && self.jail_count <= JAIL_COUNT_MAX
            && self
                .tickets
                .iter()
                .all(|ticket| ticket.amount > 0 || ticket.unlock_at == 0)
            && self.controller != Address::default()
            && self.exited <= 1
            && (self.exited == 0 || self.stake == 0);
        require!(holds, StakingError::InvariantViolated);
        Ok(())
    }
}
