//! What each share of an award is worth, and what has become of it.

use crate::{
    account::{Deposit, Operator},
    decision::{award_of, Award},
    field::{put_i64, u16_at, u64_at},
    generated::{deposit, EscrowError, DEPOSIT_PAID, DEPOSIT_REFUNDED, MAX_SHARES},
    require, Outcome,
};

pub const WHOLE: u64 = 10_000;

/// `floor(amount * bps / 10000)` without a wider multiplication; `bps` is at most 10,000.
#[inline(always)]
pub fn part(amount: u64, bps: u16) -> u64 {
    let bps = bps as u64;
    (amount / WHOLE) * bps + (amount % WHOLE) * bps / WHOLE
}

#[inline(always)]
pub fn share_id(fields: &Deposit, index: usize) -> u64 {
    u64_at(fields, deposit::SHARE_IDS + index * 8)
}

#[inline(always)]
fn share_bps(fields: &Deposit, index: usize) -> u16 {
    u16_at(fields, deposit::SHARE_BPS + index * 2)
}

/// Base units of one share. The first takes what rounding leaves, so that all add up whatever their order.
#[inline(always)]
fn share_amount(fields: &Deposit, index: usize) -> u64 {
    let amount = u64_at(fields, deposit::AMOUNT);
    if index != 0 {
        return part(amount, share_bps(fields, index));
    }
    (1..fields[deposit::SHARE_COUNT] as usize).fold(amount, |left, other| left.wrapping_sub(part(amount, share_bps(fields, other))))
}

/// The index of a share of a final award that was neither paid nor sent back yet.
#[inline(never)]
pub fn require_open(fields: &Deposit, operator: &Operator, now: i64, share: u8) -> Outcome {
    require(award_of(fields, operator, now) == Award::Final, EscrowError::AwardNotFinal)?;
    require(share < fields[deposit::SHARE_COUNT] && share < MAX_SHARES as u8, EscrowError::ShareUnknown)?;
    require((fields[deposit::PAID_MASK] | fields[deposit::REFUNDED_MASK]) & 1u8.wrapping_shl(share as u32) == 0, EscrowError::ShareSettled)
}

/// Notes that a share is settled, and tells what it is worth; the last one ends the deposit. `mask` is where it is noted.
#[inline(never)]
pub fn settle(fields: &mut Deposit, mask: usize, index: usize, now: i64) -> u64 {
    if let Some(mask) = fields.get_mut(mask) {
        *mask |= 1u8.wrapping_shl(index as u32);
    }
    let settled = fields[deposit::PAID_MASK] | fields[deposit::REFUNDED_MASK];
    if (settled as u32) + 1 == 1u32.wrapping_shl(fields[deposit::SHARE_COUNT] as u32) {
        end(fields, if fields[deposit::PAID_MASK] != 0 { DEPOSIT_PAID } else { DEPOSIT_REFUNDED }, now);
    }
    share_amount(fields, index)
}

/// Brings a deposit to a terminal state.
#[inline(always)]
pub fn end(fields: &mut Deposit, state: u8, now: i64) {
    fields[deposit::STATE] = state;
    put_i64(fields, deposit::ENDED_AT, now);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::{i64_at, put, put_u64},
        generated::DEPOSIT_AWARDED,
        keys::tests::working_operator,
    };

    pub fn awarded(amount: u64, bps: &[u16]) -> Deposit {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = DEPOSIT_AWARDED;
        fields[deposit::SHARE_COUNT] = bps.len() as u8;
        put_u64(&mut fields, deposit::AWARD_EPOCH, 1);
        put_u64(&mut fields, deposit::AMOUNT, amount);
        for (index, bps) in bps.iter().enumerate() {
            put(&mut fields, deposit::SHARE_BPS + index * 2, &bps.to_le_bytes());
        }
        fields
    }

    #[test]
    fn parts_are_exact_up_to_the_largest_amount() {
        for amount in [0, 1, 9_999, 10_000, 10_001, 123_456_789_012_345, u64::MAX - 1, u64::MAX] {
            for bps in [0, 1, 2, 3_333, 9_999, 10_000] {
                assert_eq!(part(amount, bps) as u128, amount as u128 * bps as u128 / 10_000);
            }
        }
    }

    #[test]
    fn shares_add_up_and_the_first_takes_what_rounding_leaves() {
        let fields = awarded(100, &[3_333, 3_333, 3_334]);
        assert_eq!([0, 1, 2].map(|index| share_amount(&fields, index)), [34, 33, 33]);
        for amount in [1, 7, 9_999, 1_000_000_007, u64::MAX] {
            for bps in [&[10_000][..], &[9_993, 1, 1, 1, 1, 1, 1, 1], &[1, 9_999], &[1_250; 8]] {
                let fields = awarded(amount, bps);
                assert_eq!((0..bps.len()).map(|index| share_amount(&fields, index)).sum::<u64>(), amount);
            }
        }
    }

    fn open(fields: &Deposit, share: u8) -> Outcome {
        require_open(fields, &working_operator(), 0, share)
    }

    #[test]
    fn a_share_is_settled_once_and_the_last_one_ends_the_deposit() {
        let mut fields = awarded(100, &[5_000, 5_000]);
        for unknown in [2, 8, 255] {
            assert_eq!(open(&fields, unknown), Err(EscrowError::ShareUnknown));
        }
        settle(&mut fields, deposit::REFUNDED_MASK, 1, 7);
        assert_eq!(fields[deposit::STATE], DEPOSIT_AWARDED);
        assert_eq!(open(&fields, 1), Err(EscrowError::ShareSettled));
        assert_eq!(open(&fields, 0), Ok(()));
        settle(&mut fields, deposit::PAID_MASK, 0, 8);
        assert_eq!((fields[deposit::STATE], i64_at(&fields, deposit::ENDED_AT)), (DEPOSIT_PAID, 8));
        assert_eq!(open(&fields, 0), Err(EscrowError::AwardNotFinal));
    }

    #[test]
    fn eight_shares_end_with_the_eighth_and_nothing_paid_is_a_refund() {
        let mut fields = awarded(100, &[1_250; 8]);
        for index in 0..8 {
            assert_eq!(fields[deposit::STATE], DEPOSIT_AWARDED);
            assert_eq!(settle(&mut fields, deposit::REFUNDED_MASK, index, 9), if index == 0 { 16 } else { 12 });
        }
        assert_eq!(fields[deposit::STATE], DEPOSIT_REFUNDED);
    }
}
