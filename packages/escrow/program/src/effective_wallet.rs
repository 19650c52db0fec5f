use crate::{
    account::{Identity, Operator},
    field::{i64_at, key_at, same, u64_at},
    generated::{identity, IDENTITY_LINKED},
    keys::{ATTESTOR, NOBODY},
    terms::cooled_at,
};

/// Where the money of a GitHub user can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// No link, or one whose attestor was disabled before it had cooled down.
    Nobody,
    /// A link or a change is younger than the cool-down.
    Waiting,
    /// The old wallet cancelled a change: one of the two is in wrong hands, and nobody can tell which.
    Contested,
    Wallet(&'a [u8; 32]),
}

/// The same in a register: which of the two wallets it is, if it is one.
enum Counting {
    Nobody,
    Waiting,
    Contested,
    Linked,
    Changed,
}

/// The one rule of who is paid for a GitHub user; `effectiveWallet` in TypeScript is the same.
#[inline(always)]
pub fn effective_wallet<'a>(identity: &'a Identity, operator: &Operator, now: i64) -> Standing<'a> {
    match counting(identity, operator, now) {
        Counting::Nobody => Standing::Nobody,
        Counting::Waiting => Standing::Waiting,
        Counting::Contested => Standing::Contested,
        Counting::Linked => Standing::Wallet(key_at(identity, identity::WALLET)),
        Counting::Changed => Standing::Wallet(key_at(identity, identity::PENDING_WALLET)),
    }
}

#[inline(never)]
fn counting(identity: &Identity, operator: &Operator, now: i64) -> Counting {
    if !is_linked(identity, operator) {
        return Counting::Nobody;
    }
    match change(identity, operator, now) {
        Change::Cancelled => return Counting::Contested,
        Change::Pending => return Counting::Waiting,
        Change::Matured => return Counting::Changed,
        Change::None => {}
    }
    if identity[identity::CONTESTED_BEFORE] != 0 {
        return Counting::Contested;
    }
    if now < cooled_at(i64_at(identity, identity::LINKED_AT)) {
        return Counting::Waiting;
    }
    Counting::Linked
}

/// Whether there is a link at all, cooled down or not.
#[inline(never)]
pub fn is_linked(identity: &Identity, operator: &Operator) -> bool {
    let settled_at = cooled_at(i64_at(identity, identity::LINKED_AT));
    identity[identity::STATE] == IDENTITY_LINKED && !ATTESTOR.is_void(operator, u64_at(identity, identity::ATTESTOR_EPOCH), settled_at)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// None was asked for, or its attestor was disabled before it matured, which leaves it as if it had never been.
    None,
    Pending,
    Matured,
    Cancelled,
}

#[inline(never)]
pub fn change(identity: &Identity, operator: &Operator, now: i64) -> Change {
    let matures_at = cooled_at(i64_at(identity, identity::PENDING_SINCE));
    if same(key_at(identity, identity::PENDING_WALLET), &NOBODY) || ATTESTOR.is_void(operator, u64_at(identity, identity::PENDING_EPOCH), matures_at) {
        Change::None
    } else if identity[identity::CONTESTED] != 0 {
        Change::Cancelled
    } else if now < matures_at {
        Change::Pending
    } else {
        Change::Matured
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{
        field::{put, put_i64, put_u64},
        generated::{COOL_DOWN_SECONDS, IDENTITY_UNLINKED},
        keys::tests::working_operator,
    };

    const LINKED_AT: i64 = 1_000_000;
    const COOLED: i64 = LINKED_AT + COOL_DOWN_SECONDS;

    pub fn linked() -> Identity {
        let mut fields = [0; identity::SIZE];
        fields[identity::STATE] = IDENTITY_LINKED;
        put(&mut fields, identity::WALLET, &[1; 32]);
        put_i64(&mut fields, identity::LINKED_AT, LINKED_AT);
        put_u64(&mut fields, identity::ATTESTOR_EPOCH, 1);
        fields
    }

    fn changing(since: i64) -> Identity {
        let mut fields = linked();
        put(&mut fields, identity::PENDING_WALLET, &[2; 32]);
        put_i64(&mut fields, identity::PENDING_SINCE, since);
        put_u64(&mut fields, identity::PENDING_EPOCH, 1);
        fields
    }

    fn disabled_at(time: i64) -> Operator {
        let mut operator = working_operator();
        ATTESTOR.disable(&mut operator, time).unwrap();
        operator
    }

    #[test]
    fn a_link_counts_from_the_end_of_its_cool_down() {
        let operator = working_operator();
        assert_eq!(effective_wallet(&linked(), &operator, COOLED - 1), Standing::Waiting);
        assert_eq!(effective_wallet(&linked(), &operator, COOLED), Standing::Wallet(&[1; 32]));
        let mut unlinked = linked();
        unlinked[identity::STATE] = IDENTITY_UNLINKED;
        assert_eq!(effective_wallet(&unlinked, &operator, COOLED), Standing::Nobody);
    }

    #[test]
    fn a_change_pauses_and_then_counts() {
        let (operator, since) = (working_operator(), COOLED + 50);
        assert_eq!(effective_wallet(&changing(since), &operator, since + COOL_DOWN_SECONDS - 1), Standing::Waiting);
        assert_eq!(effective_wallet(&changing(since), &operator, since + COOL_DOWN_SECONDS), Standing::Wallet(&[2; 32]));
    }

    #[test]
    fn a_cancelled_change_contests_for_good() {
        let mut fields = changing(COOLED);
        fields[identity::CONTESTED] = 1;
        assert_eq!(effective_wallet(&fields, &working_operator(), COOLED), Standing::Contested);
        assert_eq!(effective_wallet(&fields, &working_operator(), i64::MAX), Standing::Contested);
    }

    #[test]
    fn disabling_the_attestor_undoes_links_and_changes_that_had_not_cooled_down() {
        assert_eq!(effective_wallet(&linked(), &disabled_at(COOLED - 1), i64::MAX), Standing::Nobody);
        assert_eq!(effective_wallet(&linked(), &disabled_at(COOLED), i64::MAX), Standing::Wallet(&[1; 32]));
        let since = COOLED + 50;
        assert_eq!(effective_wallet(&changing(since), &disabled_at(since + 1), i64::MAX), Standing::Wallet(&[1; 32]));
        assert_eq!(effective_wallet(&changing(since), &disabled_at(since + COOL_DOWN_SECONDS), i64::MAX), Standing::Wallet(&[2; 32]));
        let mut cancelled = changing(since);
        cancelled[identity::CONTESTED] = 1;
        assert_eq!(effective_wallet(&cancelled, &disabled_at(since + 1), i64::MAX), Standing::Wallet(&[1; 32]));
    }

    #[test]
    fn an_earlier_contest_outlives_a_later_change_that_came_to_nothing() {
        let since = COOLED + 50;
        let mut fields = changing(since);
        fields[identity::CONTESTED_BEFORE] = 1;
        assert_eq!(effective_wallet(&fields, &disabled_at(since + 1), i64::MAX), Standing::Contested);
        assert_eq!(effective_wallet(&fields, &working_operator(), since), Standing::Waiting);
        assert_eq!(effective_wallet(&fields, &working_operator(), since + COOL_DOWN_SECONDS), Standing::Wallet(&[2; 32]));
    }
}
