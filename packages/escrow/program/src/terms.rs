//! The terms of a deposit as pure functions. Instants are unix seconds; additions saturate.

use crate::generated::{ACCOUNT_OVERHEAD_BYTES, CLAIM_SECONDS, COOL_DOWN_SECONDS, DEADLINE_MAX_SECONDS, DEADLINE_MIN_SECONDS, GRACE_SECONDS, KEY_ACTIVATION_SECONDS, LAMPORTS_PER_BYTE_FLOOR, LINGER_SECONDS, WINDOW_SECONDS};

/// Lamports that an account of `bytes` keeps besides its amount. Never less than the highest rate clusters have had, so
/// that a rise never blocks a partial payout.
#[inline(always)]
pub const fn reserve(bytes: usize, rent_minimum: u64) -> u64 {
    let floor = (bytes as u64 + ACCOUNT_OVERHEAD_BYTES) * LAMPORTS_PER_BYTE_FLOOR;
    if rent_minimum > floor {
        rent_minimum
    } else {
        floor
    }
}

/// Saturates. `seconds` are not negative, which makes one comparison enough.
#[inline(always)]
const fn after(instant: i64, seconds: i64) -> i64 {
    let later = instant.wrapping_add(seconds);
    if later < instant {
        i64::MAX
    } else {
        later
    }
}

/// The bounds themselves belong to it. A difference that wraps around is far outside of them.
#[inline(always)]
pub fn deadline_in_bounds(deadline: i64, now: i64) -> bool {
    (DEADLINE_MIN_SECONDS..=DEADLINE_MAX_SECONDS).contains(&deadline.wrapping_sub(now))
}

/// From this second on an unawarded deposit goes back.
#[inline(always)]
pub fn refundable_at(deadline: i64) -> i64 {
    after(deadline, GRACE_SECONDS)
}

/// From this second on what one key decided alone is final. Without a relayer to veto it, a next one first gets the time
/// that it needs to start.
#[inline(always)]
pub fn undisputed_at(decided_at: i64, relayer_in_force: bool) -> i64 {
    after(decided_at, if relayer_in_force { WINDOW_SECONDS } else { KEY_ACTIVATION_SECONDS + WINDOW_SECONDS })
}

/// From this second on a share that nobody could claim goes back. An attestor that is disabled takes links with it and
/// leaves nobody to make others, so that the time to claim starts again.
#[inline(always)]
pub fn claimed_by(final_at: i64, attestor_ended_at: i64) -> i64 {
    let since = if attestor_ended_at > final_at { attestor_ended_at } else { final_at };
    after(since, CLAIM_SECONDS)
}

/// From this second on a link, or a change of it, counts.
#[inline(always)]
pub fn cooled_at(since: i64) -> i64 {
    after(since, COOL_DOWN_SECONDS)
}

/// From this second on an ended deposit may disappear.
#[inline(always)]
pub fn closable_at(ended_at: i64) -> i64 {
    after(ended_at, LINGER_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_follows_rent_up_and_never_down() {
        assert_eq!(reserve(320, 0), 3_118_080);
        assert_eq!(reserve(320, 3_118_081), 3_118_081);
        assert_eq!(reserve(0, u64::MAX), u64::MAX);
    }

    #[test]
    fn a_deadline_is_an_hour_to_a_year_ahead() {
        let now = 1_800_000_000;
        assert!(!deadline_in_bounds(now + 3_599, now));
        assert!(deadline_in_bounds(now + 3_600, now));
        assert!(deadline_in_bounds(now + 31_536_000, now));
        assert!(!deadline_in_bounds(now + 31_536_001, now));
        assert!(!deadline_in_bounds(i64::MAX, now));
        assert!(!deadline_in_bounds(i64::MIN, now));
        assert!(!deadline_in_bounds(0, now));
    }

    #[test]
    fn no_instant_wraps_around() {
        assert_eq!(refundable_at(i64::MAX), i64::MAX);
        assert_eq!(refundable_at(i64::MIN), i64::MIN + 259_200);
        assert_eq!(closable_at(i64::MAX - 1), i64::MAX);
        assert_eq!((undisputed_at(i64::MAX, false), claimed_by(i64::MAX, 0), cooled_at(i64::MAX)), (i64::MAX, i64::MAX, i64::MAX));
    }

    #[test]
    fn the_time_to_claim_starts_with_the_later_of_award_and_end_of_the_attestor() {
        for (final_at, ended_at) in [(5, 0), (5, 5), (5, 4), (0, 5)] {
            assert_eq!(claimed_by(final_at, ended_at), 5 + CLAIM_SECONDS);
        }
    }
}
