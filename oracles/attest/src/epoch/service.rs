//! Which of the service's parameters an epoch is scored by.

use crate::chain::ChainView;
use crate::store::ServiceSeen;
use trestle_verify::storage::ServiceParams;

/// Parameters of the service around an epoch, oldest first.
///
/// The rule is that of stake and zone: an epoch is scored by the parameters that held when it
/// began, so a change that is applied during an epoch is first judged by in the next. The chain
/// does not tell when a change was applied, only how many were. Verifiers that looked at different
/// moments may differ in an epoch that began within a look of the change: from others either is
/// accepted then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceHistory {
    /// Start of the epoch before, of the epoch, and of the one after, in unix seconds.
    before: i64,
    start: i64,
    end: i64,
    seen: Vec<ServiceSeen>,
}

impl ServiceHistory {
    /// From the rows of the store since the start of the epoch before `epoch`, in their order.
    pub fn new(seen: Vec<ServiceSeen>, view: &ChainView, epoch: u64) -> Self {
        Self {
            before: view.epoch_start(epoch.saturating_sub(1)),
            start: view.epoch_start(epoch),
            end: view.epoch_start(epoch.saturating_add(1)),
            seen,
        }
    }

    /// The parameters that count: the last ones seen before the epoch began, if somebody looked in
    /// the epoch before, or else the first ones seen in it. `None` where a change may have been
    /// missed: whoever did not look cannot score.
    pub fn at_start(&self) -> Option<ServiceParams> {
        let last = self.seen.iter().rev().find(|one| one.seen_at <= self.start);
        if let Some(fresh) = last.filter(|one| one.seen_at >= self.before) {
            return Some(fresh.params);
        }
        let first = self.seen.iter().find(|one| one.seen_at > self.start)?;
        let unchanged = first.version == 0 || last.is_some_and(|one| one.version == first.version);
        (first.seen_at < self.end || unchanged).then_some(first.params)
    }

    /// Whether the service was ever seen with these, from the epoch before until its end.
    pub fn held(&self, params: &ServiceParams) -> bool {
        let seen = |one: &ServiceSeen| one.seen_at < self.end && one.params == *params;
        self.seen.iter().any(seen) || self.at_start() == Some(*params)
    }

    /// Whether the service certainly never had these in that time: every version of it since then
    /// was seen, and this is none of them.
    pub fn never_held(&self, params: &ServiceParams) -> bool {
        let from_start = self
            .seen
            .first()
            .is_some_and(|first| first.version == 0 || first.seen_at <= self.before);
        let next = |(one, next): (&ServiceSeen, &ServiceSeen)| {
            next.version == one.version || one.version.checked_add(1) == Some(next.version)
        };
        let complete = self.seen.iter().zip(self.seen.iter().skip(1)).all(next);
        from_start && complete && self.seen.iter().all(|one| one.params != *params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(lost_slash_bps: u16) -> ServiceParams {
        ServiceParams {
            missing_bps: 5_000,
            detect_bps: 7_000,
            miss_slash_bps: 100,
            lost_slash_bps,
        }
    }

    /// Parameters that say their version.
    fn seen(version: u32, seen_at: i64) -> ServiceSeen {
        ServiceSeen {
            params: params(300 + version as u16),
            version,
            seen_at,
        }
    }

    impl ServiceHistory {
        /// For tests of what comes after: an epoch that began at `start` and has not ended.
        pub(crate) fn since(start: i64, seen: Vec<ServiceSeen>) -> Self {
            Self {
                before: start,
                start,
                end: i64::MAX,
                seen,
            }
        }
    }

    /// Around an epoch from 200 to 300.
    fn history(seen: &[ServiceSeen]) -> ServiceHistory {
        ServiceHistory {
            before: 100,
            start: 200,
            end: 300,
            seen: seen.to_vec(),
        }
    }

    #[test]
    fn a_change_within_an_epoch_is_judged_by_from_the_next_on() {
        let during = history(&[seen(1, 50), seen(1, 110), seen(1, 210), seen(2, 250)]);
        assert_eq!(during.at_start(), Some(params(301)));
        let before = history(&[seen(1, 50), seen(1, 110), seen(2, 150), seen(2, 210)]);
        assert_eq!(before.at_start(), Some(params(302)));
        for either in [&during, &before] {
            assert!(either.held(&params(301)) && either.held(&params(302)));
            assert!(!either.held(&params(303)) && either.never_held(&params(303)));
        }
        let after = history(&[seen(1, 90), seen(1, 110), seen(1, 210), seen(2, 310)]);
        assert_eq!(after.at_start(), Some(params(301)));
        assert!(!after.held(&params(302)), "too late for this epoch");
        assert!(!after.never_held(&params(302)), "which convicts nobody");
    }

    #[test]
    fn whoever_was_down_goes_by_what_it_finds_and_accuses_nobody_of_what_it_missed() {
        let back = history(&[seen(1, 20), seen(2, 210)]);
        assert_eq!(back.at_start(), Some(params(302)));
        assert!(back.held(&params(301)), "it may have held in this epoch");
        let missed = history(&[seen(1, 20), seen(3, 210)]);
        assert_eq!(missed.at_start(), Some(params(303)));
        assert!(!missed.held(&params(302)) && !missed.never_held(&params(302)));
        let new = history(&[seen(2, 210)]);
        assert_eq!(new.at_start(), Some(params(302)));
        assert!(!new.held(&params(301)) && !new.never_held(&params(301)));
    }

    #[test]
    fn who_looked_only_after_the_end_knows_what_did_not_change() {
        assert_eq!(history(&[]).at_start(), None);
        assert_eq!(history(&[seen(2, 310)]).at_start(), None);
        assert_eq!(history(&[seen(1, 20), seen(2, 310)]).at_start(), None);
        let same = history(&[seen(2, 20), seen(2, 310)]);
        assert_eq!(same.at_start(), Some(params(302)));
        let first = history(&[seen(0, 310)]);
        assert_eq!(first.at_start(), Some(params(300)));
        assert!(first.held(&params(300)) && first.never_held(&params(301)));
    }
}
