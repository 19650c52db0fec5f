//! The operator's two working keys. Each has an epoch, which disabling ends at once; a scheduled key takes over by itself
//! when its time comes, without anybody calling anything, and the epoch goes on. The account remembers when each epoch
//! ended; a key whose ends fill it is never followed by another, so that none is ever forgotten.

use crate::{
    account::Operator,
    field::{i64_at, is_same, key_at, put, put_i64, put_u64, same, u64_at},
    generated::{operator, EscrowError, MOST_DISABLINGS, KEY_ACTIVATION_SECONDS},
    require, Outcome,
};

pub static NOBODY: [u8; 32] = [0; 32];

/// Where the fields of one key stand in the operator account.
pub struct Key {
    key: usize,
    epoch: usize,
    next: usize,
    next_at: usize,
    disabled_at: usize,
}

pub const RELAYER: Key = Key {
    key: operator::RELAYER,
    epoch: operator::RELAYER_EPOCH,
    next: operator::NEXT_RELAYER,
    next_at: operator::NEXT_RELAYER_AT,
    disabled_at: operator::RELAYER_DISABLED_AT,
};
pub const ATTESTOR: Key = Key {
    key: operator::ATTESTOR,
    epoch: operator::ATTESTOR_EPOCH,
    next: operator::NEXT_ATTESTOR,
    next_at: operator::NEXT_ATTESTOR_AT,
    disabled_at: operator::ATTESTOR_DISABLED_AT,
};

impl Key {
    /// `NOBODY` while it is disabled.
    #[inline(never)]
    pub fn in_force<'a>(&self, operator: &'a Operator, now: i64) -> &'a [u8; 32] {
        let next = key_at(operator, self.next);
        if now >= i64_at(operator, self.next_at) && !same(next, &NOBODY) {
            next
        } else {
            key_at(operator, self.key)
        }
    }

    #[inline(always)]
    pub fn is_in_force(&self, operator: &Operator, now: i64) -> bool {
        !same(self.in_force(operator, now), &NOBODY)
    }

    #[inline(always)]
    pub fn epoch(&self, operator: &Operator) -> u64 {
        u64_at(operator, self.epoch)
    }

    /// Whether what a key of `epoch` said was still unsettled when that epoch was ended. `settled_at` is when it would
    /// have settled.
    #[inline(always)]
    pub fn is_void(&self, operator: &Operator, epoch: u64, settled_at: i64) -> bool {
        epoch != self.epoch(operator) && self.ended_at(operator, epoch) < settled_at
    }

    /// When `epoch`, which is over, was ended.
    #[inline(always)]
    pub fn ended_at(&self, operator: &Operator, epoch: u64) -> i64 {
        i64_at(operator, self.end_of(epoch))
    }

    /// When the key was disabled last; 0 if it never was.
    #[inline(always)]
    pub fn last_ended_at(&self, operator: &Operator) -> i64 {
        self.ended_at(operator, self.epoch(operator).wrapping_sub(1))
    }

    /// Replaces what was scheduled before, unless that is in force already.
    #[inline(never)]
    pub fn schedule(&self, operator: &mut Operator, key: &[u8; 32], now: i64) -> Outcome {
        require(self.epoch(operator) <= MOST_DISABLINGS, EscrowError::KeysSpent)?;
        let in_force = *self.in_force(operator, now);
        put(operator, self.key, &in_force);
        put(operator, self.next, key);
        put_i64(operator, self.next_at, now.saturating_add(KEY_ACTIVATION_SECONDS));
        Ok(())
    }

    /// Stops the key in force and takes back the scheduled one. So two epochs never end within a week of each other.
    #[inline(never)]
    pub fn disable(&self, operator: &mut Operator, now: i64) -> Outcome {
        let disabled = is_same(self.in_force(operator, now), &NOBODY);
        require(!disabled || !is_same(key_at(operator, self.next), &NOBODY), EscrowError::KeyMissing)?;
        if !disabled {
            let epoch = self.epoch(operator);
            put_i64(operator, self.end_of(epoch), now);
            put_u64(operator, self.epoch, epoch.wrapping_add(1));
        }
        put(operator, self.key, &NOBODY);
        put(operator, self.next, &NOBODY);
        put_i64(operator, self.next_at, 0);
        Ok(())
    }

    #[inline(always)]
    fn end_of(&self, epoch: u64) -> usize {
        self.disabled_at + (epoch % MOST_DISABLINGS) as usize * 8
    }
}

/// Whether an address is a key of this operator, now or when what is scheduled starts.
#[inline(never)]
pub fn is_operators_key(operator: &Operator, key: &[u8; 32]) -> bool {
    [operator::ADMIN, operator::RELAYER, operator::NEXT_RELAYER, operator::ATTESTOR, operator::NEXT_ATTESTOR].into_iter().any(|place| is_same(key_at(operator, place), key))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub const WEEK: i64 = KEY_ACTIVATION_SECONDS;

    pub fn working_operator() -> Operator {
        let mut fields = [0; operator::SIZE];
        put(&mut fields, operator::ADMIN, &[10; 32]);
        put(&mut fields, operator::RELAYER, &[11; 32]);
        put(&mut fields, operator::ATTESTOR, &[12; 32]);
        put_u64(&mut fields, operator::RELAYER_EPOCH, 1);
        put_u64(&mut fields, operator::ATTESTOR_EPOCH, 1);
        fields
    }

    #[test]
    fn a_scheduled_key_takes_over_by_itself_after_a_week_and_the_epoch_goes_on() {
        let mut fields = working_operator();
        RELAYER.schedule(&mut fields, &[21; 32], 1_000).unwrap();
        assert_eq!(*RELAYER.in_force(&fields, 1_000 + WEEK - 1), [11; 32]);
        assert_eq!(*RELAYER.in_force(&fields, 1_000 + WEEK), [21; 32]);
        assert_eq!(*ATTESTOR.in_force(&fields, i64::MAX), [12; 32]);
        RELAYER.schedule(&mut fields, &[22; 32], 1_000 + WEEK).unwrap();
        assert_eq!(*RELAYER.in_force(&fields, 1_000 + WEEK), [21; 32]);
        assert_eq!(*RELAYER.in_force(&fields, 1_000 + 2 * WEEK), [22; 32]);
        assert_eq!(RELAYER.epoch(&fields), 1);
    }

    #[test]
    fn scheduling_again_starts_the_week_again() {
        let mut fields = working_operator();
        RELAYER.schedule(&mut fields, &[21; 32], 0).unwrap();
        RELAYER.schedule(&mut fields, &[22; 32], WEEK - 1).unwrap();
        assert_eq!(*RELAYER.in_force(&fields, 2 * WEEK - 2), [11; 32]);
        assert_eq!(*RELAYER.in_force(&fields, 2 * WEEK - 1), [22; 32]);
    }

    #[test]
    fn disabling_stops_the_key_in_force_and_the_scheduled_one() {
        let mut fields = working_operator();
        ATTESTOR.schedule(&mut fields, &[22; 32], 0).unwrap();
        assert_eq!(ATTESTOR.disable(&mut fields, 5), Ok(()));
        assert_eq!((*ATTESTOR.in_force(&fields, i64::MAX), ATTESTOR.epoch(&fields)), (NOBODY, 2));
        assert_eq!((*RELAYER.in_force(&fields, 5), RELAYER.epoch(&fields)), ([11; 32], 1));
        assert_eq!(ATTESTOR.disable(&mut fields, 6), Err(EscrowError::KeyMissing));
        ATTESTOR.schedule(&mut fields, &[23; 32], 6).unwrap();
        assert_eq!(ATTESTOR.disable(&mut fields, 7), Ok(()));
        assert_eq!((*ATTESTOR.in_force(&fields, i64::MAX), ATTESTOR.epoch(&fields)), (NOBODY, 2));
    }

    #[test]
    fn only_what_was_unsettled_when_its_epoch_ended_is_void() {
        let mut fields = working_operator();
        assert!(!RELAYER.is_void(&fields, 1, i64::MAX));
        RELAYER.disable(&mut fields, 500).unwrap();
        assert!(RELAYER.is_void(&fields, 1, 501));
        assert!(!RELAYER.is_void(&fields, 1, 500));
        assert!(!RELAYER.is_void(&fields, 2, i64::MAX));
    }

    #[test]
    fn no_end_is_ever_forgotten_because_after_the_last_that_fits_no_key_follows() {
        for role in [RELAYER, ATTESTOR] {
            let mut fields = working_operator();
            assert_eq!(role.last_ended_at(&fields), 0);
            for ended in 1..=MOST_DISABLINGS {
                let now = ended as i64 * WEEK;
                role.disable(&mut fields, now).unwrap();
                assert_eq!(role.last_ended_at(&fields), now);
                for epoch in 1..=ended {
                    assert!(role.is_void(&fields, epoch, epoch as i64 * WEEK + 1));
                    assert!(!role.is_void(&fields, epoch, epoch as i64 * WEEK));
                }
                let spent = if ended == MOST_DISABLINGS { Err(EscrowError::KeysSpent) } else { Ok(()) };
                assert_eq!(role.schedule(&mut fields, &[30; 32], now), spent);
            }
            assert_eq!(role.disable(&mut fields, i64::MAX), Err(EscrowError::KeyMissing));
            assert_eq!(*role.in_force(&fields, i64::MAX), NOBODY);
        }
    }
}
