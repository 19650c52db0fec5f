//! The operator's two working keys. Each has an epoch, which disabling ends at once; a scheduled key takes over by itself
//! when its time comes, without anybody calling anything, and the epoch goes on. The account remembers when each epoch
//! ended; a key whose ends fill it is never followed by another, so that none is ever forgotten.

use crate::{
    account::Operator,
    field::{bytes_at, i64_at, is_same, key_at, put, put_i64, put_u64, same, u64_at},
    generated::{operator, EscrowError, KEY_ACTIVATION_SECONDS, MOST_DISABLINGS},
    require, Outcome,
};

pub static NOBODY: [u8; 32] = [0; 32];

/// What an operator account says about a key, the same of both.
type Fields = [u8; DISABLED_AT + MOST_DISABLINGS as usize * 8];

const KEY: usize = 0;
const EPOCH: usize = operator::RELAYER_EPOCH - operator::RELAYER;
const NEXT: usize = operator::NEXT_RELAYER - operator::RELAYER;
const NEXT_AT: usize = operator::NEXT_RELAYER_AT - operator::RELAYER;
const DISABLED_AT: usize = operator::RELAYER_DISABLED_AT - operator::RELAYER;

const _: () = assert!(EPOCH == operator::ATTESTOR_EPOCH - operator::ATTESTOR && NEXT == operator::NEXT_ATTESTOR - operator::ATTESTOR);
const _: () = assert!(NEXT_AT == operator::NEXT_ATTESTOR_AT - operator::ATTESTOR && DISABLED_AT == operator::ATTESTOR_DISABLED_AT - operator::ATTESTOR);

/// One of the keys, by where it stands in the account.
pub struct Key(usize);

pub const RELAYER: Key = Key(operator::RELAYER);
pub const ATTESTOR: Key = Key(operator::ATTESTOR);

impl Key {
    #[inline(always)]
    fn of<'a>(&self, operator: &'a Operator) -> &'a Fields {
        bytes_at(operator, self.0)
    }

    /// `NOBODY` while it is disabled.
    #[inline(always)]
    pub fn in_force<'a>(&self, operator: &'a Operator, now: i64) -> &'a [u8; 32] {
        in_force(self.of(operator), now)
    }

    #[inline(always)]
    pub fn is_in_force(&self, operator: &Operator, now: i64) -> bool {
        !same(self.in_force(operator, now), &NOBODY)
    }

    #[inline(always)]
    pub fn epoch(&self, operator: &Operator) -> u64 {
        u64_at(self.of(operator), EPOCH)
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
        i64_at(self.of(operator), end_of(epoch))
    }

    /// When the key was disabled last; 0 if it never was.
    #[inline(always)]
    pub fn last_ended_at(&self, operator: &Operator) -> i64 {
        self.ended_at(operator, self.epoch(operator).wrapping_sub(1))
    }

    /// Replaces what was scheduled before, unless that is in force already.
    #[inline(always)]
    pub fn schedule(&self, operator: &mut Operator, key: &[u8; 32], now: i64) -> Outcome {
        schedule(bytes_at_mut(operator, self.0)?, key, now)
    }

    /// Stops the key in force and takes back the scheduled one. So two epochs never end within a week of each other.
    #[inline(always)]
    pub fn disable(&self, operator: &mut Operator, now: i64) -> Outcome {
        disable(bytes_at_mut(operator, self.0)?, now)
    }
}

#[inline(always)]
fn bytes_at_mut(operator: &mut Operator, place: usize) -> Outcome<&mut Fields> {
    operator.get_mut(place..).and_then(|rest| rest.first_chunk_mut()).ok_or(EscrowError::KeyMissing)
}

#[inline(never)]
fn in_force(fields: &Fields, now: i64) -> &[u8; 32] {
    let next = key_at(fields, NEXT);
    if now >= i64_at(fields, NEXT_AT) && !same(next, &NOBODY) {
        next
    } else {
        key_at(fields, KEY)
    }
}

#[inline(never)]
fn schedule(fields: &mut Fields, key: &[u8; 32], now: i64) -> Outcome {
    require(u64_at(fields, EPOCH) <= MOST_DISABLINGS, EscrowError::KeysSpent)?;
    let in_force = *in_force(fields, now);
    put(fields, KEY, &in_force);
    put(fields, NEXT, key);
    put_i64(fields, NEXT_AT, now.saturating_add(KEY_ACTIVATION_SECONDS));
    Ok(())
}

#[inline(never)]
fn disable(fields: &mut Fields, now: i64) -> Outcome {
    if !is_same(in_force(fields, now), &NOBODY) {
        let epoch = u64_at(fields, EPOCH);
        put_i64(fields, end_of(epoch), now);
        put_u64(fields, EPOCH, epoch.wrapping_add(1));
    } else {
        require(!is_same(key_at(fields, NEXT), &NOBODY), EscrowError::KeyMissing)?;
    }
    put(fields, KEY, &NOBODY);
    put(fields, NEXT, &NOBODY);
    put_i64(fields, NEXT_AT, 0);
    Ok(())
}

#[inline(always)]
fn end_of(epoch: u64) -> usize {
    DISABLED_AT + (epoch % MOST_DISABLINGS) as usize * 8
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
