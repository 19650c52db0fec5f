use crate::{
    account::{Deposit, Operator},
    decision::{award_of, decider, open_deposit, Award, Opened},
    event::emit,
    field::{i64_at, key_at, put, put_i64, put_u64, same, u16_at, u64_at},
    generated::{deposit, EscrowError, DECIDER_RELAYER, DEPOSIT_AWARDED, DEPOSIT_FUNDED, INSTRUCTION_AWARD, MAX_SHARES},
    keys::{NOBODY, RELAYER},
    require, Call, Outcome,
    shares::{part, WHOLE},
    terms::{refundable_at, reserve, undisputed_at},
};

/// What keeps an empty account alive at the highest rate clusters have had: a wallet that is new can always be paid.
const SMALLEST_SHARE: u64 = reserve(0, 0);

const CREATED_SLOT: usize = 1;
const SEQUENCE: usize = 9;
const SHARES: usize = 17;
const SHARE_BYTES: usize = 10;

/// Accounts: deposit, operator, one or two deciders (sign).
/// Data: number, created slot, sequence, shares of GitHub user id and basis points.
/// Slot and sequence are those that the deciders saw: nothing they did not see is decided by them.
#[inline(never)]
pub fn award(Call { program, accounts, data }: Call) -> Outcome {
    let [account, operator_account, first, others @ ..] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    require(others.len() <= 1, EscrowError::AccountCountWrong)?;
    let Some((seen, shares)) = data.split_first_chunk::<SHARES>() else {
        return Err(EscrowError::DataLengthWrong);
    };
    require(shares.len() % SHARE_BYTES == 0, EscrowError::DataLengthWrong)?;
    let Opened { fields, operator, now } = open_deposit(program, account, operator_account)?;
    let mut by = 0;
    decider(fields, operator, now, first, &mut by)?;
    if let [second] = others {
        let before = by;
        decider(fields, operator, now, second, &mut by)?;
        require(by != before, EscrowError::DecidersNotDistinct)?;
    }
    require_open(fields, operator, seen, now)?;
    let smallest = if same(key_at(fields, deposit::MINT), &NOBODY) { SMALLEST_SHARE } else { 1 };
    record_shares(fields, shares, smallest)?;
    let sequence = record_decision(fields, by, operator, now)?;
    let amount = u64_at(fields, deposit::AMOUNT);
    emit(INSTRUCTION_AWARD, account.address(), sequence, amount);
    Ok(())
}

#[inline(always)]
fn require_open(fields: &Deposit, operator: &Operator, seen: &[u8; SHARES], now: i64) -> Outcome {
    let unchanged = u64_at(seen, CREATED_SLOT) == u64_at(fields, deposit::CREATED_SLOT) && u64_at(seen, SEQUENCE) == u64_at(fields, deposit::SEQUENCE);
    require(unchanged, EscrowError::DepositChanged)?;
    require(fields[deposit::STATE] == DEPOSIT_FUNDED || award_of(fields, operator, now) == Award::Void, EscrowError::StateWrong)?;
    require(now < refundable_at(i64_at(fields, deposit::DEADLINE)), EscrowError::TooLate)
}

#[inline(always)]
fn record_shares(fields: &mut Deposit, shares: &[u8], smallest: u64) -> Outcome {
    let count = shares.len() / SHARE_BYTES;
    require(count >= 1 && count <= MAX_SHARES as usize, EscrowError::SharesInvalid)?;
    let amount = u64_at(fields, deposit::AMOUNT);
    let mut sum = 0;
    fields[deposit::SHARE_IDS..deposit::SIZE].fill(0);
    for (index, share) in shares.chunks_exact(SHARE_BYTES).take(MAX_SHARES as usize).enumerate() {
        let id = u64_at(share, 0);
        let bps = u16_at(share, 8);
        let twice = (0..index).any(|earlier| u64_at(fields, deposit::SHARE_IDS + earlier * 8) == id);
        require(id != 0 && !twice && bps != 0 && bps as u64 <= WHOLE, EscrowError::SharesInvalid)?;
        require(part(amount, bps) >= smallest, EscrowError::ShareTooSmall)?;
        sum += bps as u64;
        put_u64(fields, deposit::SHARE_IDS + index * 8, id);
        put(fields, deposit::SHARE_BPS + index * 2, &bps.to_le_bytes());
    }
    fields[deposit::SHARE_COUNT] = count as u8;
    require(sum == WHOLE, EscrowError::SharesInvalid)
}

/// Final at once by two keys, or by the only one that the deposit has.
#[inline(always)]
fn record_decision(fields: &mut Deposit, by: u8, operator: &Operator, now: i64) -> Outcome<u64> {
    let two = by & by.wrapping_sub(1) != 0;
    let at_once = two || fields[deposit::WITH_RELAYER] == 0;
    require(at_once || fields[deposit::VETOED] == 0, EscrowError::TwoNeeded)?;
    let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
    fields[deposit::STATE] = DEPOSIT_AWARDED;
    fields[deposit::AWARDED_BY] = by;
    put_u64(fields, deposit::AWARD_EPOCH, RELAYER.epoch(operator));
    put_i64(fields, deposit::AWARDED_AT, now);
    put_i64(fields, deposit::FINAL_AT, if at_once { now } else { undisputed_at(now, by == DECIDER_RELAYER || RELAYER.is_in_force(operator, now)) });
    put_u64(fields, deposit::SEQUENCE, sequence);
    Ok(sequence)
}

const _: () = assert!(deposit::SHARE_BPS == deposit::SHARE_IDS + 64 && deposit::SIZE == deposit::SHARE_BPS + 16);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        generated::{DECIDER_APPROVER, DECIDER_FUNDER, KEY_ACTIVATION_SECONDS},
        keys::tests::working_operator,
    };

    fn funded(amount: u64) -> Deposit {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = DEPOSIT_FUNDED;
        fields[deposit::WITH_RELAYER] = 1;
        put_u64(&mut fields, deposit::AMOUNT, amount);
        put_u64(&mut fields, deposit::CREATED_SLOT, 70);
        put_u64(&mut fields, deposit::SEQUENCE, 1);
        put_i64(&mut fields, deposit::DEADLINE, 1_000_000);
        fields
    }

    fn bytes(shares: &[(u64, u16)]) -> ([u8; 90], usize) {
        let mut bytes = [0; 90];
        for (index, (id, bps)) in shares.iter().enumerate() {
            put_u64(&mut bytes, index * 10, *id);
            put(&mut bytes, index * 10 + 8, &bps.to_le_bytes());
        }
        (bytes, shares.len() * 10)
    }

    fn recorded(amount: u64, smallest: u64, shares: &[(u64, u16)]) -> Outcome<Deposit> {
        let mut fields = funded(amount);
        let (bytes, length) = bytes(shares);
        record_shares(&mut fields, &bytes[..length], smallest).map(|()| fields)
    }

    #[test]
    fn shares_are_of_different_users_and_whole() {
        let sound = recorded(1_000, 1, &[(5, 7_000), (6, 3_000)]).unwrap();
        assert_eq!((sound[deposit::SHARE_COUNT], u64_at(&sound, deposit::SHARE_IDS + 8), u64_at(&sound, deposit::SHARE_IDS + 16)), (2, 6, 0));
        let invalid: [&[(u64, u16)]; 8] = [
            &[],
            &[(0, 10_000)],
            &[(5, 9_999)],
            &[(5, 10_001)],
            &[(5, 5_000), (5, 5_000)],
            &[(5, 10_000), (6, 0)],
            &[(5, 10_000), (6, 10_000)],
            &[(1, 1_112), (2, 1_111), (3, 1_111), (4, 1_111), (5, 1_111), (6, 1_111), (7, 1_111), (8, 1_111), (9, 1_111)],
        ];
        for shares in invalid {
            assert_eq!(recorded(1_000_000, 1, shares), Err(EscrowError::SharesInvalid));
        }
    }

    #[test]
    fn no_share_is_below_the_smallest() {
        assert!(recorded(1_000, 500, &[(5, 5_000), (6, 5_000)]).is_ok());
        assert_eq!(recorded(1_000, 501, &[(5, 5_000), (6, 5_000)]), Err(EscrowError::ShareTooSmall));
        assert_eq!(recorded(9_999, 1, &[(5, 9_999), (6, 1)]), Err(EscrowError::ShareTooSmall));
    }

    #[test]
    fn an_earlier_award_leaves_nothing_behind() {
        let mut fields = recorded(1_000, 1, &[(5, 4_000), (6, 3_000), (7, 3_000)]).unwrap();
        let (bytes, length) = bytes(&[(8, 10_000)]);
        record_shares(&mut fields, &bytes[..length], 1).unwrap();
        assert_eq!((fields[deposit::SHARE_COUNT], u64_at(&fields, deposit::SHARE_IDS)), (1, 8));
        assert_eq!(fields[deposit::SHARE_IDS + 8..deposit::SHARE_BPS], [0; 56]);
        assert_eq!(fields[deposit::SHARE_BPS + 2..], [0; 14]);
    }

    #[test]
    fn one_key_waits_two_do_not_and_after_a_veto_one_is_not_enough() {
        for (by, waits) in [(DECIDER_RELAYER, true), (DECIDER_FUNDER, true), (DECIDER_APPROVER, true), (DECIDER_FUNDER | DECIDER_RELAYER, false), (DECIDER_FUNDER | DECIDER_APPROVER, false)] {
            let mut fields = funded(1);
            let operator = working_operator();
            assert_eq!(record_decision(&mut fields, by, &operator, 500), Ok(2));
            assert_eq!(i64_at(&fields, deposit::FINAL_AT), if waits { 500 + 259_200 } else { 500 });
            let mut vetoed = funded(1);
            vetoed[deposit::VETOED] = 1;
            assert_eq!(record_decision(&mut vetoed, by, &operator, 500), if waits { Err(EscrowError::TwoNeeded) } else { Ok(2) });
        }
        let mut alone = funded(1);
        alone[deposit::WITH_RELAYER] = 0;
        record_decision(&mut alone, DECIDER_FUNDER, &working_operator(), 500).unwrap();
        assert_eq!(i64_at(&alone, deposit::FINAL_AT), 500);
    }

    #[test]
    fn without_a_relayer_to_veto_it_one_key_waits_for_a_next_one() {
        let mut operator = working_operator();
        RELAYER.disable(&mut operator, 400).unwrap();
        for (by, final_at) in [(DECIDER_FUNDER, 500 + KEY_ACTIVATION_SECONDS + 259_200), (DECIDER_FUNDER | DECIDER_APPROVER, 500)] {
            let mut fields = funded(1);
            record_decision(&mut fields, by, &operator, 500).unwrap();
            assert_eq!((i64_at(&fields, deposit::FINAL_AT), u64_at(&fields, deposit::AWARD_EPOCH)), (final_at, 2));
        }
    }

    #[test]
    fn only_what_was_seen_only_before_it_may_go_back_and_only_once() {
        let operator = working_operator();
        let mut data = [0; SHARES];
        put_u64(&mut data, CREATED_SLOT, 70);
        put_u64(&mut data, SEQUENCE, 1);
        let fields = funded(1);
        assert_eq!(require_open(&fields, &operator, &data, 1_000_000 + 259_199), Ok(()));
        assert_eq!(require_open(&fields, &operator, &data, 1_000_000 + 259_200), Err(EscrowError::TooLate));
        for place in [CREATED_SLOT, SEQUENCE] {
            let mut other = data;
            other[place] += 1;
            assert_eq!(require_open(&fields, &operator, &other, 0), Err(EscrowError::DepositChanged));
        }
        for state in [0, DEPOSIT_AWARDED, 3, 4, 5, 6] {
            let mut ended = fields;
            ended[deposit::STATE] = state;
            assert_eq!(require_open(&ended, &operator, &data, 0), Err(EscrowError::StateWrong));
        }
    }
}
